"""Makes a hook request from a plain-text report and a few facts, so that a person can try a report at a terminal.

The request goes the whole way that an EHR's request goes; nothing is judged here.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from cds_service.core.labs import LabVocabulary
from cds_service.errors import InvalidRequest

PATIENT = "at-the-terminal"
_LAB = re.compile(r"([a-z0-9-]+)=([<>]=?)?([0-9]+(?:\.[0-9]+)?)(?::(\S+))?\Z")
_WORDED = re.compile(r"([a-z0-9-]+)=([a-z][a-z ]*)\Z")

Json = dict[str, Any]


def request_from_text(
    text: str,
    hook: str,
    hook_instance: str,
    labs: Sequence[str],
    age: int | None,
    sex: str | None,
    history: Sequence[str],
    vocabulary: LabVocabulary,
    today: date,
) -> Json:
    """A hook request as an EHR would send it.

    Args:
        labs: each "phosphate=7.4:mg/dL", "pth=>900:pg/mL", or "ana=positive".
        history: each the text of a Condition, such as "end-stage renal disease".
        today: the date that labs are given, and that the age counts back from.

    Raises:
        InvalidRequest: a lab is not written so, or not known.
    """
    patient: Json = {"resourceType": "Patient", "id": PATIENT}
    if age is not None:
        patient["birthDate"] = str(today.year - age)
    if sex is not None:
        patient["gender"] = sex
    prefetch: Json = {"patient": patient}
    if history:
        prefetch["conditions"] = _bundle([_condition(entry, place) for place, entry in enumerate(history)])
    for place, lab in enumerate(labs):
        observation, group = _observation(lab, place, vocabulary, today)
        prefetch.setdefault(group, _bundle([]))["entry"].append({"resource": observation})
    report: Json = {
        "resourceType": "DiagnosticReport",
        "id": "draft",
        "status": "preliminary",
        "code": {"text": "Imaging report"},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "conclusion": text,
    }
    context = {"userId": "Practitioner/at-the-terminal", "patientId": PATIENT, "draftReports": _bundle([report])}
    return {"hook": hook, "hookInstance": hook_instance, "context": context, "prefetch": prefetch}


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
        "code": {"coding": [{"system": "http://loinc.org", "code": known.loincs[0]}], "text": known.label},
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
        quantity |= {"system": "http://unitsofmeasure.org", "code": ucum}
    if match[2]:
        quantity["comparator"] = match[2]
    return {**observation, "valueQuantity": quantity}, known.prefetch
