"""Says in words what happened to rows that do not fit their links, as far as the links tell."""

import json
import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cds_service.audit.chain import COLUMNS, Children, Place, link_over
from cds_service.audit.children import made_from
from cds_service.audit.findings import Finding, Gap, Misfit

_CHANGED = "does not fit its link: it was changed after it was written, or this installation never wrote it"
_LINK = "its link was changed; what it says is as it was written"
_BEHIND = "the entry behind cannot be checked"
_BODY = COLUMNS["calls"].index("body")
_MOST_COMPARED = 24
"""Rows and places up to which each row is tried at each place."""


class _Home(NamedTuple):
    writer: str
    number: int


def diagnose(key: bytes, misfits: Sequence[Misfit], gaps: Sequence[Gap]) -> Iterator[Finding]:
    """One finding for each row that does not fit and for each gap; none for a row that only stands behind one.

    Args:
        key: the audit key.
        misfits: rows that do not fit, of all chains.
        gaps: numbers that are missing.
    """
    at = {(one.writer, one.row.number): one for one in misfits}
    innocent: set[tuple[str, int]] = set()
    for one in misfits:
        after = at.get((one.writer, one.row.number + 1))
        place = (one.writer, one.row.number)
        home = _home(key, one, misfits, gaps)
        if place in innocent or home == place:
            continue
        if after is not None and _fits(key, after, one.fitting):
            innocent.add((after.writer, after.row.number))
            yield _finding(one, _LINK)
        elif home is not None:
            yield _finding(one, f"was written as entry {home.number} of chain {home.writer}, and was moved here")
        else:
            yield _finding(one, _beside(key, one) or _CHANGED)
    for gap in joined(gaps):
        yield Finding(gap.writer, gap.first, "", _missing(gap))


def _fits(key: bytes, one: Misfit, before: bytes) -> bool:
    place = Place(one.row.table, one.writer, one.row.number)
    return bool(link_over(key, before, place, one.row.values, one.children) == one.row.link)


def _home(key: bytes, one: Misfit, misfits: Sequence[Misfit], gaps: Sequence[Gap]) -> _Home | None:
    """Where a row was written, if that is a place at which something is wrong."""
    if len(misfits) + len(gaps) > _MOST_COMPARED:
        return None
    places = [_Home(other.writer, other.row.number) for other in misfits]
    places += [_Home(gap.writer, gap.first) for gap in gaps]
    befores = {other.before for other in misfits} | {other.row.link for other in misfits}
    befores |= {gap.before for gap in gaps}
    for home in places:
        place = Place(one.row.table, home.writer, home.number)
        for before in befores:
            if isinstance(before, bytes):
                link = link_over(key, before, place, one.row.values, one.children)
                if link == one.row.link:
                    return home
    return None


def _beside(key: bytes, one: Misfit) -> str:
    """What was changed beside a call whose own row is as it was written; empty where that is not so."""
    if one.row.table != "calls":
        return ""
    try:
        made = made_from(json.loads(zlib.decompress(one.row.values[_BODY])))
    except (ValueError, TypeError, KeyError, AttributeError, zlib.error):
        return ""
    place = Place("calls", one.writer, one.row.number)
    if link_over(key, one.before, place, one.row.values, made) != one.row.link:
        return ""
    changed = " and ".join(_differing(made, one.children))
    return f"its rows in {changed} were changed, added, removed or put in another order; the call itself is as written"


def _differing(made: Children, found: Children) -> Iterator[str]:
    for (table, wanted), (_, there) in zip(made, found, strict=True):
        if wanted != there:
            yield table


def _finding(one: Misfit, wrong: str) -> Finding:
    return Finding(one.writer, one.row.number, one.row.table, wrong)


def joined(gaps: Sequence[Gap]) -> Iterator[Gap]:
    """The gaps in order, those that meet as one."""
    waiting: Gap | None = None
    for gap in sorted(gaps, key=lambda gap: (gap.writer, gap.first)):
        if waiting is not None and (waiting.writer, waiting.last + 1) == (gap.writer, gap.first):
            waiting = waiting._replace(last=gap.last)
            continue
        if waiting is not None:
            yield waiting
        waiting = gap
    if waiting is not None:
        yield waiting


def _missing(gap: Gap) -> str:
    first = ", the first of the chain," if gap.first == 0 else ""
    if gap.last > gap.first:
        return f"entries {gap.first} to {gap.last} are missing{first} and no purge took them; {_BEHIND}"
    return f"entry {gap.first} is missing{first} and no purge took it; {_BEHIND}"
