"""What changed at an installation, and when: content versions, clients, switches."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from cds_service.audit import schema

_tallies, _switches = schema.tallies, schema.switches


class Change(NamedTuple):
    """A change: the day, what kind of thing changed, which one, and what became of it.

    A content version and a client count from their first call.
    """

    day: str
    kind: str
    subject: str
    state: str


def changes(connection: Connection) -> list[Change]:
    """Every change on record, oldest first."""
    content = _first_days(connection, "content_version", "content", "first used")
    clients = _first_days(connection, "client", "client", "first call")
    switched = [
        Change(row.at[:10], row.kind, row.subject, f"switched {row.state}")
        for row in connection.execute(select(_switches).order_by(_switches.c.seq))
    ]
    return sorted([*content, *clients, *switched])


def _first_days(connection: Connection, column: str, kind: str, state: str) -> list[Change]:
    changed = _tallies.c[column]
    first = select(changed.label("subject"), func.min(_tallies.c.day).label("day")).where(_tallies.c.kind == "call")
    rows = connection.execute(first.where(changed != "").group_by(changed))
    return [Change(row.day, kind, row.subject, state) for row in rows]


def nearest(known: list[Change], week_starts: str, since: str, until: str) -> list[Change]:
    """The changes of a time that lie nearest to the day on which a week starts; several of one day together."""
    within = [change for change in known if since <= change.day <= until]
    if not within:
        return []
    best = min((_apart(change.day, week_starts), change.day) for change in within)[1]
    return [change for change in within if change.day == best]


def _apart(day: str, other: str) -> int:
    return abs((date.fromisoformat(day) - date.fromisoformat(other)).days)
