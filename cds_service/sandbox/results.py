"""The laboratory results of a chart, one line a test: the newest, its range, its course, in both unit systems."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cds_service.core.evidence import range_text
from cds_service.core.facts import EarlierResult, Patient, ReferenceRange
from cds_service.core.lab_rows import LabRow
from cds_service.core.labs import LabVocabulary, level
from cds_service.core.quantity import Interval
from cds_service.synthetic.world import Sent

SYSTEMS = ("conventional", "si")
USABLE = ("final", "amended", "corrected", "preliminary")
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
class _Measured:
    """One Observation as far as it is drawn: `value` and `limits` are in the lab's own unit."""

    on: date
    value: Interval | None
    comparator: str
    sent: str
    limits: ReferenceRange | None
    status: str
    resource: str


def lab_lines(observations: Iterable[Json], labs: LabVocabulary, units: Units, whose: Patient) -> list[LabLine]:
    """The tests of a chart in the order of the vocabulary, then those that it does not hold.

    Args:
        observations: of one patient.
        labs: of the rules.
        units: how laboratories send each lab.
        whose: for the ranges of results that bring none.
    """
    found: dict[tuple[str, str], list[_Measured]] = {}
    for observation in observations:
        lab, substance = lab_of(observation, labs)
        if _is_result(observation) and observation.get("status") in USABLE:
            name = labs.labs[lab].short if lab else _name(observation)
            found.setdefault((lab, name), []).append(_measured(observation, labs, lab, substance))
    places = {lab: place for place, lab in enumerate(labs.labs)}
    ordered = sorted(found.items(), key=lambda pair: (places.get(pair[0][0], len(places)), pair[0][1]))
    return [_line(lab, name, measured, labs, units, whose) for (lab, name), measured in ordered]


def lab_of(observation: Json, labs: LabVocabulary) -> tuple[str, str]:
    """The lab of an Observation and the substance measured, by code, else by name; empty where neither is known."""
    code = observation.get("code", {})
    for coding in code.get("coding", ()):
        known = labs.by_code.get(coding.get("code", ""))
        if known is not None:
            return known.lab, known.substance
    named = labs.named(str(code.get("text", "")))
    return (named.lab, named.substance) if named is not None else ("", "")


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


def _name(observation: Json) -> str:
    code = observation.get("code", {})
    codings = (str(coding.get("display", "")) for coding in code.get("coding", ()))
    return str(code.get("text", "")) or next(codings, "")


def _is_result(observation: Json) -> bool:
    return "valueQuantity" in observation or "valueString" in observation


def _measured(observation: Json, labs: LabVocabulary, lab: str, substance: str) -> _Measured:
    quantity = observation.get("valueQuantity", {})
    unit = str(quantity.get("code") or quantity.get("unit", ""))
    factor = (labs.labs[lab].factor(labs.ucum(unit) or unit, substance) if lab else None) or Decimal(1)
    value = Decimal(str(quantity["value"])) * factor if "value" in quantity else None
    comparator = str(quantity.get("comparator", ""))
    sent = f"{comparator}{quantity.get('value')} {quantity.get('unit', '')}".strip() if quantity else ""
    return _Measured(
        on=datetime.fromisoformat(observation["effectiveDateTime"]).date(),
        value=None if value is None else _interval(value, comparator),
        comparator=comparator,
        sent=sent or str(observation.get("valueString", "")),
        limits=_limits(observation, factor),
        status=str(observation.get("status", "")),
        resource=f"Observation/{observation.get('id', '')}",
    )


def _interval(value: Decimal, comparator: str) -> Interval:
    if comparator.startswith(">"):
        return Interval(value, None, low_open=comparator == ">")
    if comparator.startswith("<"):
        return Interval(None, value, high_open=comparator == "<")
    return Interval.exactly(value)


def _limits(observation: Json, factor: Decimal) -> ReferenceRange | None:
    for sent in observation.get("referenceRange", ()):
        low, high = (_plain(sent.get(end, {}).get("value"), factor) for end in ("low", "high"))
        return ReferenceRange(low, high, "sent with the result")
    return None


def _plain(value: object, factor: Decimal) -> Decimal | None:
    return None if value is None else round(Decimal(str(value)) * factor, _LEAST_PLACES).normalize()


def _line(lab: str, name: str, measured: list[_Measured], labs: LabVocabulary, units: Units, whose: Patient) -> LabLine:
    measured = sorted(measured, key=lambda one: one.on)
    newest = measured[-1]
    limits = newest.limits or (labs.labs[lab].range_for(whose) if lab and newest.value is not None else None)
    shown = shown_units(lab, labs, units) if lab and newest.value is not None else {}
    values = {system: _written(newest, way) for system, way in shown.items()}
    ranges = {system: _range(limits, way) for system, way in shown.items()} if limits else {}
    return LabLine(
        name=name,
        lab=lab,
        row=_row(name, labs.labs[lab].unit if lab else "", newest, limits, measured),
        value=values or dict.fromkeys(SYSTEMS, newest.sent),
        range=ranges or dict.fromkeys(SYSTEMS, range_text(limits, "")),
        points=tuple(_points(measured)),
        shown=shown,
        note=_note(newest, limits),
    )


def _written(one: _Measured, way: Shown) -> str:
    end = one.value and (one.value.low if one.value.low is not None else one.value.high)
    return f"{one.comparator}{way.written(end)} {way.unit}" if end is not None else one.sent


def _range(limits: ReferenceRange, way: Shown) -> str:
    low, high = (None if end is None else way.written(end) for end in (limits.low, limits.high))
    if low is None or high is None:
        return f"from {low}" if low is not None else f"up to {high}" if high is not None else ""
    return f"{low}–{high}"


def _row(name: str, unit: str, newest: _Measured, limits: ReferenceRange | None, measured: list[_Measured]) -> LabRow:
    flag = level(newest.value, limits) if newest.value is not None and limits is not None else None
    # An antibody that is found is marked as a result out of its range is.
    word = newest.sent.lower() if newest.value is None else ""
    earlier = tuple(
        EarlierResult(one.on.isoformat(), (newest.on - one.on).days, one.value)
        for one in reversed(measured[:-1])
        if one.value is not None
    )
    return LabRow(
        label=name,
        sent=newest.sent,
        compared="",
        conversion="",
        range=range_text(limits, unit),
        effective=newest.on.isoformat(),
        flag=flag or word,
        resource=newest.resource,
        unit=unit,
        value=newest.value,
        limits=limits,
        series=earlier,
        age_days=0,
    )


def _points(measured: list[_Measured]) -> Iterator[tuple[str, float]]:
    for one in measured:
        if one.value is not None:
            end = one.value.low if one.value.low is not None else one.value.high
            yield one.on.isoformat(), float(round(end or Decimal(0), _LEAST_PLACES))


def _note(newest: _Measured, limits: ReferenceRange | None) -> str:
    told = [newest.status] if newest.status != "final" else []
    if newest.limits is None and limits is not None:
        told.append("no range was sent; the usual one is drawn")
    return "; ".join(told)


def system_of(lines: Iterable[LabLine]) -> str:
    """The unit system in which a chart's results came; conventional where nothing tells."""
    for line in lines:
        ways = line.shown
        if ways and ways["si"].unit != ways["conventional"].unit:
            return "si" if line.row.sent.endswith(ways["si"].unit) else "conventional"
    return "conventional"
