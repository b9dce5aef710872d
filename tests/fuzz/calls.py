"""Good calls to begin with, and what to put in the place of one of their parts."""

import base64
import copy
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.contract.calls import bundle, call, observation

Json = Any
Choose = Callable[[int], int]
"""A number from 0 up to, and without, the one given."""

_OF_PATIENT = {"reference": "Patient/example"}
_CODE = {"coding": [{"system": "http://snomed.info/sct", "code": "46177005", "display": "End-stage renal disease"}]}
_HTML = base64.b64encode(b"<p>Calcified &amp; lobulated mass of the left hip, 5 x 4 cm.</p>").decode()


def _resource(kind: str, **more: Json) -> Json:
    return {"resourceType": kind, "id": f"{kind}-1", "status": "active", "subject": _OF_PATIENT, **more}


def every_kind() -> Json:
    """A call that holds every kind of resource that is read, with most of what is read of each."""
    lab = {
        **observation("pth", "2731-8", 900, "pg/mL"),
        "referenceRange": [
            {"low": {"value": 15, "unit": "pg/mL"}, "high": {"value": 65}, "text": "15 - 65", "age": {}}
        ],
        "interpretation": [{"coding": [{"code": "H"}]}],
        "component": [{"code": {"text": "phosphate"}, "valueString": "> 2,65 mmol/L"}],
        "contained": [observation("egfr", "98979-8", 8, "mL/min/{1.73_m2}")],
        "note": [{"text": "post dialysis"}],
    }
    reason = {"code": _CODE, "reasonCode": [{"text": "trauma of the hip"}], "note": [{"text": "burn in 2010"}]}
    drug = {"medicationReference": {"reference": "Medication/Medication-1"}, "dosageInstruction": [{"timing": {}}]}
    family = {"patient": _OF_PATIENT, "relationship": {"text": "brother"}, "condition": [{"code": _CODE}]}
    body = call(
        prefetch={
            "patient": {"resourceType": "Patient", "id": "example", "birthDate": "1970-05-01", "gender": "male"},
            "pth": bundle(lab, {**lab, "id": "ana", "code": {"text": "ANA"}, "valueString": "positive 1:320"}),
            "conditions": bundle(
                _resource("Condition", onsetDateTime="2019-03", **reason), _resource("OperationOutcome")
            ),
            "procedures": bundle(
                _resource("Procedure", performedPeriod={"start": "2020", "end": "2021-01-01"}, **reason)
            ),
            "medications": bundle(
                _resource("MedicationRequest", authoredOn="2025-01-01T10:00:00Z", **drug),
                _resource("MedicationStatement", effectivePeriod={"start": "2024"}, medicationCodeableConcept=_CODE),
                _resource("MedicationAdministration", effectiveDateTime="2025-01-01", **drug),
                _resource("Medication", code={"text": "calcitriol"}),
            ),
            "family": bundle(_resource("FamilyMemberHistory", **family)),
            "orders": bundle(_resource("ServiceRequest", code={"text": "PTH"})),
            "x": bundle(_resource("Encounter", **reason, period={"start": "2025-01-01"}), _resource("Basic")),
        }
    )
    report = body["context"]["draftReports"]["entry"][0]["resource"]
    report |= {
        "presentedForm": [{"contentType": "text/html; charset=utf-8", "data": _HTML}],
        "text": {"status": "additional", "div": "<div>Mass.<br/>Calcified.</div>"},
        "conclusionCode": [{"text": "calcification of the hip"}],
        "result": [{"reference": "#o1"}],
        "contained": [
            {"resourceType": "Observation", "id": "o1", "code": {"text": "calcification"}, "bodySite": _CODE}
        ],
    }
    return body


_RECORDED = sorted((Path(__file__).parents[2] / "fixtures" / "calls").glob("*.json"))
GOOD: list[Json] = [every_kind(), *(json.loads(path.read_text("utf-8")) for path in _RECORDED)]


def _of_other_hooks() -> Iterator[tuple[str, Json]]:
    """A service's id and a good call of it, for each hook but the one at signing."""
    whole = every_kind()
    report = whole["context"]["draftReports"]["entry"][0]["resource"]
    stored = {**report, "status": "final", "effectiveDateTime": "2025-12-01", "category": [{"text": "Radiology"}]}
    order = _resource("ServiceRequest", code={"text": "MRI hip"}, reasonCode=[{"text": "Calcified mass of the hip"}])
    contexts: dict[str, Json] = {
        "patient-view": {},
        "order-sign": {"draftOrders": bundle({**order, "status": "draft"}, _resource("MedicationRequest"))},
        **{
            f"report-{moment}": {
                "reportId": report["id"],
                "status": "preliminary",
                "category": "RAD",
                "procedure": [{}],
            }
            for moment in ("review", "assist", "view")
        },
    }
    for hook, context in contexts.items():
        who = {"userId": "Practitioner/1", "patientId": "example"}
        prefetch = {**whole["prefetch"], "imaging": bundle(stored), "report": stored}
        yield f"calcification-{hook}", {**whole, "hook": hook, "context": {**who, **context}, "prefetch": prefetch}


OTHER_HOOKS: list[tuple[str, Json]] = list(_of_other_hooks())

INSTEAD: list[Json] = [
    None,
    True,
    False,
    0,
    -1,
    0.5,
    10**18,
    10**30,
    1e308,
    5e-324,
    "",
    " ",
    "\ud800",
    "\x00",
    "\u202e",
    "a" * 5000,
    [],
    {},
    [[]],
    [None],
    [0],
    {"": ""},
    {"coding": [{}]},
    {"coding": {"code": 5}},
    {"text": 5},
    {"reference": "#"},
    {"reference": "/"},
    {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Observation"}}]},
    {"value": "5", "unit": []},
    {"start": "2020", "end": 5},
    "Patient/example",
    "Patient/",
    "#",
    "2026-13-45",
    "2026-01",
    "0001-01-01T00:00:00-14:00",
    "9999-12-31T23:59:59+14:00",
    "2026-01-01T24:00:00Z",
    "10000-01-01",
    "> 5",
    "<",
    "1:",
    "1:99999999",
    "1,234",
    "1.2.3",
    "5-",
    "-",
    "5 - 4 mg/dL",
    "<p",
    "<![",
    "&#1;",
    "{\\rtf",
    "AAAA",
    "====",
    "entered-in-error",
    "final",
    "http://loinc.org",
    "2731-8",
    "no calcification of the hip since 1 January 2026, 5 x",
    "family history of",
    "3 months ago",
    "calcified " * 300,
    "(" * 2000,
    "<!--" * 500,
    "<a " * 500,
    "1" * 1000,
    "mg/dL/" * 200,
    "\u00ad" * 1000,
    "e\u0301" * 1000,
]


def mutated(choose: Choose, good: Sequence[Json] = GOOD) -> Json:
    """One of some good calls, up to six of its parts replaced, left out, repeated, or exchanged for another part."""
    body = copy.deepcopy(good[choose(len(good))])
    for _ in range(1 + choose(6)):
        places = list(_places(body))
        if not places:
            return body
        holder, key = places[choose(len(places))]
        kind = choose(5)
        if kind == 0:
            del holder[key]
        elif kind == 1:
            holder[key] = [holder[key]] * (1 + choose(30))
        elif kind == 2:
            other, name = places[choose(len(places))]
            holder[key] = copy.deepcopy(other[name])
        else:
            holder[key] = copy.deepcopy(INSTEAD[choose(len(INSTEAD))])
    return body


def _places(value: Json) -> Iterator[tuple[Any, Any]]:
    """Every part of a value: what holds it, and its key or index there."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in list(keys):
        yield value, key
        yield from _places(value[key])
