"""What was set aside, as a record keeps it."""

from collections.abc import Iterable

from cds_service.core.facts import SetAside

LISTED_OF_A_KIND = 5
"""How many things that were set aside for one reason are listed by name; the others are counted."""


def condensed(set_aside: Iterable[SetAside]) -> tuple[SetAside, ...]:
    """The same, with no more than a few entries for each reason: thousands of bad results must not swell a record."""
    by_reason: dict[str, list[SetAside]] = {}
    for item in set_aside:
        by_reason.setdefault(item.reason, []).append(item)
    told: list[SetAside] = []
    for reason, items in by_reason.items():
        told += items[:LISTED_OF_A_KIND]
        more = sum(item.count for item in items[LISTED_OF_A_KIND:])
        if more:
            told.append(SetAside(f"and {more} more", reason, more))
    return tuple(told)
