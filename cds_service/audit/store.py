"""The audit store: appends records durably, and gives them back. Nothing in it is ever changed or deleted."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, bindparam, func, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from cds_service.audit import schema
from cds_service.audit.chain import Entry, Value
from cds_service.audit.children import made_from
from cds_service.audit.engine import READ_ONLY
from cds_service.audit.feedback import Feedback, Reception, StoredFeedback
from cds_service.audit.packing import packed, unpacked
from cds_service.audit.record import AuditRecord, Outcome, StoredCall, timestamp
from cds_service.audit.writer import Transaction, Writer
from cds_service.errors import DatabaseAway, RecordNotKept

_FEEDBACK_NOT_KEPT = "The feedback could not be kept. Send it again."
_NOT_KEPT = "The audit record could not be kept, so the answer is withheld. Try again; if it stays, tell the operator."
_RECORD_COLUMNS = [field.name for field in fields(AuditRecord) if field.name != "body"]


_ANSWERED = (
    select(schema.answered.c.digest, schema.calls.c.call_id)
    .select_from(schema.answered.join(schema.calls, schema.answered.c.call_seq == schema.calls.c.seq))
    .where(schema.answered.c.reader == bindparam("asked_for"))
    .where(schema.calls.c.received_at >= bindparam("asked_from"))
    .where(schema.calls.c.received_at < bindparam("asked_until"))
    .where(schema.calls.c.call_id != bindparam("asked_by"))
    .order_by(schema.answered.c.seq)
)
_FIRST_LIKE = (
    select(schema.calls.c.received_at)
    .where(schema.calls.c.hook_instance == bindparam("asked_as"))
    .where(schema.calls.c.fingerprint == bindparam("asked_what"))
    .where(schema.calls.c.content_version == bindparam("asked_of"))
    .where(schema.calls.c.outcome != Outcome.REFUSED)
    .order_by(schema.calls.c.seq)
    .limit(1)
)
_SHOWN = (
    select(schema.calls.c.seq, schema.calls.c.body)
    .select_from(schema.cards.join(schema.calls, schema.cards.c.call_seq == schema.calls.c.seq))
    .where(schema.cards.c.card_uuid == bindparam("shown"))
    .where(schema.calls.c.service == bindparam("by"))
    .where(schema.calls.c.client == bindparam("to"))
    .order_by(schema.calls.c.seq.desc())
    .limit(1)
)
"""The call that a card was sent in; a card that was sent to another client is none of the asking one's."""
_UNJOINED = schema.feedback.c.call_seq.is_(None)


