"""How far a value lies from the limits that it was compared with, in words."""

from collections.abc import Iterable
from decimal import Decimal

from cds_service.core.facts import Facts, LabResult, Lesion
from cds_service.core.labels import Labels
from cds_service.core.limits import IS, Limit
from cds_service.core.quantity import Interval
from cds_service.core.view import compared_with_range


def from_limits(limits: Iterable[Limit], facts: Facts, lesion: Lesion | None, labels: Labels) -> str:
    """The distances of this patient's values from these limits; empty where nothing was compared."""
    told = dict.fromkeys(_distance(limit, facts, lesion, labels) for limit in limits)
    return "; ".join(text for text in told if text)


def from_range(result: LabResult) -> str:
    """How far a result lies outside its reference range: "3.7 above 4.5"; empty within it, or where that is open."""
    if result.value is None or result.range is None:
        return ""
    low, high = result.range.low, result.range.high
    word = compared_with_range(result)
    if word == "high" and high is not None:
        return from_limit(result.value, high)
    return from_limit(result.value, low) if word == "low" and low is not None else ""


def from_limit(value: Interval, limit: Decimal) -> str:
    """The distance of a value from one limit: "7 below 15", "at least 645 above 65", "on the limit of 15"."""
    if value.exact is not None:
        if value.exact == limit:
            return f"on the limit of {limit}"
        side = "above" if value.exact > limit else "below"
        return f"{abs(value.exact - limit)} {side} {limit}"
    if value.low is not None and value.low >= limit:
        return f"at least {value.low - limit} above {limit}" if value.low > limit else f"above {limit}"
    if value.high is not None and value.high <= limit:
        return f"at least {limit - value.high} below {limit}" if value.high < limit else f"below {limit}"
    return f"on either side of {limit}"


def _distance(limit: Limit, facts: Facts, lesion: Lesion | None, labels: Labels) -> str:
    kind, _, lab = limit.about.partition(":")
    if kind == "lab":
        result = facts.labs.get(lab)
        return "" if result is None or result.unused else _of_lab(result, limit, labels.labs.get(lab, lab))
    value = _own(kind, facts, lesion)
    if value is None:
        return ""
    return f"{kind} {from_limit(Interval.exactly(value), Decimal(limit.limit))}"


def _of_lab(result: LabResult, limit: Limit, name: str) -> str:
    if limit.operator != IS:
        return f"{name} {from_limit(result.value, Decimal(limit.limit))}" if result.value is not None else ""
    reference = result.range
    if result.value is None or reference is None:
        return ""
    ends = {"high": (reference.high,), "low": (reference.low,), "normal": (reference.low, reference.high)}
    told = [from_limit(result.value, end) for end in ends.get(limit.limit, ()) if end is not None]
    return f"{name} {' and '.join(told)}" if told else ""


def _own(kind: str, facts: Facts, lesion: Lesion | None) -> Decimal | None:
    if kind == "age":
        years = facts.patient.age_years
        return None if years is None else Decimal(int(years))
    return lesion.size_mm if lesion is not None else None
