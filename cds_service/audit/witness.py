"""Lets a process testify from time to time how far the chains of the others have come."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine

from cds_service.audit.chain import Entry
from cds_service.audit.engine import READ_ONLY
from cds_service.audit.record import timestamp
from cds_service.audit.testimony import testify
from cds_service.audit.writer import Writer

EVERY = timedelta(hours=1)


class Witness:
    """Testifies for one process, at most once an hour.

    Args:
        engine: of the record.
        writer: of this process.
        clock: the present moment.
    """

    def __init__(self, engine: Engine, writer: Writer, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._writer = writer
        self._clock = clock
        self._own = ""
        self._next: datetime | None = None

    def tick(self) -> bool:
        """Write down how far the other chains have come, if they moved and an hour is over; whether it did.

        Raises:
            SQLAlchemyError: the record cannot be read or written.
        """
        now = self._clock()
        if self._next is not None and now < self._next:
            return False
        with self._engine.execution_options(**{READ_ONLY: True}).connect() as connection:
            moved = testify(connection, self._own).chains
        self._next = now + EVERY
        if not moved:
            return False
        with self._writer.transaction() as transaction:
            self._own = transaction.writer
            said = testify(transaction.connection, self._own)
            if said.chains:
                transaction.add(Entry("witnesses", {"at": timestamp(now), "witnessed": said.text()}))
        return bool(said.chains)
