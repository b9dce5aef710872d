"""How a search goes: along the index of the one condition that the fewest calls meet, as the tallies count them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, select

from cds_service.audit import schema, tally
from cds_service.audit.console.figures import counts
from cds_service.audit.console.scope import Scope

_LOOKED_INTO = 10
"""How many rows of `lacking` are looked into in the time in which one call is looked up."""

Columns = dict[str, tuple[ColumnElement[str], str]]


class Tallied(NamedTuple):
    """What the tallies count of a condition: each a kind and a subject (None: every one), with a detail where told."""

    kind: str
    subject: str | None = None
    detail: str = ""


class Beside(NamedTuple):
    """What is asked of another table than entries: its conditions, and the counts of the calls that meet them.

    `is_read_whole` says that no index leads to these calls.
    """

    table: FromClause
    conditions: list[ColumnElement[bool]]
    counted: Sequence[Tallied]
    is_read_whole: bool = False


class _Sizes:
    """How many calls of a period meet a condition, whoever made them: an estimate where days or clients overlap."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self._connection = connection
        self._scope = replace(scope, service="", client="")

    def of_column(self, name: str, value: str) -> int:
        if name == "patient_key":
            return 0
        if name in ("service", "client"):
            own = {"service": "", "client": "", name: value}
            return self._total(tally.CALL, None, replace(self._scope, service=own["service"], client=own["client"]))
        if name == "content_version":
            listed = counts(self._connection, self._scope, tally.CALL, name)
            return sum(one.calls for one in listed if one.content_version == value)
        kind = {"answer": tally.ANSWER, "outcome": tally.CALL, "leading_etiology": tally.RULE}[name]
        return self._total(kind, value, self._scope)

    def of_beside(self, beside: Beside) -> int:
        read = self._total(tally.CALL, None, self._scope) // _LOOKED_INTO if beside.is_read_whole else 0
        return read + sum(self._of_tallied(one) for one in beside.counted)

    def _of_tallied(self, one: Tallied) -> int:
        listed = counts(self._connection, self._scope, one.kind, "detail", subject=one.subject)
        return sum(counted.calls for counted in listed if one.detail in ("", counted.detail))

    def _total(self, kind: str, subject: str | None, scope: Scope) -> int:
        return sum(one.calls for one in counts(self._connection, scope, kind, subject=subject))


def absences_tallied(connection: Connection, numbers: Sequence[int]) -> list[Tallied]:
    """What the tallies call the absences with these numbers."""
    table = schema.absences
    rows = connection.execute(select(table).where(table.c.id.in_(numbers)))
    return [Tallied(row.kind, row.subject, row.detail) for row in rows]


def choose(
    connection: Connection, scope: Scope, columns: Columns, beside: list[Beside], led: Mapping[str, str]
) -> tuple[FromClause, list[ColumnElement[bool]]]:
    """The table whose index is followed, and what is asked of it; it is taken out of what is left to check.

    Args:
        connection: to the audit database.
        scope: the period.
        columns: what is asked of columns of entries, by name.
        beside: what is asked of other tables.
        led: which of the columns an index leads by, with what is asked of each.
    """
    sizes = _Sizes(connection, scope)
    if len(led) + len(beside) > 1:
        in_entries = [(sizes.of_column(name, value), name) for name, value in led.items()]
        others = [(sizes.of_beside(one), place) for place, one in enumerate(beside)]
    else:
        in_entries, others = [(0, name) for name in led], [(0, place) for place, _ in enumerate(beside)]
    if others and (not in_entries or min(others)[0] <= min(in_entries)[0]):
        table, conditions, *_ = beside.pop(min(others)[1])
        return table, conditions
    if not in_entries:
        return schema.entries, []
    column, value = columns.pop(min(in_entries)[1])
    return schema.entries, [column == value]
