"""Which calls a page of the console speaks of: a period, and perhaps one service or one client."""

from dataclasses import dataclass
from datetime import date, timedelta


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
        return (self.until + timedelta(days=1)).isoformat()

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.since).days + 1
