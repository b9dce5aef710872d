"""One Observation's value: what it allows in the lab's unit, or the word that it says."""

from collections.abc import Mapping
from typing import Any

from fhir.resources.R4B.observation import Observation
from fhir.resources.R4B.quantity import Quantity

from cds_service.core.lab_words import LabKind
from cds_service.core.labs import Lab, LabVocabulary
from cds_service.core.quantity import Interval
from cds_service.fhir.measured import Measured, read_text_value, without_unit
from cds_service.fhir.numbers import Unusable, decimal_of, interval
from cds_service.fhir.resources import codings, concept_text
from cds_service.fhir.systems import UCUM

_VALUES = {
    "valueQuantity": ("value", "comparator", "unit", "system", "code"),
    "valueRange": ("low", "high"),
    "valueRatio": ("numerator", "denominator"),
    "valueCodeableConcept": ("coding", "text"),
}
_SIMPLE_VALUES = ("valueString", "valueInteger", "valueBoolean")
_BARE_OBSERVATION = {"resourceType": "Observation", "status": "final", "code": {"text": "any"}}
_QUANTITY = _VALUES["valueQuantity"]
_UNITS_CONTRADICT = "the unit and the unit's code contradict each other"


def read_value(observation: Mapping[str, Any], lab: Lab, vocabulary: LabVocabulary) -> Measured | None:
    """Reads whichever value an Observation has; None where it has none.

    Raises:
        Unusable: the value cannot be understood.
    """
    name = next((name for name in (*_VALUES, *_SIMPLE_VALUES) if observation.get(name) is not None), None)
    if name is None:
        return None
    value = _validated(name, observation[name])
    if name == "valueQuantity":
        return _quantity(value, lab, vocabulary)
    if name == "valueRange":
        return _range(value, lab, vocabulary)
    if name == "valueRatio":
        return _ratio(value, lab)
    if name == "valueCodeableConcept":
        return _coded(value, lab, vocabulary)
    if name == "valueBoolean":
        word = vocabulary.words.for_kind("positive" if value else "negative", lab.kind)
        return Measured(None, "", None, word, str(value).lower())
    if name == "valueInteger":
        return without_unit(Interval.exactly(decimal_of(value)), str(value), lab)
    return read_text_value(value, lab, vocabulary)


def _validated(name: str, value: Any) -> Any:
    """The value, reduced to the elements used and accepted by fhir.resources.

    fhir.resources refuses any unknown property and any stray space, and answers some input with KeyError or
    RecursionError, so it sees only what is used, cleaned, and every exception means the same.
    """
    used = _VALUES.get(name)
    if used is not None:
        if not isinstance(value, dict):
            raise Unusable("the value is not of its FHIR type")
        value = {key: _clean(value[key]) for key in used if value.get(key) not in (None, "", [])}
    elif isinstance(value, str):
        value = value.strip()
    try:
        if name == "valueQuantity":  # the type itself: by far the most frequent, and a fifth of the time
            Quantity.model_validate(value)
        else:
            Observation.model_validate({**_BARE_OBSERVATION, name: value})
    except Exception as error:
        raise Unusable("the value is not of its FHIR type") from error
    return value


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict):
        return {key: value[key] for key in _QUANTITY if value.get(key) is not None}
    if isinstance(value, list):
        kept = ("system", "code", "display")
        return [
            {key: item[key].strip() for key in kept if isinstance(item.get(key), str) and item[key].strip()}
            for item in value
            if isinstance(item, dict)
        ]
    return value


def _quantity(value: Mapping[str, Any], lab: Lab, vocabulary: LabVocabulary) -> Measured:
    if "value" not in value:
        return Measured(None, "", None, None, "") if not value else _refuse("the quantity has no number")
    comparator = str(value.get("comparator", ""))
    number = interval(decimal_of(value["value"]), comparator)
    unit, ucum = quantity_unit(value, lab, vocabulary)
    sent = f"{comparator}{value['value']} {unit}".strip()
    if not unit:
        return without_unit(number, sent, lab)
    return Measured(number, unit, ucum, None, sent)


def _refuse(reason: str) -> Measured:
    raise Unusable(reason)


def quantity_unit(value: Mapping[str, Any], lab: Lab, vocabulary: LabVocabulary) -> tuple[str, str | None]:
    """The unit of a Quantity as spelled, and as UCUM where it is understood.

    Raises:
        Unusable: its code and its text name two units that differ for this lab.
    """
    code = str(value.get("code", "")) if value.get("system", UCUM) == UCUM else ""
    unit = str(value.get("unit", ""))
    by_code, by_unit = vocabulary.ucum(code), vocabulary.ucum(unit)
    if by_code and by_unit and by_code != by_unit and lab.factor(by_code) != lab.factor(by_unit):
        raise Unusable(_UNITS_CONTRADICT)
    return (unit or code), by_code or by_unit


def _range(value: Mapping[str, Any], lab: Lab, vocabulary: LabVocabulary) -> Measured:
    ends = {key: end for key, end in value.items() if isinstance(end, dict) and end.get("value") is not None}
    if not ends:
        raise Unusable("the range has no number")
    low, high = (decimal_of(ends[key]["value"]) if key in ends else None for key in ("low", "high"))
    unit, ucum = quantity_unit(next(iter(ends.values())), lab, vocabulary)
    sent = f"{low if low is not None else ''}-{high if high is not None else ''} {unit}".strip()
    return Measured(Interval(low, high), unit, ucum, None, sent)


def _ratio(value: Mapping[str, Any], lab: Lab) -> Measured:
    """A titre: 1 to something."""
    parts = [value.get(key) for key in ("numerator", "denominator")]
    if lab.kind is LabKind.QUANTITY or not all(isinstance(part, dict) for part in parts):
        raise Unusable("a ratio is no result of this test")
    numerator, denominator = (decimal_of(part["value"]) if "value" in part else None for part in parts if part)
    if numerator != 1 or denominator is None:
        raise Unusable("the ratio is not a titre")
    comparator = str((parts[1] or {}).get("comparator", (parts[0] or {}).get("comparator", "")))
    return without_unit(interval(denominator, comparator), f"{comparator}1:{denominator}", lab)


def _coded(value: Mapping[str, Any], lab: Lab, vocabulary: LabVocabulary) -> Measured:
    words = vocabulary.words
    for _, code, display in codings(value):
        meaning = words.value_codes.get(code)
        if meaning is not None:
            return Measured(None, "", None, words.for_kind(meaning, lab.kind), display or meaning)
    texts = [concept_text(value), *(display for _, _, display in codings(value))]
    text = next((text for text in texts if text), "")
    if not text:
        raise Unusable("the coded value is not understood")
    return read_text_value(text, lab, vocabulary)
