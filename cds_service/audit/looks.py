"""Who looked at what of the record: every look is itself on record before anything is shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from cds_service.audit import schema
from cds_service.audit.chain import Entry
from cds_service.audit.engine import READ_ONLY
from cds_service.audit.record import timestamp
from cds_service.audit.writer import Writer
from cds_service.errors import DatabaseAway, RecordNotKept

_NOT_KEPT = (
    "Every look is put on record, and this one could not be kept, so nothing is shown. "
    "Try again; if it stays, tell the operator."
)


@dataclass(frozen=True, slots=True)
class Look:
    """One look.

    Attributes:
        seq: its place among all looks of the installation.
        at: when, as `timestamp` writes it.
        who: the person's name with what proves it.
        what: in words.
        call_id: the call that was looked at; empty for a look at many.
    """

    seq: int
    at: str
    who: str
    what: str
    call_id: str


class Looks:
    """The looks at the record of one installation.

    Args:
        engine: as for the audit store.
        writer: of the same database.
        clock: the present moment.
    """

    def __init__(self, engine: Engine, writer: Writer, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._writer = writer
        self._clock = clock

    def keep(self, who: str, what: str, call_id: str = "") -> None:
        """Keep a look. When this returns, it is committed.

        Raises:
            RecordNotKept: it is not, for whatever reason: nothing may be shown.
        """
        values = {"at": timestamp(self._clock()), "who": who, "what": what, "call_id": call_id}
        try:
            with self._writer.transaction() as transaction:
                transaction.add(Entry("looks", values))
        except (DatabaseAway, SQLAlchemyError, ValueError) as error:
            raise RecordNotKept(_NOT_KEPT) from error

    def newest(self, limit: int, *, who: str = "", call_id: str = "", before: int | None = None) -> Sequence[Look]:
        """The newest looks, the newest first.

        Args:
            limit: the most that are wanted.
            who: only those of people whose name holds this, whatever its case; empty for everybody.
            call_id: only those at this call; empty for all.
            before: only those with a lower `seq`, for the page after one that ended there.
        """
        looks = schema.looks.c
        wanted = select(looks.seq, looks.at, looks.who, looks.what, looks.call_id).order_by(looks.seq.desc())
        if who:
            wanted = wanted.where(looks.who.icontains(who, autoescape=True))
        if call_id:
            wanted = wanted.where(looks.call_id == call_id)
        if before is not None:
            wanted = wanted.where(looks.seq < before)
        with self._engine.execution_options(**{READ_ONLY: True}).connect() as connection:
            return [Look(*row) for row in connection.execute(wanted.limit(limit))]
