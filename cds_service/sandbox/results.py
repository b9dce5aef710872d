"""The laboratory results of a chart, one line a test: the newest, its range, its course, in both unit systems.

What a result says is read as the service reads it for its rules, so that the room shows what the rules will see.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from cds_service.core.evidence import range_text
from cds_service.core.facts import EarlierResult, LabResult, Patient, ReferenceRange
from cds_service.core.lab_rows import LabRow
from cds_service.core.labs import LabVocabulary
from cds_service.core.quantity import Interval
from cds_service.core.view import compared_with_range
from cds_service.fhir.numbers import Unusable
from cds_service.fhir.observations import Recognised, recognised, why_not
from cds_service.fhir.ranges import SENT_WITH_RESULT
from cds_service.fhir.resources import Held, codings, concept_text
from cds_service.fhir.results import PRELIMINARY, read_result
from cds_service.fhir.subject import Identity
from cds_service.synthetic.world import Sent

SYSTEMS = ("conventional", "si")
_DAY = len("2026-01-31")
_LEAST_PLACES = 6

Json = Mapping[str, Any]
Units = Mapping[str, Mapping[str, Sent]]


@dataclass(frozen=True, slots=True)
class Shown:
    """One system's way to write a lab: `factor` leads from its unit to the lab's own."""

    ucum: str
    unit: str
    decimals: int
    factor: Decimal

    def written(self, value: Decimal) -> str:
        """A number of the lab's own unit, in this one."""
        return f"{value / self.factor:.{self.decimals}f}"

    def as_json(self) -> Json:
        """For the scripts of a page, which count in floating point."""
        told = {"ucum": self.ucum, "unit": self.unit, "decimals": self.decimals}
        return {**told, "factor": float(self.factor)}


def ways(shown: Mapping[str, Shown]) -> dict[str, Json]:
    """How numbers are written, by unit system, as JSON values."""
    return {system: way.as_json() for system, way in shown.items()}


@dataclass(frozen=True, slots=True)
class LabLine:
    """One test.

    Attributes:
        lab: its id in the vocabulary; empty for a test that no rule knows.
        row: the newest result, to be drawn.
        value, range: as printed, by unit system.
        points: (date, number in the lab's own unit) from old to new.
        shown: how numbers of this lab are written, by unit system.
        note: what else is to be said of the newest result.
    """

    name: str
    lab: str
    row: LabRow
    value: Mapping[str, str]
    range: Mapping[str, str]
    points: tuple[tuple[str, float], ...]
    shown: Mapping[str, Shown]
    note: str


@dataclass(frozen=True, slots=True)
class Whose:
    """The patient of a chart: by whose ranges results are read, and whom they have to name."""

    person: Patient
    identity: Identity


@dataclass(frozen=True, slots=True)
class _Measured:
    """One usable Observation: `result` as the rules read it, None for a test that no rule knows."""

    on: str
    sent: str
    status: str
    resource: str
    result: LabResult | None

    @property
    def value(self) -> Interval | None:
        """What its number allows, in the lab's own unit."""
        return self.result.value if self.result is not None else None


def lab_lines(
    observations: Iterable[Json], labs: LabVocabulary, units: Units, whose: Whose, as_of: datetime
) -> list[LabLine]:
    """The tests of a chart in the order of the vocabulary, then those that it does not hold.

    Args:
        observations: of one patient.
        labs: of the rules.
        units: how laboratories send each lab.
        whose: the patient.
        as_of: the moment of the chart.
    """
    found: dict[tuple[str, str], list[_Measured]] = {}
    for observation in observations:
        known = recognised_as(observation, labs, whose.identity, as_of)
        if known is not None:
            lab = known.candidate.known.lab
            result = None if known.reason else _read(known, labs, whose.person, as_of)
            if result is not None:
                found.setdefault((lab, labs.labs[lab].short), []).append(_measured(observation, result))
        elif _is_result(observation) and not _why_not(observation, whose.identity):
            found.setdefault(("", _name(observation)), []).append(_measured(observation, None))
    places = {lab: place for place, lab in enumerate(labs.labs)}
    ordered = sorted(found.items(), key=lambda pair: (places.get(pair[0][0], len(places)), pair[0][1]))
    return [_line(lab, name, measured, labs, units) for (lab, name), measured in ordered]


def recognised_as(observation: Json, labs: LabVocabulary, identity: Identity, as_of: datetime) -> Recognised | None:
    """The lab result that an Observation of a patient's prefetch is, usable or not; None where it is of no lab."""
    return next(recognised(_held(observation), labs, identity, as_of), None)


def shown_units(lab: str, labs: LabVocabulary, units: Units) -> dict[str, Shown]:
    """How numbers of a lab are written in each system; where a system has no way of its own, as in the other."""
    sent = units.get(lab, {})
    own = labs.labs[lab]
    usual = Shown(own.unit, own.unit, own.decimals, Decimal(1))
    made: dict[str, Shown] = {}
    for system in SYSTEMS:
        way = sent.get(system)
        made[system] = usual if way is None else Shown(way.unit, way.shown, way.decimals, Decimal(str(way.factor)))
        usual = made[system]
    return made


