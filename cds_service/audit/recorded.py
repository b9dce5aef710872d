"""Reads recorded calls in the order in which they were kept, a page at a time, for what goes through many of them."""

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Engine, Select, and_, exists, func, select
from sqlalchemy.exc import SQLAlchemyError

from cds_service.audit import schema
from cds_service.audit.engine import READ_ONLY
from cds_service.audit.record import AuditRecord, Outcome
from cds_service.errors import StartError

_COLUMNS = [field.name for field in fields(AuditRecord) if field.name != "body"]
_CALLS = schema.calls
_FAILED = "The audit record cannot be read now. Try again; a replay with --state goes on where it was."


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls: received from `since` on and before `until`, as `audit.record.timestamp` writes moments.

    `service` and `client` keep to one of them; empty takes all.
    """

    since: str
    until: str
    service: str = ""
    client: str = ""


class Found(NamedTuple):
    """What a period holds.

    Attributes:
        calls: answered calls, repeated deliveries apart.
        repeats: further deliveries of these.
        refused: calls that were refused; they hold nothing to judge.
        versions: the content versions that judged them.
        last: the highest place in the record.
    """

    calls: int
    repeats: int
    refused: int
    versions: tuple[str, ...]
    last: int


class PackedCall(NamedTuple):
    """A recorded call whose body is still as it is kept."""

    seq: int
    columns: Mapping[str, Any]
    packed: bytes

    def record(self) -> AuditRecord:
        """The record, with its body."""
        return AuditRecord(**self.columns, body=_unpacked(self.packed))


class Recorded:
    """The calls of one installation's record; nothing is written.

    Args:
        engine: as `audit.engine.open_engine` gives it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(**{READ_ONLY: True})

    def found(self, wanted: Wanted) -> Found:
        """How many calls there are, and by which versions they were judged.

        Raises:
            StartError: the database cannot be read.
        """
        answered = and_(_within(wanted), _CALLS.c.outcome != Outcome.REFUSED)
        deliveries = select(func.count(), func.count(func.distinct(_CALLS.c.call_id)), func.max(_CALLS.c.seq))
        refused = select(func.count()).where(_within(wanted), _CALLS.c.outcome == Outcome.REFUSED)
        versions = select(_CALLS.c.content_version).where(answered).distinct().order_by(_CALLS.c.content_version)
        try:
            with self._engine.connect() as connection:
                count, calls, last = connection.execute(deliveries.where(answered)).one()
                return Found(
                    calls=calls,
                    repeats=count - calls,
                    refused=int(connection.scalar(refused.select_from(_CALLS)) or 0),
                    versions=tuple(connection.scalars(versions)),
                    last=last or 0,
                )
        except SQLAlchemyError as error:
            raise StartError(_FAILED) from error

    def pages(self, wanted: Wanted, after: int, last: int, size: int) -> Iterator[list[PackedCall]]:
        """The answered calls behind a place in the record, up to another, each call by its first delivery.

        Args:
            wanted: which calls.
            after: the place behind which it begins; 0 for the first.
            last: the place with which it ends.
            size: calls on a page.

        Raises:
            StartError: the database cannot be read.
        """
        while True:
            page = self._page(_first_deliveries(wanted, last).where(_CALLS.c.seq > after).limit(size))
            if page:
                yield page
                after = page[-1].seq
            if len(page) < size:
                return

    def content(self, version: str) -> dict[str, Any] | None:
        """The snapshot of the rules and wording that calls were judged with; None for a version that is not on record.

        Raises:
            StartError: the database cannot be read.
        """
        wanted = select(schema.content_versions.c.body).where(schema.content_versions.c.version == version)
        try:
            with self._engine.connect() as connection:
                packed = connection.scalar(wanted)
        except SQLAlchemyError as error:
            raise StartError(_FAILED) from error
        return None if packed is None else _unpacked(packed)

    def close(self) -> None:
        """Close every connection; the next question opens one."""
        self._engine.dispose()

    def _page(self, asked: Select[Any]) -> list[PackedCall]:
        try:
            with self._engine.connect() as connection:
                rows = connection.execute(asked).all()
        except SQLAlchemyError as error:
            raise StartError(_FAILED) from error
        return [PackedCall(row.seq, {name: getattr(row, name) for name in _COLUMNS}, row.body) for row in rows]


def _first_deliveries(wanted: Wanted, last: int) -> Select[Any]:
    """A repeated call has the id, the facts and the answer of the first, so it is one call.

    The first that lies within what is wanted counts, so that a period's calls do not depend on what came before it.
    """
    other = _CALLS.alias()
    earlier = exists().where(
        other.c.call_id == _CALLS.c.call_id,
        other.c.seq < _CALLS.c.seq,
        other.c.received_at >= wanted.since,
        other.c.outcome != Outcome.REFUSED,
    )
    answered = and_(_within(wanted), _CALLS.c.outcome != Outcome.REFUSED, _CALLS.c.seq <= last)
    columns = [_CALLS.c[name] for name in ("seq", *_COLUMNS, "body")]
    return select(*columns).where(answered, ~earlier).order_by(_CALLS.c.seq)


def _within(wanted: Wanted) -> ColumnElement[bool]:
    conditions = [_CALLS.c.received_at >= wanted.since, _CALLS.c.received_at < wanted.until]
    if wanted.service:
        conditions.append(_CALLS.c.service == wanted.service)
    if wanted.client:
        conditions.append(_CALLS.c.client == wanted.client)
    return and_(*conditions)


def _unpacked(packed: bytes) -> dict[str, Any]:
    raw = zlib.decompress(packed)
    try:
        body: dict[str, Any] = orjson.loads(raw)
    except orjson.JSONDecodeError:
        # A lone surrogate of a client's own text, which the record keeps.
        body = json.loads(raw)
    return body
