"""Writes the record: one chain for each process, in which every row has its place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from sqlalchemy import Connection, Engine, insert

from cds_service import __version__
from cds_service.audit import chain
from cds_service.audit.chain import Entry, Linked
from cds_service.audit.record import timestamp
from cds_service.audit.testimony import testify

_ID_LENGTH = 12
_INSERT = {name: insert(chain.table_named(name)) for name in (*chain.COLUMNS, "cards", "answered")}


@dataclass(slots=True)
class _Head:
    """How far a chain has come: the number and the link of the next entry's place."""

    writer: str
    number: int = 0
    link: bytes = chain.START


class Transaction:
    """A transaction of the record: what is added gets its place, and counts when the transaction is committed."""

    def __init__(self, connection: Connection, key: bytes, head: _Head) -> None:
        self.connection = connection
        self._key = key
        self._head = head
        self.writer = head.writer

    def add(self, entry: Entry) -> int:
        """Insert a row and what is made from it; the row's `seq`."""
        head = self._head
        link = chain.link(self._key, head.link, head.writer, head.number, entry)
        place = Linked(entry, head.writer, head.number, link)
        seq = insert_linked(self.connection, place)
        head.number, head.link = head.number + 1, place.link
        return seq


class Writer:
    """The one writer of this process.

    Args:
        engine: as `audit.engine.open_engine` gives it.
        key: the installation's audit key.
        clock: the present moment.
        new_id: a new random id at each call.
    """

    def __init__(self, engine: Engine, key: bytes, clock: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._engine = engine
        self._key = key
        self._clock = clock
        self._new_id = new_id
        self._lock = Lock()
        self._head: _Head | None = None

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction that is committed at the end of the block; one at a time, so that the chain has one order.

        Raises:
            SQLAlchemyError: nothing of it is kept, or nobody can know. The chain ends before it, and another begins.
        """
        with self._lock:
            head = self._head or _Head(self._new_id().replace("-", "")[:_ID_LENGTH])
            # Whatever goes wrong, also in the commit: the place may be taken, so the next entry starts a new chain.
            self._head = None
            with self._engine.begin() as connection:
                own = Transaction(connection, self._key, head)
                if head.number == 0:
                    own.add(self._first(connection, head.writer))
                yield own
            self._head = head

    def start_anew(self) -> None:
        """Begin a chain of its own: after a fork the one so far is the parent's."""
        self._lock = Lock()
        self._head = None

    def _first(self, connection: Connection, writer: str) -> Entry:
        seen = testify(connection, writer).text()
        return Entry("writers", {"started_at": timestamp(self._clock()), "program": __version__, "witnessed": seen})


def insert_linked(connection: Connection, place: Linked) -> int:
    """Insert an entry where it belongs; the `seq` of its row."""
    own = {"writer": place.writer, "number": place.number, "link": place.link}
    kept = connection.execute(_INSERT[place.entry.table], {**place.entry.values, **own})
    seq: int = kept.inserted_primary_key[0] if kept.inserted_primary_key else 0
    for table, rows in place.entry.children:
        if rows:
            connection.execute(_INSERT[table], [{**row, "call_seq": seq} for row in rows])
    return seq
