"""Makes a hook request from a plain-text report and a few facts, so that a person can try a report at a terminal.

The request goes the whole way that an EHR's request goes; nothing is judged here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cds_service.core.labs import LabVocabulary
from cds_service.errors import InvalidRequest
from cds_service.fhir.systems import LOINC, UCUM

PATIENT = "at-the-terminal"
_LAB = re.compile(r"([a-z0-9-]+)=([<>]=?)?([0-9]+(?:\.[0-9]+)?)(?::(\S+))?\Z")
_WORDED = re.compile(r"([a-z0-9-]+)=([a-z][a-z ]*)\Z")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TypedFacts:
    """Facts as a person types them beside a report.

    Attributes:
        labs: each "phosphate=7.4:mg/dL", "pth=>900:pg/mL", or "ana=positive".
        age: in years, or None.
        sex: "female" or "male", or None.
        history: each the text of a Condition, such as "end-stage renal disease".
    """

    labs: Sequence[str]
    age: int | None
    sex: str | None
    history: Sequence[str]


def request_from_text(
    text: str, facts: TypedFacts, hook: str, hook_instance: str, vocabulary: LabVocabulary, today: date
) -> Json:
    """A hook request as an EHR would send it; `today` is the date of the labs, and where the age counts back from.

    Raises:
        InvalidRequest: a lab is not written as it should be, or not known.
    """
    report: Json = {
        "resourceType": "DiagnosticReport",
        "id": "draft",
        "status": "preliminary",
        "code": {"text": "Imaging report"},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "conclusion": text,
    }
    context = {"userId": "Practitioner/at-the-terminal", "patientId": PATIENT, "draftReports": _bundle([report])}
    prefetch = _chart(facts, vocabulary, today)
    return {"hook": hook, "hookInstance": hook_instance, "context": context, "prefetch": prefetch}


def _chart(facts: TypedFacts, vocabulary: LabVocabulary, today: date) -> Json:
    patient: Json = {"resourceType": "Patient", "id": PATIENT}
    if facts.age is not None:
        patient["birthDate"] = str(today.year - facts.age)
    if facts.sex is not None:
        patient["gender"] = facts.sex
    chart: Json = {"patient": patient}
    if facts.history:
        chart["conditions"] = _bundle([_condition(entry, place) for place, entry in enumerate(facts.history)])
    for place, lab in enumerate(facts.labs):
        observation, group = _observation(lab, place, vocabulary, today)
        chart.setdefault(group, _bundle([]))["entry"].append({"resource": observation})
    return chart


def _bundle(resources: list[Json]) -> Json:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": item} for item in resources]}


def _condition(text: str, place: int) -> Json:
    subject = {"reference": f"Patient/{PATIENT}"}
    return {"resourceType": "Condition", "id": f"history-{place + 1}", "code": {"text": text}, "subject": subject}


def _observation(given: str, place: int, vocabulary: LabVocabulary, today: date) -> tuple[Json, str]:
    match = _LAB.match(given) or _WORDED.match(given)
    known = vocabulary.labs.get(match[1]) if match is not None else None
    if match is None or known is None:
        names = ", ".join(vocabulary.labs)
        raise InvalidRequest(f"Write a lab as NAME=VALUE:UNIT or NAME=positive. Known names: {names}.")
    observation: Json = {
        "resourceType": "Observation",
        "id": f"lab-{place + 1}",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": known.loincs[0]}], "text": known.label},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "effectiveDateTime": today.isoformat(),
    }
    if match.re is _WORDED:
        return {**observation, "valueCodeableConcept": {"text": match[2]}}, known.prefetch
    unit = match[4] or known.unit
    number = float(match[3]) if "." in match[3] else int(match[3])
    quantity: Json = {"value": number, "unit": unit}
    ucum = vocabulary.ucum(unit)
    if ucum:
        quantity |= {"system": UCUM, "code": ucum}
    if match[2]:
        quantity["comparator"] = match[2]
    return {**observation, "valueQuantity": quantity}, known.prefetch
