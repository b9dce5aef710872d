"""Whose a resource is. Data of another patient must never be judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_TYPE = "Patient"


class Whose(StrEnum):
    """Whose a resource says that it is."""

    THIS_PATIENT = "this patient's"
    ANOTHER = "another subject's"
    NOBODY = "no subject's"


@dataclass(frozen=True, slots=True)
class Identity:
    """The call's patient: the bare FHIR id, and further references such as the urn:uuid of a Bundle entry."""

    patient_id: str
    aliases: frozenset[str] = frozenset()


def whose(resource: Mapping[str, Any], identity: Identity) -> Whose:
    """Whose a resource says that it is, by its `subject` or `patient`."""
    subject = resource.get("subject", resource.get("patient"))
    if subject is None or subject == {}:
        return Whose.NOBODY
    reference = subject.get("reference") if isinstance(subject, dict) else None
    if not isinstance(reference, str) or not reference:
        return Whose.ANOTHER
    same = reference == f"{_TYPE}/{identity.patient_id}" or reference in identity.aliases
    same = same or referenced_patient(reference) == identity.patient_id
    return Whose.THIS_PATIENT if same else Whose.ANOTHER


def belongs_to(resource: Mapping[str, Any], patient_id: str) -> bool:
    """Whether a resource that the caller sends as this patient's may be used: it names this patient, or nobody."""
    return whose(resource, Identity(patient_id)) is not Whose.ANOTHER


def referenced_patient(reference: str) -> str | None:
    """The id in "Patient/x", "https://host/base/Patient/x" or either with "/_history/n"; None for any other form."""
    parts = reference.strip().partition("/_history/")[0].split("/")
    return parts[-1] if len(parts) >= 2 and parts[-2] == _TYPE else None
