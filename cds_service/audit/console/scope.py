"""Which calls a page of the console speaks of: a period, and perhaps one service or one client."""

from dataclasses import dataclass
from datetime import date, timedelta

_DAY = timedelta(days=1)


def _first_of_next(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _month(day: date) -> str:
    return day.isoformat()[:7]


@dataclass(frozen=True, slots=True)
class Scope:
    """A period and whose calls.

    Attributes:
        since, until: the first and the last day, in UTC.
        service: id of a CDS service; empty for all.
        client: a client as the record names it; empty for all.
    """

    since: date
    until: date
    service: str = ""
    client: str = ""

    @property
    def ends_before(self) -> str:
        """The day after the last, as the record writes days."""
        return (self.until + _DAY).isoformat()

    @property
    def whole_months(self) -> tuple[str, str] | None:
        """The first and the last month of which it holds every day; None where there is none."""
        first = self.since if self.since.day == 1 else _first_of_next(self.since)
        last = _first_of_next(self.until) if (self.until + _DAY).day == 1 else self.until.replace(day=1)
        return (_month(first), _month(last - _DAY)) if first < last else None

    @property
    def edges(self) -> tuple[tuple[str, str], ...]:
        """The days that are in no such month, as stretches from a first to a last day."""
        months = self.whole_months
        if months is None:
            return ((self.since.isoformat(), self.until.isoformat()),)
        first, last = (date.fromisoformat(f"{month}-01") for month in months)
        before = (self.since.isoformat(), (first - _DAY).isoformat())
        after = (_first_of_next(last).isoformat(), self.until.isoformat())
        return tuple(stretch for stretch in (before, after) if stretch[0] <= stretch[1])

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.since).days + 1
