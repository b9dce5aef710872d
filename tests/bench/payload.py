"""The request that speed is measured with: 50 Observations, 10 Conditions, a report of some 230 words, about 91 kB."""

import base64
import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

HOOK = "io.github.calcification-cds.report-sign"

_INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"

Json = dict[str, Any]

_ANALYTES = (
    ("calcium", "17861-6", "Calcium [Mass/volume] in Serum or Plasma", "mg/dL", 9.4, 8.6, 10.2),
    ("phosphate", "2777-1", "Phosphate [Mass/volume] in Serum or Plasma", "mg/dL", 7.1, 2.5, 4.5),
    ("pth", "2731-8", "Parathyrin.intact [Mass/volume] in Serum or Plasma", "pg/mL", 640, 15, 65),
    ("renal", "2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL", 6.2, 0.6, 1.3),
    (
        "renal",
        "98979-8",
        "Glomerular filtration rate/1.73 sq M.predicted (CKD-EPI 2021)",
        "mL/min/{1.73_m2}",
        9,
        60,
        120,
    ),
    ("renal", "3094-0", "Urea nitrogen [Mass/volume] in Serum or Plasma", "mg/dL", 61, 7, 20),
    ("vitamin-d", "62292-8", "25-Hydroxyvitamin D3+25-Hydroxyvitamin D2 [Mass/volume]", "ng/mL", 22, 20, 80),
    ("enzymes", "6768-6", "Alkaline phosphatase [Enzymatic activity/volume] in Serum or Plasma", "U/L", 210, 45, 130),
    ("enzymes", "1751-7", "Albumin [Mass/volume] in Serum or Plasma", "g/dL", 3.4, 3.5, 5.5),
    ("enzymes", "2157-6", "Creatine kinase [Enzymatic activity/volume] in Serum or Plasma", "U/L", 88, 30, 170),
)
_PROBLEMS = (
    ("46177005", "End-stage renal disease"),
    ("38341003", "Hypertension"),
    ("44054006", "Type 2 diabetes mellitus"),
    ("265764009", "Renal dialysis"),
    ("271737000", "Anaemia"),
    ("414545008", "Ischaemic heart disease"),
    ("55822004", "Hyperlipidaemia"),
    ("396275006", "Osteoarthritis"),
    ("235595009", "Gastro-oesophageal reflux disease"),
    ("56265001", "Heart disease"),
)

REPORT = """EXAMINATION: Radiographs of the pelvis and both hips, two views. CT of the pelvis without contrast.
CLINICAL INFORMATION: 58-year-old man with end-stage renal disease on haemodialysis for nine years. Slowly enlarging,
painless swellings about both hips. No trauma, no fever.
COMPARISON: Radiographs of 14 months ago.
FINDINGS: There are large, lobulated, well-defined calcified masses in the periarticular soft tissues of both hips, on
the right measuring 9.4 x 6.1 cm, on the left 7.0 x 5.2 cm. They lie posterolateral to the greater trochanters and
have grown since the previous examination. Several of the locules show fluid-calcium levels on the CT images. No fat
and no non-calcified solid component is seen within the masses. The underlying bones show no erosion and no periosteal
reaction. There is diffuse osteopenia with thinning of the cortices, accentuation of the primary trabeculae of both
femoral necks, and subperiosteal resorption along the pubic symphysis. The hip joint spaces are preserved. No
chondrocalcinosis. Extensive vascular calcification of the iliac and femoral arteries. Phleboliths in the true pelvis.
Degenerative change of the lower lumbar spine with calcification of the L4/L5 intervertebral disc. No fracture,
dislocation or lytic bone lesion. No enlarged lymph nodes. The visualised bowel is unremarkable. A tunnelled catheter
is partly imaged.
IMPRESSION:
1. Large lobulated periarticular calcified masses of both hips with fluid-calcium levels, larger than before.
2. Skeletal changes in keeping with metabolic bone disease. Vascular calcification.
3. Correlation with calcium, phosphate, parathyroid hormone and renal function is suggested.
"""


