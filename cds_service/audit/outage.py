"""While the database is away it is not asked by every call: one tries it now and then, the others do without."""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
    SQLAlchemyError,
    TimeoutError,
)

from cds_service.errors import DatabaseAway

PAUSE_NS = 1_000_000_000
"""How long a database that did not answer is left alone."""

# What is wrong with a statement, a row or the tables: the database answers, and says no.
_ANSWERS = (DataError, IntegrityError, ProgrammingError, NotSupportedError)

_log = logging.getLogger(__name__)


class Outage:
    """Whether the database is away, as far as this process knows, for one kind of use: reading or writing.

    Args:
        stopwatch: nanoseconds that only ever go up.
    """

    def __init__(self, stopwatch: Callable[[], int] = time.monotonic_ns) -> None:
        self._stopwatch = stopwatch
        self._lock = Lock()
        self._try_at: int | None = None

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Use the database in the block; whether it is away is known from what comes of it.

        Raises:
            DatabaseAway: it does not answer, or did not a moment ago. What the block wrote can be there all the same,
                where the connection broke in the commit.
        """
        if not self._may_ask():
            raise DatabaseAway("The audit database did not answer a moment ago. Try again later.")
        try:
            yield
        except SQLAlchemyError as error:
            if not means_away(error):
                raise
            self.begin(error)
            raise DatabaseAway("The audit database does not answer. Try again later.") from error
        self._end()

    def begin(self, error: Exception) -> None:
        """Leave the database alone for a while, because of an error."""
        with self._lock:
            if self._try_at is None:
                _log.warning("The audit database is away: %s", type(error).__name__)
            self._try_at = self._stopwatch() + PAUSE_NS

    def _may_ask(self) -> bool:
        with self._lock:
            if self._try_at is None:
                return True
            now = self._stopwatch()
            if now < self._try_at:
                return False
            # Who comes next waits for what this one finds out.
            self._try_at = now + PAUSE_NS
            return True

    def _end(self) -> None:
        with self._lock:
            if self._try_at is not None:
                _log.warning("The audit database is back")
            self._try_at = None


def means_away(error: SQLAlchemyError) -> bool:
    """Whether an error says that the database cannot be reached or cannot write now, rather than that it refuses."""
    if isinstance(error, TimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    if not isinstance(error, DatabaseError) or isinstance(error, _ANSWERS):
        return False
    # SQLite's plain "error" is about the statement or the tables, as when one is missing.
    return getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR
