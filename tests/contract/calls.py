"""Hook calls as an EHR sends them: a draft report, and a chart as prefetch."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

URL = "/cds-services/calcification-report-sign"
HOOK = "io.github.calcification-cds.report-sign"
TEXT = "Large lobulated periarticular calcified masses about both hips with fluid-calcium levels."

Json = dict[str, Any]


def observation(name: str, code: str, value: float, unit: str) -> Json:
    """A final result of the day before yesterday's chart."""
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": {"reference": "Patient/example"},
        "effectiveDateTime": "2026-01-01",
        "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
    }


def bundle(*resources: Json) -> Json:
    """A searchset."""
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": resource} for resource in resources]}


CHART: Json = {
    "patient": {"resourceType": "Patient", "id": "example", "birthDate": "1970-05-01", "gender": "male"},
    "phosphate": bundle(observation("phosphate", "2777-1", 8.2, "mg/dL")),
    "pth": bundle(observation("pth", "2731-8", 900, "pg/mL")),
    "renal": bundle(observation("egfr", "98979-8", 8, "mL/min/{1.73_m2}")),
    "conditions": bundle(),
}


def call(text: str = TEXT, prefetch: Json | None = None, **changed: Any) -> Json:
    """A call; another text or chart makes another hookInstance, and another user, who was told nothing before.

    Members named with None are left out.
    """
    report = {
        "resourceType": "DiagnosticReport",
        "id": "draft-1",
        "status": "preliminary",
        "code": {"text": "Radiograph"},
        "subject": {"reference": "Patient/example"},
        "conclusion": text,
    }
    drafts = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": report}]}
    instance = changed.pop("hookInstance", str(uuid5(NAMESPACE_URL, text + repr(prefetch))))
    body = {
        "hook": HOOK,
        "hookInstance": instance,
        "context": {"userId": f"Practitioner/{instance}", "patientId": "example", "draftReports": drafts},
        "prefetch": prefetch,
        **changed,
    }
    return {key: value for key, value in body.items() if value is not None}
