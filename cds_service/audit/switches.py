"""The switches: what was switched off and on again, by whom and why, and what is off now.

Every process reads them from the database by itself, so that a switch takes effect in all of them without a restart.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from threading import Lock

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from cds_service.audit import schema
from cds_service.audit.chain import Entry
from cds_service.audit.engine import READ_ONLY
from cds_service.audit.record import timestamp
from cds_service.audit.writer import Writer
from cds_service.errors import DatabaseAway, RecordNotKept

OFF, ON = "off", "on"
_NS = 1_000_000_000
_READ_EVERY_NS = 2 * _NS
_OLD_NS = 5 * _NS

_COLUMNS = (
    schema.switches.c.kind,
    schema.switches.c.subject,
    schema.switches.c.state,
    schema.switches.c.at,
    schema.switches.c.who,
    schema.switches.c.reason,
)
# Two that are set at the same moment may be committed in either order, so the newest number alone does not tell.
_MARK = select(func.count(), func.max(schema.switches.c.seq))
_ALL = select(*_COLUMNS).order_by(schema.switches.c.seq)

_log = logging.getLogger(__name__)


class Kind(StrEnum):
    """What can be switched: a rule (must-not-miss rules included), a client, a whole CDS service."""

    RULE = "rule"
    CLIENT = "client"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Switch:
    """One setting of a switch, as the record keeps it: `state` is `OFF` or `ON`, `at` as `timestamp` writes it."""

    kind: str
    subject: str
    state: str
    at: str
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class Off:
    """What is off. `age_s` is how many seconds ago that was read, where it is too long ago to be sure; else 0."""

    subjects: frozenset[tuple[str, str]] = frozenset()
    age_s: int = 0

    def of(self, kind: Kind) -> frozenset[str]:
        """The ids of this kind that are off."""
        return frozenset(subject for each, subject in self.subjects if each == kind)


class Switches:
    """The switches of one installation.

    Args:
        engine: as for the audit store.
        writer: of the same database.
        clock: the present moment.
        stopwatch: nanoseconds that only ever go up.
    """

    def __init__(
        self, engine: Engine, writer: Writer, clock: Callable[[], datetime], stopwatch: Callable[[], int]
    ) -> None:
        self._engine = engine
        self._writer = writer
        self._clock = clock
        self._stopwatch = stopwatch
        self._reading = Lock()
        self._asked_at = self._read_at = stopwatch() - _READ_EVERY_NS
        self._mark: tuple[int, int | None] | None = None
        self._off: frozenset[tuple[str, str]] = frozenset()

    def set(self, kind: Kind, subject: str, state: str, who: str, reason: str) -> bool:
        """Set a switch; False, and nothing recorded, where it stands so already.

        Raises:
            RecordNotKept: the store could not be written, so nothing was switched.
        """
        values = {"at": timestamp(self._clock()), "who": who, "kind": str(kind), "subject": subject, "state": state}
        try:
            with self._writer.transaction() as transaction:
                before = _newest(transaction.connection).get((str(kind), subject))
                if (before.state if before else ON) == state:
                    return False
                transaction.add(Entry("switches", {**values, "reason": reason}))
                return True
        except (DatabaseAway, SQLAlchemyError) as error:
            raise RecordNotKept("The switch could not be recorded, so it was not set. Try again.") from error

    def off(self) -> Off:
        """What is off, read from the database at most every two seconds; what was known stays while it is away."""
        with self._reading:
            now = self._stopwatch()
            if now - self._asked_at >= _READ_EVERY_NS:
                self._asked_at = now
                self._read(now)
            age = now - self._read_at
            return Off(self._off, age // _NS if age > _OLD_NS else 0)

    def require_readable(self) -> None:
        """Read them once, before the first call: nobody may be told anything while nothing is known of them.

        Raises:
            RecordNotKept: they cannot be read.
        """
        self.off()
        if self._mark is None:
            raise RecordNotKept("The switches cannot be read from the audit database.")

    def newest(self) -> dict[tuple[str, str], Switch]:
        """The newest setting of everything that was ever switched, by kind and subject."""
        with self._connected() as connection:
            return _newest(connection)

    def history(self, limit: int) -> list[Switch]:
        """The newest settings, the newest first."""
        wanted = select(*_COLUMNS).order_by(schema.switches.c.seq.desc()).limit(limit)
        with self._connected() as connection:
            return [Switch(*row) for row in connection.execute(wanted)]

    def _connected(self) -> Connection:
        return self._engine.execution_options(**{READ_ONLY: True}).connect()

    def _read(self, now: int) -> None:
        try:
            with self._writer.reading.asking(), self._connected() as connection:
                count, newest = connection.execute(_MARK).one()
                if (count, newest) != self._mark:
                    found = _newest(connection)
                    self._off = frozenset(key for key, switch in found.items() if switch.state == OFF)
                    self._mark = (count, newest)
                self._read_at = now
        except (DatabaseAway, SQLAlchemyError) as error:
            # What was known stays; how old it is goes into the record of each call that it is used for.
            _log.warning("The switches could not be read: %s", type(error).__name__)


def _newest(connection: Connection) -> dict[tuple[str, str], Switch]:
    rows = (Switch(*row) for row in connection.execute(_ALL))
    return {(switch.kind, switch.subject): switch for switch in rows}
