"""What the sandbox can be searched by: the one table that searches, capability statement and tests are made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The types of search parameters (FHIR R4, "Search Parameter Types")."""

    TOKEN = "token"
    REFERENCE = "reference"
    DATE = "date"
    STRING = "string"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One search parameter of a resource type.

    Attributes:
        name: as it stands in a search.
        kind: how its values are compared.
        elements: where its values stand in a resource; dots lead into parts, all of a list count.
    """

    name: str
    kind: Kind
    elements: tuple[str, ...]

    @property
    def sorts(self) -> bool:
        """Whether `_sort` takes it."""
        return self.kind is not Kind.REFERENCE


def _token(name: str, *elements: str) -> Parameter:
    return Parameter(name, Kind.TOKEN, elements or (name,))


def _date(name: str, *elements: str) -> Parameter:
    return Parameter(name, Kind.DATE, elements or (name,))


def _string(name: str, *elements: str) -> Parameter:
    return Parameter(name, Kind.STRING, elements or (name,))


_SUBJECT = (Parameter("patient", Kind.REFERENCE, ("subject",)), Parameter("subject", Kind.REFERENCE, ("subject",)))
_ALL = (_token("_id", "id"), _token("identifier"))
_STATED = (*_ALL, *_SUBJECT, _token("status"))
_CODE, _CATEGORY = _token("code"), _token("category")
_MEDICATION = _token("code", "medicationCodeableConcept")

SUPPORTED: Mapping[str, tuple[Parameter, ...]] = {
    "Patient": (
        *_ALL,
        _string("name"),
        _string("family", "name.family"),
        _string("given", "name.given"),
        _date("birthdate", "birthDate"),
        _token("gender"),
    ),
    "Condition": (
        *_ALL,
        *_SUBJECT,
        _CODE,
        _CATEGORY,
        _token("clinical-status", "clinicalStatus"),
        _token("verification-status", "verificationStatus"),
        _date("onset-date", "onsetDateTime", "onsetPeriod"),
        _date("recorded-date", "recordedDate"),
    ),
    "Procedure": (*_STATED, _CODE, _CATEGORY, _date("date", "performedDateTime", "performedPeriod")),
    "MedicationRequest": (*_STATED, _MEDICATION, _token("intent"), _date("authoredon", "authoredOn")),
    "MedicationStatement": (*_STATED, _MEDICATION, _date("effective", "effectiveDateTime", "effectivePeriod")),
    "FamilyMemberHistory": (
        *_ALL,
        Parameter("patient", Kind.REFERENCE, ("patient",)),
        _token("status"),
        _token("code", "condition.code"),
        _token("relationship"),
        _date("date"),
    ),
    "Encounter": (*_STATED, _token("class"), _token("type"), _date("date", "period")),
    "Observation": (
        *_STATED,
        _CODE,
        _CATEGORY,
        _date("date", "effectiveDateTime", "effectivePeriod", "effectiveInstant"),
    ),
    "ServiceRequest": (*_STATED, _CODE, _CATEGORY, _token("intent"), _date("authored", "authoredOn")),
    "ImagingStudy": (*_STATED, _token("modality", "modality", "series.modality"), _date("started")),
    "DiagnosticReport": (
        *_STATED,
        _CODE,
        _CATEGORY,
        _date("date", "effectiveDateTime", "effectivePeriod"),
        _date("issued"),
    ),
}
"""The resource types that can be read and searched, each with its search parameters."""


def parameters_of(resource_type: str) -> Mapping[str, Parameter]:
    """The search parameters of a supported resource type, by name."""
    return {parameter.name: parameter for parameter in SUPPORTED[resource_type]}
