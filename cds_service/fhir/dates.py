"""FHIR dates of any precision, and how long ago they are."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, NamedTuple

_PATTERN = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d)"
    r"([T ](?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d)(\.\d+)?)?\s*(?P<zone>Z|z|[+-]\d\d:?\d\d)?)?)?)?\Z"
)
_DAY = len("2026-01-31")
_PLAIN_LENGTHS = (len("2026-01-31T07:45:00Z"), len("2026-01-31T07:45:00+01:00"))
FUTURE_TOLERANCE = timedelta(days=1)
"""How far ahead of the call a result may lie: clocks and time zones differ by less than a day."""


class UnreadableDateError(ValueError):
    """A date was sent that cannot be understood."""


class Moment(NamedTuple):
    """A date as sent. `text` is cut to the day; `start` is the earliest instant it can mean (UTC where no zone is)."""

    text: str
    start: datetime

    def age_days(self, as_of: datetime) -> int:
        """Whole days from this moment to `as_of`; never negative."""
        return max((as_of - self.start).days, 0)

    def is_ahead_of(self, as_of: datetime) -> bool:
        """Whether it lies more than a day after `as_of`."""
        return self.start > as_of + FUTURE_TOLERANCE


def read_moment(value: object) -> Moment:
    """Reads a FHIR date, dateTime or instant; a time without a zone is read as UTC.

    Raises:
        UnreadableDateError: it is none; epoch numbers are none.
    """
    match = _PATTERN.match(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise UnreadableDateError
    text = str(value).strip()
    if len(text) in _PLAIN_LENGTHS:
        # What the pattern has passed the standard library reads alike, in a quarter of the time.
        try:
            return Moment(text[:_DAY], datetime.fromisoformat(text).astimezone(UTC))
        except (ValueError, OverflowError):
            pass  # a leap second, or no such day: judged below
    part = match.groupdict()
    try:
        day = date(int(part["year"]), int(part["month"] or 1), int(part["day"] or 1))
        start = datetime(
            day.year,
            day.month,
            day.day,
            int(part["hour"] or 0),
            int(part["minute"] or 0),
            min(int(part["second"] or 0), 59),
            tzinfo=_zone(part["zone"]),
        ).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnreadableDateError from error
    return Moment(text[:_DAY], start)


def _zone(text: str | None) -> timezone:
    if text is None or text in "Zz":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def first_moment(resource: Mapping[str, Any], *elements: str) -> Moment | None:
    """The date in the first of these elements that is there; None when none is.

    A Period counts by its end, or by its start while it is still going on; a Timing by its first event.

    Raises:
        UnreadableDateError: the element is there and no date.
    """
    for element in elements:
        value = resource.get(element)
        if value is None:
            continue
        if isinstance(value, dict):
            events = value.get("event")
            event = events[0] if isinstance(events, list) and events else None
            value = value.get("end") or value.get("start") or event
            if value is None:
                continue
        return read_moment(value)
    return None
