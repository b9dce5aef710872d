"""Lengths of time as content writes them: "10 days", "6 months", "1 year"."""

import re

_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_LENGTH = re.compile(r"([1-9][0-9]*) (day|week|month|year)s?\Z")


def days_in(text: str) -> int | None:
    """The days in a length of time, a month as 30 and a year as 365; None for any other text."""
    match = _LENGTH.match(text)
    return None if match is None else int(match[1]) * _DAYS[match[2]]
