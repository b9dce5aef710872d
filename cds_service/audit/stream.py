"""Reads the record from one end to the other, in pieces, for those who take all of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Select, func, select

from cds_service.audit import schema
from cds_service.audit.engine import READ_ONLY
from cds_service.audit.feedback import StoredFeedback
from cds_service.audit.record import StoredCall
from cds_service.audit.store import stored_call, stored_feedback

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries; what is empty asks for all.

    Attributes:
        since: the first moment, as `record.timestamp` writes it; a date alone will do.
        until: the moment at which it ends, which is left out.
        service, client, outcome: as on record.
    """

    since: str = ""
    until: str = ""
    service: str = ""
    client: str = ""
    outcome: str = ""


class Stream:
    """The recorded calls in the order in which they were kept.

    Args:
        engine: as for the audit store.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(**{READ_ONLY: True})

    def calls(self, wanted: Wanted, after: int = 0, at_most: int | None = None) -> Iterator[StoredCall]:
        """The deliveries whose `seq` is above `after`, each piece in a read of its own: writers are not held up."""
        left = at_most
        while left is None or left > 0:
            size = _AT_ONCE if left is None else min(_AT_ONCE, left)
            asked = _narrowed(select(schema.calls).where(schema.calls.c.seq > after), wanted)
            with self._engine.connect() as connection:
                rows = connection.execute(asked.order_by(schema.calls.c.seq).limit(size)).all()
            yield from map(stored_call, rows)
            if len(rows) < size:
                return
            after = rows[-1].seq
            left = None if left is None else left - len(rows)

    def count(self, wanted: Wanted) -> int:
        """How many there are now."""
        asked = _narrowed(select(func.count()).select_from(schema.calls), wanted)
        with self._engine.connect() as connection:
            return int(connection.scalar(asked) or 0)

    def feedback(self, call_seqs: list[int]) -> dict[int, list[StoredFeedback]]:
        """The feedback on the cards of these deliveries, by delivery, in the order of arrival."""
        asked = select(schema.feedback).where(schema.feedback.c.call_seq.in_(call_seqs)).order_by(schema.feedback.c.seq)
        found: dict[int, list[StoredFeedback]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(asked):
                found.setdefault(row.call_seq, []).append(stored_feedback(row))
        return found


def _narrowed(asked: Select[Any], wanted: Wanted) -> Select[Any]:
    columns = schema.calls.c
    limits = [
        (wanted.since, columns.received_at >= wanted.since),
        (wanted.until, columns.received_at < wanted.until),
        (wanted.service, columns.service == wanted.service),
        (wanted.client, columns.client == wanted.client),
        (wanted.outcome, columns.outcome == wanted.outcome),
    ]
    for given, condition in limits:
        asked = asked.where(condition) if given else asked
    return asked
