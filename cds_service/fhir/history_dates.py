"""When something of the history began and ended, as a resource says it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from cds_service.fhir.dates import Moment, UnreadableDateError, read_moment
from cds_service.fhir.history_kinds import DOSAGE_END, Kind
from cds_service.fhir.resources import codings

_DAYS_OF_UNIT = {"a": Decimal("365.25"), "mo": Decimal("30.44"), "wk": Decimal(7), "d": Decimal(1)}
"""The units of a FHIR Age (UCUM)."""

_OLDEST_DAYS = 50_000
_LONGEST_WORDS = 60


@dataclass(frozen=True, slots=True)
class Beginning:
    """When it began: a text to show and the whole days to the call; `at_least` where it began then or before."""

    text: str = ""
    days: int | None = None
    at_least: bool = False


def beginning(resource: Mapping[str, Any], kind: Kind, as_of: datetime, age_years: Decimal | None) -> Beginning:
    """When it began, or else the day by which it was on record; a date that makes no sense is no reason to lose it."""
    for element in kind.dates:
        told = _told(resource[element], "start", "low", as_of, age_years) if element in resource else None
        if told is not None:
            return Beginning(*told)
    for element in kind.recorded:
        told = _told(resource[element], "start", "low", as_of, age_years) if element in resource else None
        if told is not None:
            return Beginning(*told, at_least=True)
    return Beginning()


def ending(
    resource: Mapping[str, Any], kind: Kind, as_of: datetime, age_years: Decimal | None
) -> tuple[str, int | None] | None:
    """None while it goes on, else the date of its end as text and in days to the call; empty and None where undated."""
    for element in kind.ends:
        if element not in resource and element != DOSAGE_END:
            continue
        values: list[object] = [*_dosage_ends(resource)] if element == DOSAGE_END else [resource.get(element)]
        told = [_told(value, "end", "high", as_of, age_years) for value in values]
        # One dosage without an end goes on.
        if told and all(told):
            return min(filter(None, told), key=lambda each: each[1])
    text = resource.get("abatementString")
    if kind.over_by == "clinicalStatus" and (resource.get("abatementBoolean") is True or isinstance(text, str)):
        return text.strip()[:_LONGEST_WORDS] if isinstance(text, str) else "", None
    status = resource.get(kind.over_by)
    values = [code for _, code, _ in codings(status)] if isinstance(status, dict) else [status]
    return ("", None) if any(value in kind.over for value in values if isinstance(value, str)) else None


def spoken_onset(resource: Mapping[str, Any], kind: Kind) -> str:
    """The words that say when it began, where words were sent instead of a date; empty otherwise."""
    texts = (resource.get(element) for element in kind.dates if element.endswith("String"))
    return next((text.strip() for text in texts if isinstance(text, str)), "")


def _told(value: object, edge: str, limit: str, as_of: datetime, age_years: Decimal | None) -> tuple[str, int] | None:
    """A date, one edge of a Period, an Age, or one limit of a Range of ages; None for what is none or lies ahead."""
    if isinstance(value, dict):
        if isinstance(age := value.get(limit, value), dict) and "value" in age:
            return _at_age(age, age_years)
        value = value.get(edge)
    try:
        moment: Moment | None = read_moment(value) if value is not None else None
    except UnreadableDateError:
        return None
    return None if moment is None or moment.is_ahead_of(as_of) else (moment.text, moment.age_days(as_of))


def _at_age(age: Mapping[str, Any], age_years: Decimal | None) -> tuple[str, int] | None:
    unit = _DAYS_OF_UNIT.get(str(age.get("code", age.get("unit"))))
    try:
        value = Decimal(str(age["value"]))
    except InvalidOperation:
        return None
    if age_years is None or unit is None or not value.is_finite() or not 0 <= value <= _OLDEST_DAYS:
        return None
    days = int(age_years * _DAYS_OF_UNIT["a"] - value * unit)
    return (f"at age {value} {age.get('unit', '')}".strip(), days) if days >= 0 else None


def _dosage_ends(resource: Mapping[str, Any]) -> Iterator[object]:
    for element in ("dosageInstruction", "dosage"):
        listed = resource.get(element)
        for dosage in listed if isinstance(listed, list) else []:
            timing = dosage.get("timing") if isinstance(dosage, dict) else None
            repeat = timing.get("repeat") if isinstance(timing, dict) else None
            yield repeat.get("boundsPeriod") if isinstance(repeat, dict) else None
