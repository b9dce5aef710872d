"""Checks one stretch of a chain: every number once, every row as its link says, in the order of the rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection

from cds_service.audit import walk
from cds_service.audit.chain import START, Children, Place, link_over
from cds_service.audit.children import made_from
from cds_service.audit.findings import Finding, Gap, Misfit
from cds_service.audit.purged import Run, link_at, not_purged
from cds_service.audit.walk import Found, Stretch

_NOTHING_MADE = made_from({})
_OUT_OF_ORDER = "its seq is lower than that of an earlier entry: rows were numbered anew"
"""Within a chain the rows of a table were numbered one after the other; feedback names a call by that number."""


@dataclass(slots=True)
class Checked:
    """What checking gave: how many rows fit, and what does not."""

    fitting: int = 0
    misfits: list[Misfit] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def add(self, other: "Checked") -> None:
        """Take in what another stretch gave."""
        self.fitting += other.fitting
        self.misfits += other.misfits
        self.gaps += other.gaps
        self.findings += other.findings


def check(connection: Connection, key: bytes, stretch: Stretch, runs: Sequence[Run]) -> Checked:
    """Check a stretch.

    Args:
        connection: within `following_indexes`.
        key: the audit key.
        stretch: what to check.
        runs: what was purged from the chain.
    """
    checked = Checked()
    children = walk.children_by_call(connection, stretch)
    before, expected = _before(connection, stretch, runs), stretch.first
    orders: dict[str, int] = {}
    for number, same in groupby(walk.rows_of(connection, stretch), key=attrgetter("number")):
        if number > expected:
            before = _over_gap(checked, stretch.writer, (expected, number - 1), before, runs)
        rows = list(same)
        misfits = [_misfit(key, stretch.writer, row, children, before) for row in rows]
        # Of rows at the same place one can fit. It has the place; where none does, the first.
        at = misfits.index(None) if None in misfits else 0
        row, misfit = rows[at], misfits[at]
        if misfit is None:
            checked.fitting += 1
        else:
            checked.misfits.append(misfit)
        if len(rows) > 1:
            checked.findings += _repeated(stretch.writer, row, rows)
        if row.seq < orders.get(row.table, row.seq):
            checked.findings.append(Finding(stretch.writer, number, row.table, _OUT_OF_ORDER))
        orders[row.table] = max(row.seq, orders.get(row.table, row.seq))
        before, expected = (row.link if isinstance(row.link, bytes) else b""), number + 1
    if expected <= stretch.last:
        _over_gap(checked, stretch.writer, (expected, stretch.last), before, runs)
    return checked


def _before(connection: Connection, stretch: Stretch, runs: Sequence[Run]) -> bytes | None:
    if stretch.first == 0:
        return START
    return walk.link_of(connection, stretch.writer, stretch.first - 1) or link_at(runs, stretch.first - 1)


def _over_gap(
    checked: Checked, writer: str, gap: tuple[int, int], before: bytes | None, runs: Sequence[Run]
) -> bytes | None:
    """Note what is missing of a gap; the link after it, where a purge left it."""
    first, last = gap
    missing = not_purged(runs, first, last)
    for start, end in missing:
        checked.gaps.append(Gap(writer, start, end, before if start == first else link_at(runs, start - 1)))
    return link_at(runs, last)


def _misfit(
    key: bytes, writer: str, row: Found, children: Mapping[int, Children], before: bytes | None
) -> Misfit | None:
    """How a row does not fit; None if it does, or stands behind a gap, where it cannot be checked."""
    if before is None:
        return None
    beside = children.get(row.seq, _NOTHING_MADE) if row.table == "calls" else ()
    fitting = link_over(key, before, Place(row.table, writer, row.number), row.values, beside)
    return None if fitting == row.link else Misfit(writer, row, beside, before, fitting)


def _repeated(writer: str, row: Found, rows: Sequence[Found]) -> Iterator[Finding]:
    for other in rows:
        if other is not row:
            wrong = f"stands at a place that a row of {row.table} has"
            yield Finding(writer, other.number, other.table, wrong)
