"""Counts of the index, summed over a scope."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, func, literal, select

from cds_service.audit import schema
from cds_service.audit.console.scope import Scope

_tallies, _entries = schema.tallies, schema.entries


class Count(NamedTuple):
    """How many calls; what they are not broken down by is empty."""

    calls: int
    subject: str = ""
    detail: str = ""
    day: str = ""
    content_version: str = ""


_BROKEN_DOWN_BY = Count._fields[1:]


def counts(connection: Connection, scope: Scope, kind: str, *by: str, subject: str | None = None) -> list[Count]:
    """The counts of one kind.

    Args:
        connection: to the audit database.
        scope: which calls.
        kind: of tally, mark or absence (`audit.tally`, `audit.traits`).
        by: what they are broken down by: "subject", "detail", "day", "content_version".
        subject: the one subject to count; None for all.
    """
    found: Counter[tuple[str, ...]] = Counter()
    for table, when in _stretches(scope, daily="day" in by):
        columns = [table.c[name] for name in by]
        shown = [table.c[name] if name in by else literal("") for name in _BROKEN_DOWN_BY]
        wanted = [table.c.kind == kind, when, *_whose(table, scope)]
        wanted += [] if subject is None else [table.c.subject == subject]
        # Pages over a year read thousands of these rows.
        for *names, calls in connection.execute(select(*shown, _calls_of(table)).where(*wanted).group_by(*columns)):
            found[tuple(names)] += calls
    return [Count(int(calls), *names) for names, calls in sorted(found.items()) if calls]


def counts_by_kind(connection: Connection, scope: Scope, kinds: Collection[str]) -> Mapping[str, list[Count]]:
    """The counts of several kinds, each by subject and detail; a page that shows many of them asks once.

    Args:
        connection: to the audit database.
        scope: which calls.
        kinds: as for `counts`.
    """
    found: dict[str, Counter[tuple[str, str]]] = {kind: Counter() for kind in kinds}
    for table, when in _stretches(scope, daily=False):
        columns = table.c.kind, table.c.subject, table.c.detail
        wanted = table.c.kind.in_(kinds), when, *_whose(table, scope)
        for kind, subject, detail, calls in connection.execute(
            select(*columns, _calls_of(table)).where(*wanted).group_by(*columns)
        ):
            found[kind][subject, detail] += calls
    return {
        kind: [Count(int(calls), *names) for names, calls in sorted(counted.items()) if calls]
        for kind, counted in found.items()
    }


def _stretches(scope: Scope, *, daily: bool) -> list[tuple[Table, ColumnElement[bool]]]:
    """The tables to sum up, and which of their rows: whole months at once, unless days are asked for."""
    months = None if daily else scope.whole_months
    days = scope.edges if months else ((scope.since.isoformat(), scope.until.isoformat()),)
    stretches = [(_tallies, _tallies.c.day.between(*stretch)) for stretch in days]
    return stretches + ([(schema.monthly, schema.monthly.c.month.between(*months))] if months else [])


def _calls_of(table: Table) -> ColumnElement[int]:
    return func.coalesce(func.sum(table.c["count"]), 0)


def choices(connection: Connection, column: str) -> Sequence[str]:
    """The services or clients that were ever called, or that called."""
    chosen = _tallies.c[column]
    return connection.scalars(
        select(chosen).where(_tallies.c.kind == "call", chosen != "").group_by(chosen).order_by(chosen)
    ).all()


def counted_until(connection: Connection) -> str:
    """When the newest call that is counted came in, as the record writes instants; empty where none is."""
    return str(connection.scalar(select(func.max(_entries.c.received_at))) or "")


def _whose(table: Table, scope: Scope) -> list[ColumnElement[bool]]:
    asked = {"service": scope.service, "client": scope.client}
    return [table.c[name] == value for name, value in asked.items() if value]
