"""Reads the record from one end to the other, in pieces, for those who take all of it."""

from collections.abc import Iterator

from sqlalchemy import Engine, select

from cds_service.audit import schema
from cds_service.audit.engine import READ_ONLY
from cds_service.audit.feedback import StoredFeedback
from cds_service.audit.record import StoredCall
from cds_service.audit.store import stored_call, stored_feedback
from cds_service.audit.wanted import Wanted, within

_AT_ONCE = 500


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
            asked = select(schema.calls).where(schema.calls.c.seq > after, within(wanted))
            with self._engine.connect() as connection:
                rows = connection.execute(asked.order_by(schema.calls.c.seq).limit(size)).all()
            yield from map(stored_call, rows)
            if len(rows) < size:
                return
            after = rows[-1].seq
            left = None if left is None else left - len(rows)

    def feedback(self, call_seqs: list[int]) -> dict[int, list[StoredFeedback]]:
        """The feedback on the cards of these deliveries, by delivery, in the order of arrival."""
        asked = select(schema.feedback).where(schema.feedback.c.call_seq.in_(call_seqs)).order_by(schema.feedback.c.seq)
        found: dict[int, list[StoredFeedback]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(asked):
                found.setdefault(row.call_seq, []).append(stored_feedback(row))
        return found
