"""One Observation to one LabResult: value, word, reference range, and how the one became the other."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from cds_service.core.facts import LabResult, Patient, ReferenceRange
from cds_service.core.lab_words import LabKind
from cds_service.core.labs import Known, Lab, LabVocabulary, level
from cds_service.core.quantity import Interval
from cds_service.core.verdict import Verdict
from cds_service.fhir.dates import Moment
from cds_service.fhir.measured import Measured, converted
from cds_service.fhir.numbers import Unusable
from cds_service.fhir.ranges import OwnRange, in_lab_unit, own_range
from cds_service.fhir.resources import codings, concept_text
from cds_service.fhir.values import read_value

_DAYS_PER_YEAR = Decimal("365.25")
PRELIMINARY = ("preliminary", "partial")
"""Statuses of results that are used, and said to be so."""

_MOST_INTERPRETATIONS = 20
_LEVELS = {"high": "positive", "normal": "negative", "low": "negative"}


class Candidate(NamedTuple):
    """An Observation, or a component of one, that is a result of a lab.

    Attributes:
        observation: the element that holds value, interpretation and reference range.
        known: what its code or name stands for.
        moment: when it was taken; None where no date was sent.
        name: "Observation/id".
        status: of the Observation.
        after_dialysis: whether the sample was taken after dialysis, for labs that dialysis changes.
    """

    observation: Mapping[str, Any]
    known: Known
    moment: Moment | None
    name: str
    status: str
    after_dialysis: bool = False


def read_number(candidate: Candidate, vocabulary: LabVocabulary) -> Interval | None:
    """The number of a result in the lab's unit, and nothing else of it; None where it has none that is understood.

    Raises:
        Unusable: with the reason not to use it.
    """
    lab = vocabulary.labs[candidate.known.lab]
    if candidate.known.says:
        return None
    measured = read_value(candidate.observation, lab, vocabulary)
    conversion = None if measured is None else converted(measured, lab, candidate.known.substance)
    return conversion[0] if conversion else None


def read_result(candidate: Candidate, vocabulary: LabVocabulary, patient: Patient, as_of: datetime) -> LabResult:
    """Reads one result.

    Raises:
        Unusable: with the reason to set it aside.
    """
    lab = vocabulary.labs[candidate.known.lab]
    stated = candidate.known.says
    measured = _stated(candidate, lab, vocabulary) if stated else read_value(candidate.observation, lab, vocabulary)
    flag = None if stated else _interpretation(candidate.observation, lab, vocabulary)
    if measured is None:
        if flag is None:
            absent = candidate.observation.get("dataAbsentReason") is not None
            raise Unusable("the result is said to be absent" if absent else "it has no value")
        measured = Measured(None, "", None, None, flag)
    age_days = candidate.moment.age_days(as_of) if candidate.moment else None
    then = at_the_time(patient, age_days)
    sent_range = own_range(candidate.observation, measured, lab, vocabulary, then)
    return _result(candidate, lab, measured, flag or measured.word, sent_range, then, age_days)


def _result(
    candidate: Candidate,
    lab: Lab,
    measured: Measured,
    word: str | None,
    sent_range: OwnRange | None,
    patient: Patient,
    age_days: int | None,
) -> LabResult:
    substance = candidate.known.substance
    conversion = converted(measured, lab, substance)
    value = conversion[0] if conversion else None
    limits = in_lab_unit(sent_range, lab, substance) if sent_range and lab.kind is LabKind.QUANTITY else None
    if value is not None and lab.positive_from is not None:
        word = word or _by_titre(value, lab.positive_from)
    elif value is None and word is None and measured.number is not None:
        word = _by_own_range(measured, sent_range, lab)
    if limits is None and lab.kind is LabKind.QUANTITY:
        limits, word = _default_range(lab, patient, value, word)
    if value is None and word is None:
        raise Unusable("the unit is not understood" if measured.unit else "the number has no unit")
    return LabResult(
        lab=lab.id,
        value=value,
        word=word,
        range=limits,
        sent=measured.sent + (" (preliminary)" if candidate.status in PRELIMINARY else ""),
        conversion=_conversion_text(measured, lab, substance, conversion),
        effective=candidate.moment.text if candidate.moment else "",
        age_days=age_days,
        resource=candidate.name,
    )


def _stated(candidate: Candidate, lab: Lab, vocabulary: LabVocabulary) -> Measured:
    """The result that the test's name states, unless its value is anything but a yes."""
    measured = read_value(candidate.observation, replace(lab, kind=LabKind.WORD), vocabulary)
    if measured is not None and measured.word != "positive":
        raise Unusable("its value does not fit its name")
    return Measured(None, "", None, candidate.known.says, candidate.known.says)


