"""Counts of the index, summed over a scope."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

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


def counts(connection: Connection, scope: Scope, kind: str, *by: str, subject: str | None = None) -> list[Count]:
    """The counts of one kind.

    Args:
        connection: to the audit database.
        scope: which calls.
        kind: of tally, mark or absence (`audit.tally`, `audit.traits`).
        by: what they are broken down by: "subject", "detail", "day", "content_version".
        subject: the one subject to count; None for all.
    """
    columns = [_tallies.c[name] for name in by]
    summed = (
        select(func.sum(_tallies.c.count).label("calls"), *columns)
        .where(_tallies.c.kind == kind, *_within(scope))
        .group_by(*columns)
        .order_by(*columns)
    )
    if subject is not None:
        summed = summed.where(_tallies.c.subject == subject)
    rows = connection.execute(summed)
    return [Count(int(row["calls"]), **{name: row[name] for name in by}) for row in rows.mappings() if row["calls"]]


def choices(connection: Connection, column: str) -> Sequence[str]:
    """The services or clients that were ever called, or that called."""
    chosen = _tallies.c[column]
    return connection.scalars(
        select(chosen).where(_tallies.c.kind == "call", chosen != "").group_by(chosen).order_by(chosen)
    ).all()


def counted_until(connection: Connection) -> str:
    """When the newest call that is counted came in, as the record writes instants; empty where none is."""
    return str(connection.scalar(select(func.max(_entries.c.received_at))) or "")


def _within(scope: Scope) -> list[ColumnElement[Any]]:
    conditions: list[ColumnElement[Any]] = [
        _tallies.c.day >= scope.since.isoformat(),
        _tallies.c.day <= scope.until.isoformat(),
    ]
    for name in ("service", "client"):
        value = getattr(scope, name)
        conditions += [_tallies.c[name] == value] if value else []
    return conditions
