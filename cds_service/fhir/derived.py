"""Results that follow from others: an eGFR from creatinine, calcium's word from ionised calcium, and products."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from cds_service.core.facts import EarlierResult, LabResult, Patient
from cds_service.core.labs import Lab, LabVocabulary, level
from cds_service.core.quantity import Interval
from cds_service.core.renal import ADULT_FROM, CHILDREN_S_FORMULA, FORMULA, childs_egfr_interval, egfr_interval
from cds_service.fhir.heights import Heights
from cds_service.fhir.results import at_the_time

CREATININE, FILTRATION = "creatinine", "egfr"


@dataclass(frozen=True, slots=True)
class Sample:
    """A result and the instant it was taken, as far as its date tells."""

    result: LabResult
    instant: datetime


def filtration(
    reported: LabResult | None,
    creatinine: LabResult | None,
    patient: Patient,
    vocabulary: LabVocabulary,
    heights: Heights,
) -> LabResult | None:
    """The reported eGFR where it is recent, else one computed from a newer creatinine, age and sex, if possible.

    A creatinine that was taken after dialysis says nothing of the kidney. A child's rate needs a height of that time.
    """
    usable = creatinine if creatinine is not None and not creatinine.unused else None
    if reported is not None and not reported.unused and not _is_overtaken(reported, usable, vocabulary):
        return reported
    if usable is None or (reported is not None and not reported.unused and not _is_newer(usable, reported)):
        return reported
    return _computed(usable, patient, vocabulary, heights) or reported


def _is_overtaken(reported: LabResult, creatinine: LabResult | None, vocabulary: LabVocabulary) -> bool:
    """Whether a reported rate is old, or much older than the newest creatinine."""
    if reported.age_days is None:
        return False
    if creatinine is not None and creatinine.age_days is not None:
        behind = reported.age_days - creatinine.age_days
        return behind > vocabulary.egfr_leads_days or reported.age_days > vocabulary.newest_egfr_days
    return reported.age_days > vocabulary.newest_egfr_days


def _is_newer(one: LabResult, other: LabResult) -> bool:
    return one.age_days is not None and other.age_days is not None and one.age_days < other.age_days


def _computed(creatinine: LabResult, patient: Patient, vocabulary: LabVocabulary, heights: Heights) -> LabResult | None:
    lab = vocabulary.labs[FILTRATION]
    age = patient.age_years
    if creatinine.value is None or age is None:
        return None
    value = _rate(creatinine.value, creatinine.age_days, patient, lab, heights)
    if value is None:
        return None
    basis = f"from creatinine {creatinine.sent}, age {int(age)}"
    height = heights.near(creatinine.age_days) if age < ADULT_FROM else None
    told = f"{FORMULA} {basis}, {patient.sex or 'either sex'}"
    if height is not None:
        told = f"{CHILDREN_S_FORMULA} {basis}, height {height.centimetres.normalize():f} cm"
    earlier = (
        EarlierResult(point.effective, point.age_days, rate)
        for point in creatinine.series
        if (rate := _rate(point.value, point.age_days, at_the_time(patient, point.age_days), lab, heights)) is not None
    )
    limits = lab.range_for(patient)
    held = replace(creatinine, lab=lab.id, value=value, word=None, range=limits, sent="computed", conversion=told)
    return replace(held, series=tuple(earlier))


def _rate(creatinine: Interval, age_days: int | None, patient: Patient, lab: Lab, heights: Heights) -> Interval | None:
    """The rate in the lab's unit, by the equation for the patient's age; None where none holds."""
    age = patient.age_years
    if age is None:
        return None
    height = heights.near(age_days)
    if age >= ADULT_FROM:
        value = egfr_interval(creatinine, age, patient.sex)
    elif height is not None and age >= heights.terms.from_years:
        value = childs_egfr_interval(creatinine, height.centimetres, age)
    else:
        value = None
    return None if value is None else value.scaled(lab.factors[lab.id][lab.unit], lab.decimals)


def products(
    samples: Mapping[str, Sample], labs: Mapping[str, LabResult], patient: Patient, vocabulary: LabVocabulary
) -> dict[str, LabResult]:
    """Products of two labs of one sample; none where a laboratory reported one, or a part is unused."""
    found: dict[str, LabResult] = {}
    for lab in vocabulary.labs.values():
        parts = [samples[part] for part in lab.product_of if part in samples and not labs[part].unused]
        if len(parts) < 2 or lab.id in labs or parts[0].instant != parts[1].instant or not parts[0].result.effective:
            continue
        one, other = (part.result for part in parts)
        value = _times(one.value, other.value) if one.value is not None and other.value is not None else None
        if value is None:
            continue
        told = " x ".join(f"{vocabulary.labs[part.lab].short} {part.sent}" for part in (one, other))
        scaled = value.scaled(Decimal(1), lab.decimals)
        resources = ", ".join(dict.fromkeys(part.resource for part in (one, other)))
        found[lab.id] = LabResult(
            lab.id, scaled, None, lab.range_for(patient), "worked out", f"{told}, one sample", one.effective,
            one.age_days, resources,
        )  # fmt: skip
    return found


def _times(one: Interval, other: Interval) -> Interval:
    low = one.low * other.low if one.low is not None and other.low is not None else None
    high = one.high * other.high if one.high is not None and other.high is not None else None
    return Interval(low, high, one.low_open or other.low_open, one.high_open or other.high_open)


def lent_words(labs: Mapping[str, LabResult], vocabulary: LabVocabulary) -> dict[str, LabResult]:
    """Results whose "high", "low" or "normal" another lab decides; numbers stay with the lab that was measured.

    A result that gets its word so has no reference range of its own, since that would speak against the word.
    """
    found: dict[str, LabResult] = {}
    for lab in vocabulary.labs.values():
        link, result = lab.answers_for, labs.get(lab.id)
        if link is None or result is None or result.unused or link.lab in found:
            continue
        held = labs.get(link.lab)
        if held is not None and held.unused:
            held = None
        word = _word(result)
        decides = link.overrides and held is not None and _is_no_older(result, held, link.within_days)
        if word is None or (held is not None and not decides):
            continue
        by = f"high, low or normal by {lab.short} {result.sent}"
        if held is None:
            found[link.lab] = replace(result, lab=link.lab, value=None, word=word, range=None, conversion=by, series=())
        else:
            note = f"{held.conversion}; {by}" if held.conversion else by
            found[link.lab] = replace(held, word=word, range=None, conversion=note)
    return found


def _word(result: LabResult) -> str | None:
    if result.value is not None and result.range is not None:
        return level(result.value, result.range)
    return result.word


def _is_no_older(one: LabResult, other: LabResult, days: int) -> bool:
    return one.age_days is None or other.age_days is None or one.age_days - other.age_days <= days
