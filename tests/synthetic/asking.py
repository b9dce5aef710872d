"""Synthetic patients, and what the service says of each when its report is signed, asked as an EHR would."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cds_service.content.locate import default_content, default_patients
from cds_service.synthetic.stories import load_stories
from cds_service.synthetic.story import Story, SyntheticPatient
from cds_service.synthetic.synthesize import named_patients
from tests.scenarios.asking import AS_OF, CONTENT, HOOK, Told, ask, bundle

STORIES = load_stories(default_patients(), default_content()[0], CONTENT)
_LISTS = {
    "conditions": ("Condition",),
    "procedures": ("Procedure",),
    "medications": ("MedicationRequest",),
    "family": ("FamilyMemberHistory",),
    "orders": ("ServiceRequest",),
    "calcium": ("Observation",),
}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Met:
    """A named patient with its story and the answer at signing."""

    story: Story
    patient: SyntheticPatient
    told: Told


def of_type(patient: SyntheticPatient, *types: str) -> list[Json]:
    """The patient's resources of these types."""
    return [resource for resource in patient.resources if resource["resourceType"] in types]


def report_of(patient: SyntheticPatient) -> Json:
    """The report that is about to be signed."""
    (found,) = [report for report in of_type(patient, "DiagnosticReport") if report["status"] == "preliminary"]
    return found


def signing(patient: SyntheticPatient) -> Json:
    """The hook request at signing, with all of the chart as prefetch."""
    chart = {key: bundle(of_type(patient, *types)) for key, types in _LISTS.items()}
    return {
        "hook": HOOK,
        "hookInstance": str(uuid5(NAMESPACE_URL, patient.patient_id)),
        "context": {
            "userId": "Practitioner/1",
            "patientId": patient.patient_id,
            "draftReports": bundle([report_of(patient)]),
        },
        "prefetch": {"patient": patient.resources[0], **chart},
    }


@cache
def named() -> dict[str, SyntheticPatient]:
    """The named patients by id."""
    return {patient.patient_id: patient for patient in named_patients(STORIES, AS_OF)}


@cache
def met(story: str) -> Met:
    """One named patient, asked about."""
    patient = named()[story]
    return Met(next(each for each in STORIES if each.id == story), patient, ask(signing(patient)))
