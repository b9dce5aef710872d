"""A few patients written by hand, whose charts fill every resource type that the sandbox serves."""

from datetime import UTC, datetime, timedelta
from typing import Any

AS_OF = datetime(2026, 1, 1, 12, tzinfo=UTC)
HIPS = "Large lobulated periarticular calcified masses about both hips with fluid-calcium levels."
PHOSPHATES = 25
ACTIVE = "http://terminology.hl7.org/CodeSystem/condition-clinical"
RADIOLOGY = {"coding": [{"system": "http://loinc.org", "code": "LP29684-5", "display": "Radiology"}]}
LABORATORY = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]
}

Json = dict[str, Any]


def _of(patient: str) -> Json:
    return {"reference": f"Patient/{patient}"}


def _day(days_ago: int) -> str:
    return (AS_OF - timedelta(days=days_ago)).isoformat()


def _lab(patient: str, name: str, loinc: str, value: float, unit: str, days_ago: int) -> Json:
    return {
        "resourceType": "Observation",
        "id": f"{patient}-{name}-{days_ago}",
        "status": "final",
        "category": [LABORATORY],
        "code": {"coding": [{"system": "http://loinc.org", "code": loinc}], "text": name},
        "subject": _of(patient),
        "effectiveDateTime": _day(days_ago),
        "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
    }


def _report(patient: str, suffix: str, status: str, text: str, days_ago: int) -> Json:
    return {
        "resourceType": "DiagnosticReport",
        "id": f"{patient}-{suffix}",
        "status": status,
        "category": [RADIOLOGY],
        "code": {"text": "Radiograph of the pelvis"},
        "subject": _of(patient),
        "effectiveDateTime": _day(days_ago),
        "conclusion": text,
    }


def _patient(identifier: str, family: str, born: str) -> Json:
    return {
        "resourceType": "Patient",
        "id": identifier,
        "identifier": [{"system": "urn:oid:2.999.1", "value": f"MRN-{identifier}"}],
        "name": [{"family": family, "given": ["Ada", "Test"]}],
        "gender": "female",
        "birthDate": born,
    }


def _chart(patient: str) -> list[Json]:
    """One resource of each further type."""
    whose = _of(patient)
    return [
        {
            "resourceType": "Condition",
            "id": f"{patient}-condition",
            "clinicalStatus": {"coding": [{"system": ACTIVE, "code": "active"}]},
            "code": {
                "coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "I10"}],
                "text": "Hypertension",
            },
            "subject": whose,
            "onsetDateTime": "2020",
            "recordedDate": "2020-05",
        },
        {
            "resourceType": "Procedure",
            "id": f"{patient}-procedure",
            "status": "completed",
            "code": {"text": "Appendicectomy"},
            "subject": whose,
            "performedDateTime": "2011-03-01",
        },
        {
            "resourceType": "MedicationRequest",
            "id": f"{patient}-medication",
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": {"text": "Amlodipine 5 mg"},
            "subject": whose,
            "authoredOn": "2024-02-01",
        },
        {
            "resourceType": "MedicationStatement",
            "id": f"{patient}-taken",
            "status": "active",
            "medicationCodeableConcept": {"text": "Amlodipine 5 mg"},
            "subject": whose,
            "effectivePeriod": {"start": "2024-02-01"},
        },
        {
            "resourceType": "FamilyMemberHistory",
            "id": f"{patient}-family",
            "status": "completed",
            "patient": whose,
            "relationship": {"text": "mother"},
            "condition": [{"code": {"text": "Gallstones"}}],
        },
        {
            "resourceType": "Encounter",
            "id": f"{patient}-encounter",
            "status": "finished",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "subject": whose,
            "period": {"start": "2025-12-01", "end": "2025-12-02"},
        },
        {
            "resourceType": "ServiceRequest",
            "id": f"{patient}-order",
            "status": "active",
            "intent": "order",
            "code": {"text": "Radiograph of the pelvis"},
            "subject": whose,
            "authoredOn": _day(1),
        },
        {
            "resourceType": "ImagingStudy",
            "id": f"{patient}-study",
            "status": "available",
            "subject": whose,
            "started": _day(0),
            "series": [
                {
                    "uid": "2.999.1.2",
                    "modality": {"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "DX"},
                }
            ],
        },
    ]


TC: tuple[Json, ...] = (
    _patient("tc", "Young", "2002-01-10"),
    *_chart("tc"),
    *(_lab("tc", "phosphate", "2777-1", 7.0 + number / 100, "mg/dL", 10 * number) for number in range(PHOSPHATES)),
    _lab("tc", "calcium", "17861-6", 9.6, "mg/dL", 5),
    _lab("tc", "pth", "2731-8", 18, "pg/mL", 5),
    _lab("tc", "egfr", "98979-8", 95, "mL/min/{1.73_m2}", 5),
    _report("tc", "old", "final", "No fracture.", 700),
    _report("tc", "report", "preliminary", HIPS, 0),
)
RENAL: tuple[Json, ...] = (
    _patient("renal", "Elder", "1958-07"),
    *_chart("renal"),
    _lab("renal", "phosphate", "2777-1", 7.4, "mg/dL", 3),
    _lab("renal", "pth", "2731-8", 900, "pg/mL", 3),
    _lab("renal", "egfr", "98979-8", 8, "mL/min/{1.73_m2}", 3),
    _report("renal", "report", "preliminary", HIPS, 0),
)
SILENT: tuple[Json, ...] = (
    _patient("silent", "Quiet", "1949"),
    _report("silent", "report", "preliminary", "Normal radiograph of the pelvis.", 0),
)
NO_LABS: tuple[Json, ...] = (
    _patient("no-labs", "Untested", "2001-04-02"),
    _report("no-labs", "report", "preliminary", HIPS, 0),
)
RESOURCES = (*TC, *RENAL, *SILENT, *NO_LABS)
