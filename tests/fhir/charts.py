"""Charts for tests: small builders of FHIR JSON, and the project's own vocabulary."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from cds_service.content.vocabulary_chart import history_vocabulary, lab_vocabulary
from cds_service.content.yaml_source import read_source
from cds_service.core.facts import HistoryFact, LabResult, State
from cds_service.core.history import HistoryVocabulary
from cds_service.core.labs import LabVocabulary
from cds_service.core.quantity import Interval
from cds_service.fhir.chart import Chart, read_chart
from cds_service.fhir.request import read_call

VOCABULARY = Path(__file__).parents[2] / "rules" / "vocabulary"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOOK = "io.github.calcification-cds.report-sign"
PATIENT = {"reference": "Patient/p1"}

LOINC = {
    "calcium": "17861-6",
    "calcium-ionised": "1995-0",
    "calcium-corrected": "46099-8",
    "phosphate": "2777-1",
    "pth": "2731-8",
    "creatinine": "2160-0",
    "egfr": "98979-8",
    "urea": "3094-0",
    "vitamin-d-25": "1989-3",
    "alp": "6768-6",
    "ck": "2157-6",
    "ana": "5048-4",
    "anti-jo-1": "8076-2",
    "albumin": "1751-7",
    "eosinophils": "711-2",
    "magnesium": "19123-9",
}

Json = dict[str, Any]


@cache
def plain(kind: str) -> Any:
    """One vocabulary file as plain data."""
    return read_source(VOCABULARY / f"{kind}.yaml", f"rules/vocabulary/{kind}.yaml").data


@cache
def labs() -> LabVocabulary:
    return lab_vocabulary(plain("labs"), json.loads((VOCABULARY / "units.json").read_text(encoding="utf-8")))


@cache
def history() -> HistoryVocabulary:
    return history_vocabulary(plain("history"))


def read_plainly(text: str, resource: str) -> tuple[HistoryFact, ...]:
    """A reader of history texts that knows the vocabulary's phrases, "no" and "possible": enough for these tests."""
    lowered = f" {text.lower()} ".replace("-", " ")
    state = State.DENIED if " no " in lowered else State.UNCERTAIN if " possible " in lowered else State.PRESENT
    return tuple(
        HistoryFact(entry["id"], state, text, resource)
        for entry in plain("history")["history"]
        if any(f" {form} " in lowered for form in entry["forms"])
    )


def quantity(value: object, unit: str | None = None, **more: object) -> Json:
    """A valueQuantity."""
    held: Json = {"value": value, **more}
    if unit is not None:
        held["unit"] = unit
    return {"valueQuantity": held}


def observation(lab: str, value: Mapping[str, Any], **more: object) -> Json:
    """An Observation of the call's patient, coded with LOINC, of the day before the call."""
    return {
        "resourceType": "Observation",
        "id": f"{lab}-1",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": LOINC[lab]}]},
        "subject": PATIENT,
        "effectiveDateTime": "2026-11-21",
        **value,
        **more,
    }


def condition(text: str | None = None, coding: Json | None = None, **more: object) -> Json:
    """A Condition of the call's patient."""
    code: Json = {}
    if text is not None:
        code["text"] = text
    if coding is not None:
        code["coding"] = [coding]
    return {"resourceType": "Condition", "id": "c1", "subject": PATIENT, "code": code, **more}


def bundle(*resources: Any, kind: str = "searchset") -> Json:
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": resource} for resource in resources]}


def patient(born: str | None = "1980-11-22", sex: str | None = "female", identifier: str = "p1") -> Json:
    held = {"resourceType": "Patient", "id": identifier, "birthDate": born, "gender": sex}
    return {key: value for key, value in held.items() if value is not None}


def request(prefetch: Any = None, **context: object) -> Json:
    held: Json = {
        "hook": HOOK,
        "hookInstance": "1b4e28ba-2fa1-4d2b-883f-0016d3cca427",
        "context": {"userId": "Practitioner/7", "patientId": "p1", **context},
    }
    return held if prefetch is None else {**held, "prefetch": prefetch}


def chart(prefetch: Mapping[str, Any], **context: object) -> Chart:
    """The chart that the service reads from a prefetch."""
    call = read_call(request(dict(prefetch), **context), "calcification-report-sign", HOOK)
    return read_chart(call, labs(), history(), NOW, read_plainly)


def chart_of(observations: Sequence[Any], who: Json | None = None) -> Chart:
    """The chart of these Observations and this patient, an adult woman unless told otherwise."""
    return chart({"patient": patient() if who is None else who, "calcium": bundle(*observations)})


def result(lab: str, *observations: Json, who: Json | None = None) -> LabResult | None:
    """The one result of a lab that these Observations give."""
    return chart_of(observations, who).labs.get(lab)


def reasons(read: Chart) -> list[str]:
    return [aside.reason for aside in read.set_aside]


def exactly(value: str) -> Interval:
    """The value that a number without a comparator stands for, in the lab's unit."""
    return Interval.exactly(Decimal(value))
