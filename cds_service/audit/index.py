"""Works out of the record what the console counts and searches: every record once, however many processes write.

Nothing here is evidence: the derived tables can be emptied and worked out again at any time.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, delete, text
from sqlalchemy.exc import OperationalError

from cds_service.audit import schema
from cds_service.audit.engine import BUSY_TIMEOUT_S, READ_ONLY
from cds_service.audit.index_calls import add_calls
from cds_service.audit.index_feedback import add_feedback
from cds_service.audit.unread import count_unread, mark_read, rows_of, unread
from cds_service.errors import RecordNotKept

BATCH = 500
"""Records that one transaction reads."""
_WAIT_MS = 300
"""How long another process is waited for that writes or indexes; a page is to be shown all the same."""


class Index:
    """The index over one installation's record.

    Args:
        engine: as for the audit store.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def catch_up(self, limit: int) -> int:
        """Read records that were not read yet, at most this many; how many were.

        0 may also mean that another process is at it.
        """
        done = 0
        while done < limit:
            read = self._batch(min(BATCH, limit - done))
            if not read:
                break
            done += read
        return done

    def waiting(self) -> int:
        """How many records were not read yet."""
        with self._engine.execution_options(**{READ_ONLY: True}).connect() as connection:
            return count_unread(connection)

    def forget(self) -> None:
        """Empty the derived tables, to work them out again.

        Raises:
            RecordNotKept: another process is at it.
        """
        try:
            with self._alone() as connection:
                for table in schema.DERIVED:
                    connection.execute(delete(table))
        except OperationalError as error:
            raise RecordNotKept("Another process counts the record now. Try again in a moment.") from error

    def _batch(self, limit: int) -> int:
        if not self._anything_unread():
            return 0
        try:
            with self._alone() as connection:
                done = 0
                for table, add in ((schema.calls, add_calls), (schema.feedback, add_feedback)):
                    # Feedback comes when every call is read: what it is on is on file by then.
                    for stretch in unread(connection, table) if done < limit else ():
                        rows = rows_of(connection, table, stretch, limit - done)
                        add(connection, rows)
                        mark_read(connection, table, stretch.writer, rows[-1].number)
                        done += len(rows)
                        if done >= limit:
                            break
                return done
        except OperationalError:
            # Another process is at it; what it does not do is left for the next time.
            return 0

    def _anything_unread(self) -> bool:
        with self._engine.execution_options(**{READ_ONLY: True}).connect() as connection:
            return any(unread(connection, table) for table in (schema.calls, schema.feedback))

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        """A transaction in which no other process indexes, and which sees one state of the record throughout.

        SQLite's transactions that write are alone by themselves. PostgreSQL takes the snapshot of a transaction after
        the lock that stands at its beginning, so that it holds whatever the index before it wrote.
        """
        with self._in_sqlite() if self._engine.dialect.name == "sqlite" else self._in_postgresql() as connection:
            yield connection

    @contextmanager
    def _in_sqlite(self) -> Iterator[Connection]:
        # Calls that are recorded wait for their turn longer than a page may.
        with self._engine.execution_options(**{READ_ONLY: True}).begin() as connection:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_WAIT_MS}")
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
            finally:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT_S * 1000}")

    @contextmanager
    def _in_postgresql(self) -> Iterator[Connection]:
        with self._engine.execution_options(isolation_level="REPEATABLE READ").begin() as connection:
            connection.execute(text(f"SET LOCAL lock_timeout = {_WAIT_MS}"))
            connection.execute(text("LOCK TABLE indexed IN EXCLUSIVE MODE"))
            yield connection
