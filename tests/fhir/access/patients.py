"""The made-up chart that the FHIR server of the tests holds."""

from typing import Any

P1, P2 = {"reference": "Patient/p1"}, {"reference": "Patient/p2"}
_CATEGORY = "http://terminology.hl7.org/CodeSystem/v2-0074"
PHOSPHATES = 9


def _lab(identifier: str, patient: dict[str, str], loinc: str, value: float, day: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": identifier,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": loinc}]},
        "subject": patient,
        "effectiveDateTime": day,
        "valueQuantity": {"value": value, "unit": "mg/dL", "system": "http://unitsofmeasure.org", "code": "mg/dL"},
    }


def _report(identifier: str, system: str, code: str) -> dict[str, Any]:
    return {
        "resourceType": "DiagnosticReport",
        "id": identifier,
        "status": "final",
        "category": [{"coding": [{"system": system, "code": code}]}],
        "code": {"text": "Radiograph of the pelvis"},
        "subject": P1,
    }


def _patient(identifier: str) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": identifier, "gender": "female", "birthDate": "2002-03-01"}


CHART: tuple[dict[str, Any], ...] = (
    _patient("p1"),
    _patient("p2"),
    *(_lab(f"phosphate-{month}", P1, "2777-1", 5.5, f"2026-0{month}-10") for month in range(1, PHOSPHATES + 1)),
    _lab("calcium", P1, "17861-6", 9.6, "2026-05-01"),
    _lab("magnesium", P1, "19123-9", 2.0, "2026-05-01"),
    _lab("another", P2, "2777-1", 3.1, "2026-05-01"),
    {
        "resourceType": "Condition",
        "id": "kidney",
        "clinicalStatus": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]
        },
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "N18.6"}]},
        "subject": P1,
    },
    _report("by-loinc", "http://loinc.org", "LP29684-5"),
    _report("by-v2", _CATEGORY, "RAD"),
    _report("laboratory", _CATEGORY, "LAB"),
)
