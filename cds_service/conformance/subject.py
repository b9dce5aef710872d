"""One CDS service under examination: its entry in discovery, and how it answered a good call."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from cds_service.conformance.calls import Samples, good_call
from cds_service.conformance.exchange import Exchange, Line
from cds_service.conformance.ledger import Ledger, Remark

Json = dict[str, Any]

ANSWERED_OR_LACKING = (200, 412)


@dataclass(frozen=True, slots=True)
class Examination:
    """What every part of the check works with."""

    line: Line
    ledger: Ledger
    samples: Samples


@dataclass(frozen=True, slots=True)
class Subject:
    """One service.

    Attributes:
        entry: as discovery gives it.
        good: the answer to a good call.
        by: the examination.
    """

    entry: Mapping[str, Any]
    good: Exchange
    by: Examination

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.entry["id"])

    @property
    def path(self) -> str:
        """Where it is called."""
        return path_of(self.entry)

    @property
    def as_good(self) -> tuple[int, ...]:
        """The statuses that a call which is as good gets: 200, and what the good call got."""
        return (200, self.good.status) if self.good.status else (200,)

    def call(self, **changed: Any) -> Json:
        """A new good call, some members changed; None takes one out."""
        call = {**(good_call(self.entry, self.by.samples) or {}), **changed}
        return {name: value for name, value in call.items() if value is not None}

    def ask(self, what: str, body: object, media_type: str = "application/json") -> Exchange:
        """Call it."""
        return self.by.line.post(self.path, body, what, media_type)

    def expect(self, number: str, exchange: Exchange, *statuses: int) -> bool:
        """Judge an answer by its status; whether it is one of those expected."""
        remarks = list(_unexpected(self.id, exchange, statuses))
        self.by.ledger.judge(number, exchange, remarks)
        return not remarks


def path_of(entry: Mapping[str, Any]) -> str:
    """Where a service of discovery is called."""
    return f"/cds-services/{quote(str(entry['id']), safe='', errors='replace')}"


def _unexpected(service: str, exchange: Exchange, statuses: tuple[int, ...]) -> Iterator[Remark]:
    if exchange.status not in statuses:
        wanted = " or ".join(map(str, dict.fromkeys(statuses)))
        came = str(exchange.status) if exchange.status else "no answer"
        what = exchange.sent.partition(": ")[2]
        yield Remark(f"{service}: {what} gets {came}, not {wanted}")
