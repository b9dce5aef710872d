"""What the address of a console page asks for, and the addresses that ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from cds_service.audit import traits
from cds_service.audit.console.scope import Scope
from cds_service.audit.console.search import Position, Wanted
from cds_service.errors import InvalidRequest

USUAL_DAYS = 28
MOST_DAYS = 3660
CALLS = "/audit/calls"
MARKS = {
    "silent": traits.SILENT,
    "refused": traits.REFUSED,
    "reason": traits.REASON,
    "aside": traits.SET_ASIDE,
    "alarm": traits.ALARM,
    "held": traits.HELD_ALARM,
    "slow": traits.SLOW,
    "amiss": traits.AMISS,
    "away": traits.AWAY,
}
"""Parameters that ask for a mark, by the kind of mark."""
ABSENCES = {"lab": traits.LAB, "part": traits.CHART}
"""Parameters that ask for something that was missing; `why` says why."""
_PLAIN = tuple(field.name for field in fields(Wanted) if field.name not in ("marks", "lacks"))
FILTERS = (*_PLAIN, *MARKS, *ABSENCES, "why")


@dataclass(frozen=True, slots=True)
class Asked:
    """A scope and the filters of a search, by parameter; empty ones are left out."""

    scope: Scope
    filters: Mapping[str, str]

    def wanted(self) -> Wanted:
        """The search, without the absences, whose numbers the database knows."""
        plain: dict[str, Any] = {name: self.filters[name] for name in _PLAIN if name in self.filters}
        marks = tuple((kind, self.filters[name]) for name, kind in MARKS.items() if name in self.filters)
        return Wanted(**plain, marks=marks)

    def absence(self) -> tuple[str, str, str] | None:
        """Kind, subject and reason of the absence that is asked for; None where none is."""
        named = next((name for name in ABSENCES if name in self.filters), None)
        return None if named is None else (ABSENCES[named], self.filters[named], self.filters.get("why", ""))

    def page(self, path: str, **changed: str) -> str:
        """The address of a page about the same scope; `changed` replaces or adds parameters."""
        return (
            f"{path}?{urlencode({**scope_query(self.scope), **{key: held for key, held in changed.items() if held}})}"
        )

    def calls(self, **filters: str) -> str:
        """The address of the calls of the scope that these filters leave."""
        return self.page(CALLS, **filters)

    def narrowed(self, **changed: str) -> str:
        """The address of the calls of this search with these filters changed, or taken out by an empty value."""
        return self.calls(**{**self.filters, **changed})

    def back_to(self, day: date) -> "Asked":
        """The same from an earlier day."""
        return Asked(replace(self.scope, since=day), self.filters)


def read_asked(query: Mapping[str, str], today: date) -> Asked:
    """What the parameters of an address ask for; without a period, the last four weeks.

    Raises:
        InvalidRequest: the period is none.
    """
    if any("\x00" in value for value in query.values()):
        raise InvalidRequest("A parameter holds a character that no name and no reason has.")
    until = _day(query.get("to", ""), "to") or today
    since = _day(query.get("from", ""), "from") or until - timedelta(days=USUAL_DAYS - 1)
    if not timedelta(0) <= until - since <= timedelta(days=MOST_DAYS):
        raise InvalidRequest(f"The period must begin before it ends, and last {MOST_DAYS} days at the most.")
    scope = Scope(since, until, query.get("service", ""), query.get("client", ""))
    return Asked(scope, {name: query[name] for name in FILTERS if query.get(name)})


def scope_query(scope: Scope) -> dict[str, str]:
    """The parameters that ask for a scope."""
    said = {
        "from": scope.since.isoformat(),
        "to": scope.until.isoformat(),
        "service": scope.service,
        "client": scope.client,
    }
    return {name: held for name, held in said.items() if held}


def read_position(query: Mapping[str, str]) -> Position | None:
    """Where a page of calls begins; None for the first.

    Raises:
        InvalidRequest: it is no place in the record.
    """
    at, seq = query.get("before", ""), query.get("seq", "")
    if not at and not seq:
        return None
    if not seq.isdecimal() or len(seq) > len(str(2**62)):
        raise InvalidRequest("The place in the list is none. Begin again at its first page.")
    return Position(at, int(seq))


def _day(text: str, name: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidRequest(f"The parameter `{name}` must be a day, such as 2026-01-31.") from None
    if not 2000 <= day.year <= 2200:
        raise InvalidRequest(f"The parameter `{name}` must be a day between the years 2000 and 2200.")
    return day
