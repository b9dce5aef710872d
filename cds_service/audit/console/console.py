"""The console's way into the audit database: reads only, but for the index, which it brings up to date first."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import Connection, Engine, select

from cds_service.audit import schema
from cds_service.audit.console.figures import counted_until
from cds_service.audit.engine import READ_ONLY
from cds_service.audit.index import Index


class Freshness(NamedTuple):
    """How far the record is counted: the newest call that is, and how many newer records are not."""

    until: str
    waiting: int


class Console:
    """What the pages of the console ask.

    Args:
        engine: as for the audit store.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._index = Index(engine)

    def count_up(self, limit: int) -> Freshness:
        """Count what is new, at most so many records, and say how far that came."""
        self._index.catch_up(limit)
        with self.reading() as connection:
            until = counted_until(connection)
        return Freshness(until, self._index.waiting())

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that only reads."""
        with self._engine.execution_options(**{READ_ONLY: True}).connect() as connection:
            yield connection


def numbers_of(connection: Connection, kind: str, subject: str, detail: str) -> tuple[int, ...]:
    """The numbers of an absence; of all reasons where `detail` is empty."""
    table = schema.absences
    wanted = select(table.c.id).where(table.c.kind == kind, table.c.subject == subject)
    return tuple(connection.scalars(wanted.where(table.c.detail == detail) if detail else wanted))
