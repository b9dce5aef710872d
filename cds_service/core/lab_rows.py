"""The labs of a recorded call, in rows a person can read."""

from dataclasses import dataclass

from cds_service.core.distances import from_range
from cds_service.core.evidence import course_text, range_text
from cds_service.core.facts import EarlierResult, Facts, LabResult, ReferenceRange
from cds_service.core.labels import Labels
from cds_service.core.quantity import Interval
from cds_service.core.view import allowed_values, compared_with_range


@dataclass(frozen=True, slots=True)
class LabRow:
    """One lab as sent and as compared, earlier results; whether it is high or low; or why it is missing or unused.

    `value`, `limits` and `series` are numbers in `unit`, to be drawn; `value` holds all that the result allows, so that
    a bare word is as wide as its reference range says. `beyond` says in words how far it lies from the range.
    """

    label: str
    sent: str
    compared: str
    conversion: str
    range: str
    effective: str
    flag: str
    resource: str
    missing: str = ""
    earlier: str = ""
    unused: str = ""
    unit: str = ""
    value: Interval | None = None
    limits: ReferenceRange | None = None
    series: tuple[EarlierResult, ...] = ()
    age_days: int | None = None
    beyond: str = ""


def lab_rows(facts: Facts, labels: Labels) -> tuple[LabRow, ...]:
    """The results that are there, then the labs that are missing."""
    known = [_lab(result, labels) for result in facts.labs.values()]
    missing = [
        LabRow(labels.labs.get(lab, lab), "", "", "", "", "", "", "", str(why))
        for lab, why in facts.missing_labs.items()
        if lab not in facts.labs
    ]
    return tuple(known + missing)


def _lab(result: LabResult, labels: Labels) -> LabRow:
    unit = labels.units.get(result.lab, "")
    exact = result.value.exact if result.value is not None else None
    return LabRow(
        label=labels.labs.get(result.lab, result.lab),
        sent=result.sent,
        compared="" if exact is None else f"{exact} {unit}",
        conversion=result.conversion,
        range=range_text(result.range, unit),
        effective=result.effective,
        flag=compared_with_range(result),
        resource=result.resource,
        earlier=course_text(result),
        unused=result.unused,
        unit=unit,
        value=allowed_values(result),
        limits=result.range,
        series=result.series,
        age_days=result.age_days,
        beyond=from_range(result),
    )