def hook_request(number: int) -> Json:
    """The request, with a hookInstance and a user of its own for each number."""
    prefetch: Json = {"patient": {"resourceType": "Patient", "id": "p1", "gender": "male", "birthDate": "1967-04-12"}}
    for place in range(50):
        group, resource = _observation(place)
        prefetch.setdefault(group, {"resourceType": "Bundle", "type": "searchset", "entry": []})["entry"].append(
            {"fullUrl": f"https://ehr.example.org/fhir/Observation/{resource['id']}", "resource": resource}
        )
    conditions = [{"resource": _condition(code, name, place)} for place, (code, name) in enumerate(_PROBLEMS)]
    prefetch["conditions"] = {"resourceType": "Bundle", "type": "searchset", "entry": conditions}
    report = {
        "resourceType": "DiagnosticReport",
        "id": "draft-1",
        "status": "preliminary",
        "category": [{"coding": [{"system": "http://loinc.org", "code": "LP29684-5", "display": "Radiology"}]}],
        "code": {"text": "Radiographs and CT of the pelvis"},
        "subject": {"reference": "Patient/p1"},
        "presentedForm": [{"contentType": "text/plain", "data": base64.b64encode(REPORT.encode()).decode()}],
    }
    drafts = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": report}]}
    return {
        "hook": HOOK,
        "hookInstance": str(uuid5(NAMESPACE_URL, str(number))),
        "context": {"userId": f"Practitioner/{number}", "patientId": "p1", "draftReports": drafts},
        "prefetch": prefetch,
    }


def _observation(place: int) -> tuple[str, Json]:
    group, code, name, unit, value, low, high = _ANALYTES[place % len(_ANALYTES)]
    ucum = "http://unitsofmeasure.org"
    quantity = {"value": round(value * (1 + place / 500), 2), "unit": unit, "system": ucum, "code": unit}
    limits = [{"value": end, "unit": unit, "system": ucum, "code": unit} for end in (low, high)]
    resource = {
        "resourceType": "Observation",
        "id": f"obs-{place}",
        "meta": {
            "profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-lab"],
            "versionId": "1",
        },
        "text": {
            "status": "generated",
            "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{name}: {value} {unit} {"." * 32}</div>',
        },
        "identifier": [{"system": "urn:oid:1.2.840.114350.1.13.0.1.7.2.798268", "value": f"{place:08d}"}],
        "status": "final",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                        "code": "laboratory",
                        "display": "Laboratory",
                    }
                ],
                "text": "Laboratory",
            }
        ],
        "code": {"coding": [{"system": "http://loinc.org", "code": code, "display": name}], "text": name},
        "subject": {"reference": "Patient/p1", "display": "Patient of the benchmark"},
        "encounter": {"reference": f"Encounter/e{place // 10}"},
        "effectiveDateTime": f"2026-{1 + place // 10:02d}-1{place % 10}T07:45:00+01:00",
        "issued": f"2026-{1 + place // 10:02d}-1{place % 10}T09:12:31.000+01:00",
        "performer": [{"reference": "Organization/lab", "display": "Clinical Chemistry"}],
        "valueQuantity": quantity,
        "interpretation": [{"coding": [{"system": _INTERPRETATION, "code": "H" if value > high else "N"}]}],
        "referenceRange": [{"low": limits[0], "high": limits[1]}],
    }
    return group, resource


def _condition(code: str, name: str, place: int) -> Json:
    status = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    return {
        "resourceType": "Condition",
        "id": f"condition-{place}",
        "clinicalStatus": {"coding": [{"system": status, "code": "active"}]},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": code, "display": name}], "text": name},
        "subject": {"reference": "Patient/p1"},
        "onsetDateTime": "2017-03-02",
    }


def body(number: int) -> bytes:
    """The request as the bytes that are sent."""
    return json.dumps(hook_request(number)).encode()
