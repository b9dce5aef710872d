"""Writes the record: one chain for each process, in which every row has its place."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from cds_service import __version__
from cds_service.audit import chain
from cds_service.audit.chain import Entry, Linked
from cds_service.audit.engine import READ_ONLY
from cds_service.audit.moving import insert_linked, move
from cds_service.audit.outage import Outage
from cds_service.audit.record import timestamp
from cds_service.audit.spool import Moving, Spool
from cds_service.audit.testimony import Testimony, testify
from cds_service.errors import DatabaseAway

_ID_LENGTH = 12
_AT_ONCE = 1000
_BESIDE_A_CALL = 50
"""Records that are moved by the way: by feedback, which has to go behind them, and by a call."""


@dataclass(slots=True)
class _Head:
    """How far a chain has come: the number of the next entry, and the link of the one before it."""

    writer: str
    number: int = 0
    link: bytes = chain.START

    def place(self, key: bytes, entry: Entry) -> Linked:
        """Give an entry the next place."""
        link = chain.link(key, self.link, self.writer, self.number, entry)
        place = Linked(entry, self.writer, self.number, link)
        self.number, self.link = self.number + 1, link
        return place


class Transaction:
    """A transaction of the record: what is added gets its place, and counts when the transaction is committed."""

    def __init__(self, connection: Connection, key: bytes, head: _Head) -> None:
        self.connection = connection
        self._key = key
        self._head = head
        self.writer = head.writer

    def add(self, entry: Entry) -> int:
        """Insert a row and what is made from it; the row's `seq`."""
        return insert_linked(self.connection, self._head.place(self._key, entry))


class Writer:
    """The one writer of this process.

    Args:
        engine: as `audit.engine.open_engine` gives it.
        key: the installation's audit key.
        clock: the present moment.
        new_id: a new random id at each call.
        spool: where records of calls wait while the database is away; None refuses them then.
        stopwatch: nanoseconds that only ever go up.
    """

    def __init__(
        self,
        engine: Engine,
        key: bytes,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        spool: Spool | None = None,
        stopwatch: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.engine = engine
        self._key = key
        self._clock = clock
        self._new_id = new_id
        self.spool = spool
        # Two: a database may be read that cannot be written, and the other way round.
        self.outage, self.reading = Outage(stopwatch), Outage(stopwatch)
        self._lock = Lock()
        self._moving = Lock()
        self._head: _Head | None = None

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction that is committed at the end of the block; one at a time, so that the chain has one order.

        Raises:
            DatabaseAway: nothing of it is kept, or nobody can know; or records of calls still wait to go before it.
            SQLAlchemyError: nothing of it is kept. In both cases the chain ends before it, and another begins.
        """
        self.move_waiting(_AT_ONCE)
        with self._lock:
            if self._waits():
                raise DatabaseAway("Records of earlier calls are still being moved to the database. Try again later.")
            head = self._next()
            with self.outage.asking(), self.engine.begin() as connection:
                own = Transaction(connection, self._key, head)
                if head.number == 0:
                    own.add(self._first(testify(connection, head.writer)))
                yield own
            self._head = head

    def keep(self, entry: Entry) -> None:
        """Keep a call's record, in the database or, while that is away, in the spool; its place is the same in both.

        Raises:
            DatabaseAway: the database is away, and there is no spool.
            SQLAlchemyError: the database refuses it.
            OSError: the database is away, and the spool cannot be written.
            ValueError: no database can hold it.
        """
        with self._lock:
            head = self._next()
            entries = (entry,) if head.number else (self._first(self._testimony(head.writer)), entry)
            places = [head.place(self._key, one) for one in entries]
            if not self._kept_in_database(places) and self.spool is not None:
                self.spool.append(places)
            self._head = head
        self.move_waiting(_BESIDE_A_CALL)

    def move_waiting(self, most: int) -> int:
        """Move records that wait in this process's spool, the oldest first; how many were looked at.

        It asks a database that is away now and then only, and does nothing where another thread is at it.
        """
        if self.spool is None or not self._waits() or not self._moving.acquire(blocking=False):
            return 0
        try:
            count = self._moved(self.spool.move, most)
        finally:
            self._moving.release()
        with self._lock:
            self.spool.tidy()
        return count

    def move_left_behind(self, most: int) -> int:
        """Move records that processes left in the spool that are gone; how many were looked at."""
        return 0 if self.spool is None else self._moved(self.spool.move_left_behind, most)

    def start_anew(self) -> None:
        """Begin a chain of its own: after a fork the one so far is the parent's."""
        self._lock = Lock()
        self._moving = Lock()
        self._head = None
        if self.spool is not None:
            self.spool.start_anew()

    def _waits(self) -> bool:
        return self.spool is not None and self.spool.waits

    def _next(self) -> _Head:
        """The head of the chain, for one who gives it back when its entries are kept.

        Whatever goes wrong, also in the commit: the place may be taken, so the next entry starts a new chain.
        """
        head = self._head or _Head(self._new_id().replace("-", "")[:_ID_LENGTH])
        self._head = None
        return head

    def _kept_in_database(self, places: Sequence[Linked]) -> bool:
        """Insert entries unless they belong in the spool: behind others, or because the database is away."""
        if self._waits():
            return False
        try:
            with self.outage.asking(), self.engine.begin() as connection:
                for place in places:
                    insert_linked(connection, place)
        except DatabaseAway:
            if self.spool is None:
                raise
            return False
        return True

    def _moved(self, moved: Callable[[Moving, int], int], most: int) -> int:
        try:
            return moved(self._move, most)
        except DatabaseAway:
            return 0
        except (SQLAlchemyError, OSError) as error:
            # Nothing is lost: what was not moved waits. It is tried again after a pause.
            self.outage.begin(error)
            return 0

    def _move(self, places: Sequence[Linked]) -> Sequence[Linked]:
        with self.outage.asking():
            return move(self.engine, places)

    def _testimony(self, writer: str) -> Testimony:
        """How far the other chains have come; nothing, while nobody can be asked."""
        try:
            with self.reading.asking(), self.engine.execution_options(**{READ_ONLY: True}).connect() as connection:
                return testify(connection, writer)
        except DatabaseAway:
            return Testimony()

    def _first(self, seen: Testimony) -> Entry:
        started_at = timestamp(self._clock())
        return Entry("writers", {"started_at": started_at, "program": __version__, "witnessed": seen.text()})