def _held(observation: Json) -> Held:
    return Held(observation, "", asked_for=True)


def _read(known: Recognised, labs: LabVocabulary, person: Patient, as_of: datetime) -> LabResult | None:
    try:
        return read_result(known.candidate, labs, person, as_of)
    except Unusable:
        return None


def _why_not(observation: Json, identity: Identity) -> str:
    return why_not(_held(observation), str(observation.get("status", "")), identity)


def _name(observation: Json) -> str:
    code = observation.get("code")
    return concept_text(code) or next((display for _, _, display in codings(code)), "")


def _is_result(observation: Json) -> bool:
    return "valueQuantity" in observation or "valueString" in observation


def _measured(observation: Json, result: LabResult | None) -> _Measured:
    quantity = observation.get("valueQuantity", {})
    parts = (quantity.get(member, "") for member in ("comparator", "value", "unit"))
    return _Measured(
        on=str(observation.get("effectiveDateTime", ""))[:_DAY],
        sent="{}{} {}".format(*parts).strip() or str(observation.get("valueString", "")),
        status=str(observation.get("status", "")),
        resource=f"Observation/{observation.get('id', '')}",
        result=result,
    )


def _line(lab: str, name: str, measured: list[_Measured], labs: LabVocabulary, units: Units) -> LabLine:
    measured = sorted(measured, key=lambda one: one.on)
    newest = measured[-1]
    limits = newest.result.range if newest.result is not None else None
    shown = shown_units(lab, labs, units) if newest.value is not None else {}
    values = {system: _written(newest, way) for system, way in shown.items()}
    ranges = {system: _range(limits, way) for system, way in shown.items()} if limits else {}
    return LabLine(
        name=name,
        lab=lab,
        row=_row(name, labs.labs[lab].unit if lab else "", newest, measured),
        value=values or dict.fromkeys(SYSTEMS, newest.sent),
        range=ranges or dict.fromkeys(SYSTEMS, range_text(limits, "")),
        points=tuple(_points(measured)),
        shown=shown,
        note=_note(newest, limits),
    )


def _written(one: _Measured, way: Shown) -> str:
    value = one.value
    end = None if value is None else value.low if value.low is not None else value.high
    if value is None or end is None:
        return one.sent
    return f"{_comparator(value)}{way.written(end)} {way.unit}"


def _comparator(value: Interval) -> str:
    if value.exact is not None:
        return ""
    if value.high is None:
        return ">" if value.low_open else "≥"
    return "<" if value.high_open else "≤"


def _range(limits: ReferenceRange, way: Shown) -> str:
    low, high = (None if end is None else way.written(end) for end in (limits.low, limits.high))
    if low is None or high is None:
        return f"from {low}" if low is not None else f"up to {high}" if high is not None else ""
    return f"{low}–{high}"


def _row(name: str, unit: str, newest: _Measured, measured: list[_Measured]) -> LabRow:
    result = newest.result
    return LabRow(
        label=name,
        sent=newest.sent,
        compared="",
        conversion="",
        range=range_text(result.range if result is not None else None, unit),
        effective=newest.on,
        # An antibody that is found is marked as a result out of its range is.
        flag=compared_with_range(result) if result is not None else "",
        resource=newest.resource,
        unit=unit,
        value=newest.value,
        limits=result.range if result is not None else None,
        series=tuple(_earlier(newest, measured)),
        age_days=0,
    )


def _earlier(newest: _Measured, measured: list[_Measured]) -> Iterator[EarlierResult]:
    for one in reversed(measured[:-1]):
        if one.value is not None:
            apart = datetime.fromisoformat(newest.on) - datetime.fromisoformat(one.on)
            yield EarlierResult(one.on, apart.days, one.value)


def _points(measured: list[_Measured]) -> Iterator[tuple[str, float]]:
    for one in measured:
        if one.value is not None:
            end = one.value.low if one.value.low is not None else one.value.high
            yield one.on, float(round(end or Decimal(0), _LEAST_PLACES))


def _note(newest: _Measured, limits: ReferenceRange | None) -> str:
    told = [newest.status] if newest.status in PRELIMINARY else []
    if limits is not None and limits.source != SENT_WITH_RESULT:
        told.append("no range was sent; the usual one is drawn")
    return "; ".join(told)


def system_of(lines: Iterable[LabLine]) -> str:
    """The unit system in which a chart's results came; conventional where nothing tells."""
    for line in lines:
        ways = line.shown
        if ways and ways["si"].unit != ways["conventional"].unit:
            return "si" if line.row.sent.endswith(ways["si"].unit) else "conventional"
    return "conventional"
