"""The reference range that a laboratory sends with a result, if it is meant for this patient."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cds_service.core.facts import Patient, ReferenceRange
from cds_service.core.lab_words import plain_words
from cds_service.core.labs import Lab, LabVocabulary
from cds_service.core.renal import ADULT_FROM
from cds_service.fhir.measured import Measured
from cds_service.fhir.numbers import Unusable, decimal_of, span_of
from cds_service.fhir.resources import codings, concept_text
from cds_service.fhir.values import quantity_unit

SENT_WITH_RESULT = "sent with the result"

_NORMAL_TYPES = ("normal", "recommended", "")
_DAYS_PER = {"a": Decimal("365.25"), "mo": Decimal("30.4375"), "wk": Decimal(7), "d": Decimal(1)}
_AGE_WORDS = {"year": "a", "month": "mo", "week": "wk", "day": "d"}
_OTHER_SEX = {"male": "female", "female": "male"}
_CHILD, _ADULT, _ANYONE = "child", "adult", "anyone"
_NEXT_LABEL = re.compile(r"[;,\n](?=\s*[^\W\d])")
_LONGEST_TEXT = 300
_DAYS_PER_YEAR = Decimal("365.25")


@dataclass(frozen=True, slots=True)
class OwnRange:
    """A range as sent: in its own unit (as spelled and as UCUM), not yet converted."""

    low: Decimal | None
    high: Decimal | None
    unit: str
    ucum: str | None


_MOST_RANGES = 50


def own_range(
    observation: Mapping[str, Any], measured: Measured, lab: Lab, vocabulary: LabVocabulary, patient: Patient
) -> OwnRange | None:
    """The one reference range that is meant for this patient; None where there is none, several differ, or many came.

    A range without a unit is in the unit of the value.
    """
    listed = observation.get("referenceRange")
    entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    if len(entries) > _MOST_RANGES:
        return None
    found = []
    for entry in entries:
        if not _applies(entry, patient, vocabulary.range_labels):
            continue
        try:
            found += _limits(entry, measured, lab, vocabulary, patient)
        except Unusable:
            continue
    distinct = list(dict.fromkeys(found))
    return distinct[0] if len(distinct) == 1 else None


def in_lab_unit(sent: OwnRange, lab: Lab, substance: str) -> ReferenceRange | None:
    """The range in the lab's unit; None where its unit is not understood."""
    factor = lab.factor(sent.ucum, substance) if sent.ucum is not None else None
    if factor is None:
        return None
    step = Decimal(1).scaleb(-lab.decimals)

    def convert(end: Decimal | None) -> Decimal | None:
        return None if end is None else (end * factor).quantize(step).normalize() + 0

    return ReferenceRange(convert(sent.low), convert(sent.high), SENT_WITH_RESULT)


def _limits(
    entry: Mapping[str, Any], measured: Measured, lab: Lab, vocabulary: LabVocabulary, patient: Patient
) -> list[OwnRange]:
    """The limits that an entry states for this patient: mostly one, none where it cannot be read."""
    ends = [entry.get(key) for key in ("low", "high")]
    quantities = [end for end in ends if isinstance(end, dict) and end.get("value") is not None]
    if quantities:
        low, high = (decimal_of(end["value"]) if isinstance(end, dict) and "value" in end else None for end in ends)
        unit, ucum = quantity_unit(quantities[0], lab, vocabulary)
        return _ordered(OwnRange(low, high, unit, ucum), measured)
    text = entry.get("text")
    found = []
    for part in _NEXT_LABEL.split(text[:_LONGEST_TEXT]) if isinstance(text, str) else ():
        label, colon, limits = part.rpartition(":") if _is_labelled(part) else ("", "", part)
        span = span_of(limits, vocabulary.words.comparators)
        if span is not None and (not colon or _is_meant(label, patient, vocabulary.range_labels)):
            low, high, unit = span
            found += _ordered(OwnRange(low, high, unit, vocabulary.ucum(unit) if unit else None), measured)
    return found


def _ordered(limits: OwnRange, measured: Measured) -> list[OwnRange]:
    """The limits, in the value's unit where they name none; nothing where they are the wrong way round."""
    if limits.low is not None and limits.high is not None and limits.low > limits.high:
        return []
    return [limits if limits.unit else OwnRange(limits.low, limits.high, measured.unit, measured.ucum)]


def _is_labelled(part: str) -> bool:
    """Whether a label stands in front: "Adult male: 3.5-5.1", and not the titre "1:80"."""
    return part.lstrip(" (")[:1].isalpha() and ":" in part


def _is_meant(label: str, patient: Patient, labels: Mapping[str, frozenset[str]]) -> bool:
    """Whether a label is for this patient: every word is known, and none is of another or an unknown sex or age."""
    for word in plain_words(label):
        groups = [group for group, words in labels.items() if word in words]
        if not groups or not all(_is_of(group, patient) for group in groups):
            return False
    return True


def _is_of(group: str, patient: Patient) -> bool:
    if group in (_CHILD, _ADULT):
        return patient.age_years is not None and (patient.age_years >= ADULT_FROM) == (group == _ADULT)
    return group == _ANYONE or patient.sex == group


def _applies(entry: Mapping[str, Any], patient: Patient, labels: Mapping[str, frozenset[str]]) -> bool:
    """Whether the range is one of normal values, and not for another sex or age than the patient's."""
    kinds = [code for _, code, _ in codings(entry.get("type"))] or [""]
    if not any(kind in _NORMAL_TYPES for kind in kinds):
        return False
    if patient.sex is not None and _is_for(labels[_OTHER_SEX[patient.sex]], entry.get("appliesTo")):
        return False
    return patient.age_years is None or _covers(entry.get("age"), patient.age_years)


def _is_for(words: frozenset[str], applies_to: object) -> bool:
    if not isinstance(applies_to, list):
        return False
    said = {concept_text(concept).lower() for concept in applies_to}
    said |= {text.lower() for concept in applies_to for _, *texts in codings(concept) for text in texts}
    return not said.isdisjoint(words)


def _covers(age: object, years: Decimal) -> bool:
    if not isinstance(age, dict):
        return True
    low, high = _years(age.get("low")), _years(age.get("high"))
    # "up to 17 years" holds until the eighteenth birthday.
    return (low is None or years >= low) and (high is None or years < high + 1)


def _years(quantity: object) -> Decimal | None:
    if not isinstance(quantity, dict) or quantity.get("value") is None:
        return None
    unit = str(quantity.get("code") or quantity.get("unit") or "a").lower()
    days = _DAYS_PER.get(_AGE_WORDS.get(unit.removesuffix("s"), unit))
    try:
        return decimal_of(quantity["value"]) * days / _DAYS_PER_YEAR if days else None
    except Unusable:
        return None
