"""The console's way into the audit database: reads only, but for the index, which it brings up to date first."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, select

from cds_service.audit import schema
from cds_service.audit.console.changes import Change, changes
from cds_service.audit.console.drift import WEEKS_SHOWN, RuleWeek, rule_weeks
from cds_service.audit.console.feedback import Said, said_of
from cds_service.audit.console.figures import Count, choices, counted_until, counts, counts_by_kind
from cds_service.audit.console.scope import Scope
from cds_service.audit.console.search import Found, Position, Wanted, find
from cds_service.audit.engine import READ_ONLY
from cds_service.audit.index import Index


class Freshness(NamedTuple):
    """How far the record is counted: the newest call that is, and how many newer records are not."""

    until: str
    waiting: int


class Reading:
    """One reading of the index: everything that it tells belongs to one scope."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope
        self._changes: list[Change] | None = None

    def counts(self, kind: str, *by: str, subject: str | None = None) -> list[Count]:
        """As `figures.counts`."""
        return counts(self._connection, self._scope, kind, *by, subject=subject)

    def counts_by_kind(self, *kinds: str) -> Mapping[str, list[Count]]:
        """As `figures.counts_by_kind`."""
        return counts_by_kind(self._connection, self._scope, kinds)

    def total(self, kind: str, subject: str | None = None) -> int:
        """The calls of one kind, over all its subjects or of one."""
        return sum(one.calls for one in self.counts(kind, subject=subject))

    def choices(self, column: str) -> Sequence[str]:
        """As `figures.choices`."""
        return choices(self._connection, column)

    def changes(self) -> list[Change]:
        """What changed at the installation within the scope."""
        since, until = self._scope.since.isoformat(), self._scope.until.isoformat()
        return [change for change in self._known() if since <= change.day <= until]

    def rule_weeks(self, shown: int = WEEKS_SHOWN, rule: str | None = None) -> Mapping[str, list[RuleWeek]]:
        """As `drift.rule_weeks`."""
        return rule_weeks(self._connection, self._scope, self._known(), shown, rule)

    def find(self, wanted: Wanted, absence: tuple[str, str, str] | None, after: Position | None, size: int) -> Found:
        """A page of calls.

        Args:
            wanted: what is asked of a call.
            absence: kind, subject and reason of what it lacks; None where that is not asked. No reason is any.
            after: where the page begins.
            size: how many calls it holds.
        """
        lacks = None if absence is None else self._numbers(*absence)
        return find(self._connection, self._scope, replace(wanted, lacks=lacks), after, size)

    def said_of(self, calls: Sequence[Row[Any]]) -> Mapping[str, list[Said]]:
        """As `feedback.said_of`."""
        return said_of(self._connection, calls)

    def _known(self) -> list[Change]:
        if self._changes is None:
            self._changes = changes(self._connection)
        return self._changes

    def _numbers(self, kind: str, subject: str, detail: str) -> tuple[int, ...]:
        table = schema.absences
        wanted = select(table.c.id).where(table.c.kind == kind, table.c.subject == subject)
        return tuple(self._connection.scalars(wanted.where(table.c.detail == detail) if detail else wanted))


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
        waiting = self._index.waiting()
        if waiting:
            self._index.catch_up(limit)
            waiting = self._index.waiting()
        with self._connected() as connection:
            return Freshness(counted_until(connection), waiting)

    @contextmanager
    def reading(self, scope: Scope) -> Iterator[Reading]:
        """Read what belongs to a scope."""
        with self._connected() as connection:
            yield Reading(connection, scope)

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        with self._engine.execution_options(**{READ_ONLY: True}).connect() as connection:
            yield connection
