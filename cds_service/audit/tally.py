"""The counts of one batch of records, to be added to those of the days before."""

from collections import Counter
from typing import NamedTuple

from sqlalchemy import Connection, Table

from cds_service.audit import schema
from cds_service.audit.record import Outcome
from cds_service.audit.statements import upsert
from cds_service.audit.traits import FIRST, UNTOLD, Traits
from cds_service.core.latency import bucket_of

CALL, LATENCY, ANSWER = "call", "latency", "answer"
RULE, SHADOW = "rule", "shadow"
TOLD_FIRST, TOLD, ANSWERED_FIRST, ANSWERED, REASON_FIRST = (
    "told first", "told", "answered first", "answered", "reason first",
)  # fmt: skip
"""Kinds of tallies beside those of marks and absences. `TOLD` counts the calls whose card told a rule, `ANSWERED` what
became of them, and the mark `REASON` why they were overridden; each also for the rule that stood first."""


_MONTH = len("2026-01")


class Place(NamedTuple):
    """Where a call is counted: its day in UTC, its service, its client, and the content that judged it."""

    day: str
    service: str
    client: str
    content_version: str


class Tally:
    """Counts by place, kind, subject and detail. A call counts once, at the delivery that was read first."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str, Place]] = Counter()

    def add(self, place: Place, kind: str, subject: str = "", detail: str = "", count: int = 1) -> None:
        """Count something at a place; a negative count takes back."""
        self._counts[kind, subject, detail, place] += count

    def add_call(self, place: Place, outcome: str, duration_us: int, traits: Traits) -> None:
        """Count a call with everything there is to count of it, but for its feedback."""
        self.add(place, CALL, outcome)
        if outcome != Outcome.REFUSED:
            self.add(place, LATENCY, str(bucket_of(duration_us)))
        for one in traits.fired:
            self.add(place, SHADOW if one.shadow else RULE, one.rule, one.tier)
            if one.place != UNTOLD:
                self.add(place, TOLD, one.rule)
            if one.place == FIRST:
                self.add(place, TOLD_FIRST, one.rule)
        for mark in traits.marks:
            self.add(place, mark.kind, mark.subject)
        for absence in traits.absences:
            self.add(place, absence.kind, absence.subject, absence.detail)

    def write(self, connection: Connection) -> None:
        """Add the counts to those on file, to the days' and to the months'."""
        months: Counter[tuple[str, str, str, Place]] = Counter()
        for (kind, subject, detail, place), count in self._counts.items():
            months[kind, subject, detail, place._replace(day=place.day[:_MONTH])] += count
        _add(connection, schema.tallies, "day", self._counts)
        _add(connection, schema.monthly, "month", months)


def _add(connection: Connection, table: Table, period: str, counts: Counter[tuple[str, str, str, Place]]) -> None:
    rows = [
        {
            "kind": kind,
            period: place.day,
            "subject": subject,
            "detail": detail,
            "service": place.service,
            "client": place.client,
            "content_version": place.content_version,
            "count": count,
        }
        for (kind, subject, detail, place), count in sorted(counts.items())
        if count
    ]
    if rows:
        connection.execute(upsert(connection, table, "count", adds=True), rows)
