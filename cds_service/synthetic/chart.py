"""The chart beside the laboratory: Patient, problems, procedures, drugs, family, and a child's height."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from cds_service.fhir.systems import HL7, LOINC, UCUM
from cds_service.synthetic.body import Body
from cds_service.synthetic.chance import Random
from cds_service.synthetic.resources import Json, Sheet, coded, coding, concept
from cds_service.synthetic.story import Relative, Story, Told
from cds_service.synthetic.wording import Wording
from cds_service.synthetic.world import Growth, Terms

_YEAR = 365.25
_RECORD_NUMBER = coded(f"{HL7}v2-0203", "MR", "Medical record number")
_NUMBERS = "urn:oid:2.25.160206187398361402927498131498129401187"
"""The system of the record numbers: an OID that nobody else uses."""
_PROBLEM = [coded(f"{HL7}condition-category", "problem-list-item", "Problem List Item")]
_CONFIRMED = coded(f"{HL7}condition-ver-status", "confirmed", "Confirmed")
_VITAL_SIGN = [coded(f"{HL7}observation-category", "vital-signs", "Vital Signs")]


def patient(sheet: Sheet, terms: Terms, age: float, sex: str, dice: Random) -> Json:
    """The Patient. `age`: in years, today."""
    born = sheet.today - timedelta(days=round(age * _YEAR))
    name = {"use": "official", "family": dice.choice(terms.names["family"]), "given": [dice.choice(terms.names[sex])]}
    number = {"use": "usual", "type": _RECORD_NUMBER, "system": _NUMBERS, "value": sheet.patient_id}
    fields = {"identifier": [number], "active": True, "name": [name], "gender": sex, "birthDate": born.isoformat()}
    return sheet.resource("Patient", "", {**fields, "address": [{"country": sheet.hospital.country}]})


def charted(sheet: Sheet, story: Story, wording: Wording) -> Iterator[Json]:
    """Problems, procedures, drugs and family of a story."""
    for number, problem in enumerate(story.problems, 1):
        yield _condition(sheet, number, _worded(problem, wording))
    for number, procedure in enumerate(story.procedures, 1):
        yield _procedure(sheet, number, _worded(procedure, wording))
    for number, drug in enumerate(story.drugs, 1):
        yield _taken(sheet, number, drug)
        yield _requested(sheet, number, drug)
    for number, relative in enumerate(story.family, 1):
        yield _relative(sheet, number, relative)


def _worded(told: Told, wording: Wording) -> Told:
    return replace(told, term=replace(told.term, text=wording.worded(told.term.text)))


def height(sheet: Sheet, growth: Growth, body: Body, dice: Random) -> Json:
    """A child's height, measured shortly before the report."""
    ago = dice.randint(3, growth.within_days)
    value = {"value": round(body.height(-ago / _YEAR), 1), "unit": "cm", "system": UCUM, "code": "cm"}
    fields: Json = {
        "status": "final",
        "category": _VITAL_SIGN,
        "code": {"coding": [coding(LOINC, *growth.loinc)]},
        "subject": sheet.subject,
        "effectiveDateTime": sheet.moment(ago, 9, 30),
        "valueQuantity": value,
    }
    return sheet.resource("Observation", "height", fields)


def _condition(sheet: Sheet, number: int, told: Told) -> Json:
    clinical = ("active", "Active") if told.until is None else ("resolved", "Resolved")
    fields: Json = {
        "clinicalStatus": coded(f"{HL7}condition-clinical", *clinical),
        "verificationStatus": _CONFIRMED,
        "category": _PROBLEM,
        "code": concept(told.term),
        "subject": sheet.subject,
        "onsetDateTime": sheet.day(told.since),
        "recordedDate": sheet.day(told.since),
    }
    if told.until is not None:
        fields["abatementDateTime"] = sheet.day(told.until)
    return sheet.resource("Condition", f"problem-{number}", fields)


def _procedure(sheet: Sheet, number: int, told: Told) -> Json:
    """A procedure done once, or, where it goes on or has ended, a course of it."""
    fields: Json = {"status": "completed", "code": concept(told.term), "subject": sheet.subject}
    if told.until is None:
        fields["performedDateTime"] = sheet.day(told.since)
    else:
        fields["performedPeriod"] = {"start": sheet.day(told.since), "end": sheet.day(told.until)}
    return sheet.resource("Procedure", f"procedure-{number}", fields)


def _taken(sheet: Sheet, number: int, told: Told) -> Json:
    fields: Json = {
        "status": "active" if told.until is None else "completed",
        "medicationCodeableConcept": concept(told.term),
        "subject": sheet.subject,
        "effectivePeriod": _period(sheet, told),
        "dateAsserted": sheet.day(told.until or 0),
    }
    return sheet.resource("MedicationStatement", f"drug-{number}", fields)


def _requested(sheet: Sheet, number: int, told: Told) -> Json:
    """The same drug as the list of requests has it, where US Core keeps what the patient says, too."""
    fields: Json = {
        "status": "active" if told.until is None else "completed",
        "intent": "plan" if told.reported else "order",
        "reportedBoolean": told.reported,
        "medicationCodeableConcept": concept(told.term),
        "subject": sheet.subject,
        "authoredOn": sheet.day(told.since),
    }
    return sheet.resource("MedicationRequest", f"request-{number}", fields)


def _relative(sheet: Sheet, number: int, told: Relative) -> Json:
    code, display = told.relation
    fields: dict[str, Any] = {
        "status": "completed",
        "patient": sheet.subject,
        "relationship": {**coded(f"{HL7}v3-RoleCode", code, display), "text": display},
        "condition": [{"code": concept(told.problem)}],
    }
    return sheet.resource("FamilyMemberHistory", f"relative-{number}", fields)


def _period(sheet: Sheet, told: Told) -> Json:
    end = {} if told.until is None else {"end": sheet.day(told.until)}
    return {"start": sheet.day(told.since), **end}