def _interpretation(observation: Mapping[str, Any], lab: Lab, vocabulary: LabVocabulary) -> str | None:
    listed = observation.get("interpretation")
    words = vocabulary.words
    for concept in listed[:_MOST_INTERPRETATIONS] if isinstance(listed, list) else [listed]:
        for _, code, display in codings(concept):
            if lab.kind is not LabKind.QUANTITY and code in words.antibody_interpretations:
                return words.antibody_interpretations[code]
            meaning = words.for_kind(words.interpretations.get(code) or words.meaning(display), lab.kind)
            if meaning is not None:
                return meaning
        text = concept_text(concept)
        meaning = words.for_kind(words.interpretations.get(text) or words.meaning(text), lab.kind)
        if meaning is not None:
            return meaning
    return None


def at_the_time(patient: Patient, age_days: int | None) -> Patient:
    """The patient as old as when the result was taken: ranges of children change with age."""
    if patient.age_years is None or not age_days:
        return patient
    return Patient(max(patient.age_years - Decimal(age_days) / _DAYS_PER_YEAR, Decimal(0)), patient.sex)


def _by_titre(value: Interval, positive_from: Decimal) -> str | None:
    return {Verdict.MET: "positive", Verdict.NOT_MET: "negative"}.get(value.at_least(positive_from))


def _by_own_range(measured: Measured, sent_range: OwnRange | None, lab: Lab) -> str | None:
    """A number in a unit that is not understood can still be compared with a range in the very same unit."""
    if measured.number is None or sent_range is None or sent_range.unit.lower() != measured.unit.lower():
        return None
    found = level(measured.number, ReferenceRange(sent_range.low, sent_range.high, ""))
    return found if lab.kind is LabKind.QUANTITY or found is None else _LEVELS[found]


def _default_range(
    lab: Lab, patient: Patient, value: Interval | None, word: str | None
) -> tuple[ReferenceRange | None, str | None]:
    """The vocabulary's range, and the word, where the laboratory sent no range.

    The laboratory's own flag outranks a default range, so a flagged number gets none. Where age or sex is unknown and
    would matter, only a word on which all possible ranges agree is given.
    """
    ranges = lab.ranges_for(patient)
    if value is not None:
        if word is not None or not ranges:
            return None, word
        if len(ranges) == 1:
            return ranges[0], None
        levels = {level(value, limits) for limits in ranges}
        return None, levels.pop() if len(levels) == 1 else None
    if len(ranges) <= 1:
        return (ranges[0] if ranges else None), word
    return _widest(ranges, word), word


def _widest(ranges: tuple[ReferenceRange, ...], word: str | None) -> ReferenceRange | None:
    """What a bare word surely allows when several ranges may apply: for "normal" their hull, else the nearest end."""
    lows = [limits.low for limits in ranges if limits.low is not None]
    highs = [limits.high for limits in ranges if limits.high is not None]
    source = "widest of the defaults; age or sex is unknown"
    complete_lows, complete_highs = len(lows) == len(ranges), len(highs) == len(ranges)
    if word == "normal":
        return ReferenceRange(min(lows) if complete_lows else None, max(highs) if complete_highs else None, source)
    if word == "high":
        return ReferenceRange(None, min(highs), source) if highs and complete_highs else None
    if word == "low":
        return ReferenceRange(max(lows), None, source) if lows and complete_lows else None
    return None


def _conversion_text(measured: Measured, lab: Lab, substance: str, conversion: tuple[Interval, Decimal] | None) -> str:
    if conversion is None or measured.ucum is None:
        return "" if not measured.unit else f"{measured.unit!r} is not comparable; only high, low or normal is used"
    factor = conversion[1]
    steps = []
    if measured.unit and measured.unit != measured.ucum:
        steps.append(f"{measured.unit} read as {measured.ucum}")
    if factor != 1:
        basis = _basis(measured.ucum, lab, substance)
        steps.append(f"{measured.ucum} x {factor} = {lab.unit}{basis}")
    return "; ".join(steps)


def _basis(unit: str, lab: Lab, substance: str) -> str:
    """The molar masses that a conversion rests on: that of what was weighed, on either side."""
    weighed = [] if _is_amount(unit) else [substance]
    weighed += [] if _is_amount(lab.unit) else [lab.id]
    rests_on_amount = _is_amount(unit) != _is_amount(lab.unit) or substance != lab.id
    bases = [lab.bases[name] for name in weighed if name in lab.bases]
    return f" ({'; '.join(bases)})" if rests_on_amount and bases else ""


def _is_amount(unit: str) -> bool:
    return "mol" in unit or "eq" in unit