class Store:
    """The audit store of one installation.

    Args:
        engine: as `audit.engine.open_engine` gives it, with the tables of `audit.tables.create`.
        writer: of the same database.
        clock: the present moment, for what arrives without a time of its own.
    """

    def __init__(self, engine: Engine, writer: Writer, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self.writer = writer
        self._clock = clock

    def append(self, record: AuditRecord, texts: bytes | None = None) -> None:
        """Keep a record. When this returns, it is committed or, while the database is away, durable in the spool.

        Args:
            record: what is kept.
            texts: the texts of its reports, sealed, where the installation keeps them.

        Raises:
            RecordNotKept: it is not, for whatever reason.
        """
        try:
            self.writer.keep(_call_entry(record, texts))
        except (DatabaseAway, SQLAlchemyError, OSError, TypeError, ValueError) as error:
            raise RecordNotKept(_NOT_KEPT) from error

    def first_like(self, hook_instance: str, fingerprint: str, content_version: str) -> str | None:
        """When the first call that asked the same was received; None for a call that is not a repeat.

        Raises:
            DatabaseAway: nobody knows now.
            RecordNotKept: the store cannot be read, so it could not keep the call's record either.
        """
        asked = {"asked_as": hook_instance, "asked_what": fingerprint, "asked_of": content_version}
        try:
            with self.writer.reading.asking(), self.reading() as connection:
                received_at: str | None = connection.scalar(_FIRST_LIKE, asked)
        except SQLAlchemyError as error:
            raise RecordNotKept(_NOT_KEPT) from error
        return received_at

    def answered_before(self, reader: str, since: str, until: str, call_id: str) -> dict[str, str]:
        """The calls whose cards told a reader something in a time, by digest; a call does not come before itself.

        Args:
            reader: as `Before.reader`.
            since: the first moment, as `timestamp` writes it.
            until: the moment at which it ends, which is left out.
            call_id: the call that asks.

        Raises:
            DatabaseAway: nobody knows now.
            RecordNotKept: the store cannot be read, so it could not keep the call's record either.
        """
        asked = {"asked_for": reader, "asked_from": since, "asked_until": until, "asked_by": call_id}
        try:
            with self.writer.reading.asking(), self.reading() as connection:
                return {row.digest: row.call_id for row in connection.execute(_ANSWERED, asked)}
        except SQLAlchemyError as error:
            raise RecordNotKept(_NOT_KEPT) from error

    def find(self, call_id: str) -> list[StoredCall]:
        """Every delivery of one call, the first one first; empty when there is none."""
        return self._calls(select(schema.calls).where(schema.calls.c.call_id == call_id).order_by(schema.calls.c.seq))

    def of_instance(self, hook_instance: str) -> list[StoredCall]:
        """Every delivery of the calls with this hookInstance, the newest first; empty when there is none."""
        wanted = select(schema.calls).where(schema.calls.c.hook_instance == hook_instance)
        return self._calls(wanted.order_by(schema.calls.c.seq.desc()))

    def recent(self, limit: int) -> list[StoredCall]:
        """The newest calls, the newest first."""
        return self._calls(select(schema.calls).order_by(schema.calls.c.seq.desc()).limit(limit))

    def add_feedback(self, service: str, items: Sequence[Feedback]) -> list[Reception]:
        """Keep what clinicians did with cards, all of it or nothing; an item that came before is not kept twice.

        Raises:
            RecordNotKept: the store could not be written.
        """
        try:
            return self._feedback_kept(service, items)
        except IntegrityError:
            # The same feedback came to another process at the same moment; now it is there to be seen.
            return self._retried(service, items)
        except (DatabaseAway, SQLAlchemyError) as error:
            raise RecordNotKept(_FEEDBACK_NOT_KEPT) from error

    def feedback_for(self, call_id: str) -> list[StoredFeedback]:
        """The feedback on the cards of one call, in the order of arrival."""
        joined = schema.feedback.join(schema.calls, schema.feedback.c.call_seq == schema.calls.c.seq)
        wanted = (
            select(schema.feedback)
            .select_from(joined)
            .where(schema.calls.c.call_id == call_id)
            .order_by(schema.feedback.c.seq)
        )
        return self._feedback(wanted)

    def unjoined_feedback(self, limit: int) -> list[StoredFeedback]:
        """The newest feedback on cards that are on record for no call of its service and client, the newest first."""
        return self._feedback(
            select(schema.feedback).where(_UNJOINED).order_by(schema.feedback.c.seq.desc()).limit(limit)
        )

    def count_unjoined_feedback(self) -> int:
        """How much such feedback there is."""
        with self.reading() as connection:
            return int(connection.scalar(select(func.count()).select_from(schema.feedback).where(_UNJOINED)) or 0)

    def put_content(self, version: str, snapshot: Mapping[str, Any]) -> None:
        """Keep the rules and wording of one content version, once.

        Raises:
            RecordNotKept: the store could not be written.
        """
        values: dict[str, Value] = {
            "version": version,
            "first_seen": timestamp(self._clock()),
            "body": packed(snapshot),
        }
        try:
            with self.writer.transaction() as transaction:
                known = select(schema.content_versions.c.seq).where(schema.content_versions.c.version == version)
                if transaction.connection.scalar(known) is None:
                    transaction.add(Entry("content_versions", values))
        except IntegrityError:
            # Another process kept it at the same moment.
            return
        except (DatabaseAway, SQLAlchemyError) as error:
            raise RecordNotKept("The content version could not be kept.") from error

    def content(self, version: str) -> Mapping[str, Any] | None:
        """The rules and wording that a call was judged with; None for a version never used here."""
        wanted = select(schema.content_versions.c.body).where(schema.content_versions.c.version == version)
        with self.reading() as connection:
            body = connection.scalar(wanted)
        return None if body is None else unpacked(body)

    def forget_connections(self) -> None:
        """Let go of connections without closing them: after a fork they belong to the parent process."""
        self._engine.dispose(close=False)
        self.writer.start_anew()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection that only reads, for what is shown of the record."""
        return self._engine.execution_options(**{READ_ONLY: True}).connect()

    def _feedback(self, wanted: Select[Any]) -> list[StoredFeedback]:
        with self.reading() as connection:
            rows = connection.execute(wanted).all()
        return [stored_feedback(row) for row in rows]

    def _calls(self, wanted: Select[Any]) -> list[StoredCall]:
        with self.reading() as connection:
            return [stored_call(row) for row in connection.execute(wanted)]

    def _retried(self, service: str, items: Sequence[Feedback]) -> list[Reception]:
        try:
            return self._feedback_kept(service, items)
        except (DatabaseAway, SQLAlchemyError) as error:
            raise RecordNotKept(_FEEDBACK_NOT_KEPT) from error

    def _feedback_kept(self, service: str, items: Sequence[Feedback]) -> list[Reception]:
        with self.writer.transaction() as transaction:
            return [self._keep_feedback(transaction, service, item) for item in items]

    def _keep_feedback(self, transaction: Transaction, service: str, item: Feedback) -> Reception:
        digest = item.digest(service)
        known = select(schema.feedback.c.seq).where(schema.feedback.c.digest == digest)
        if transaction.connection.scalar(known) is not None:
            return Reception.REPEATED
        asked = {"shown": item.card, "by": service, "to": item.client}
        call = transaction.connection.execute(_SHOWN, asked).first()
        unknown = _not_of_card(item, {} if call is None else unpacked(call.body))
        values: dict[str, Value] = {
            "card_uuid": item.card,
            "call_seq": None if call is None else call.seq,
            "received_at": timestamp(self._clock()),
            "service": service,
            "outcome": item.outcome,
            "digest": digest,
            "body": packed({**item.body(), **({"unknownSuggestions": unknown} if unknown else {})}),
        }
        transaction.add(Entry("feedback", values))
        if call is None:
            return Reception.UNKNOWN_CARD
        return Reception.UNKNOWN_SUGGESTION if unknown else Reception.KEPT


def _call_entry(record: AuditRecord, texts: bytes | None) -> Entry:
    values: dict[str, Value] = {name: getattr(record, name) for name in _RECORD_COLUMNS}
    return Entry("calls", {**values, "body": packed(record.body), "texts": texts}, made_from(record.body))


def _not_of_card(item: Feedback, body: Mapping[str, Any]) -> list[str]:
    """The accepted suggestions that the card, as it was sent, does not have."""
    sent = [card for card in body.get("cards", ()) if card.get("uuid") == item.card]
    offered = {suggestion.get("uuid") for card in sent for suggestion in card.get("suggestions", ())}
    return [name for name in item.accepted if name not in offered]


def stored_call(row: Row[Any]) -> StoredCall:
    """A delivery from its row."""
    columns = {name: getattr(row, name) for name in _RECORD_COLUMNS}
    record = AuditRecord(**columns, body=unpacked(row.body))
    return StoredCall(row.seq, record, row.writer, row.number, row.link, row.texts)


def stored_feedback(row: Row[Any]) -> StoredFeedback:
    """Feedback from its row."""
    return StoredFeedback(row.card_uuid, row.received_at, row.outcome, unpacked(row.body))
