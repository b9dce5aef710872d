"""Which Observations are results of a lab, before their values are read: by code or name, owner, status and date."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cds_service.core.labs import Known, LabVocabulary
from cds_service.fhir.dates import Moment, UnreadableDateError, first_moment
from cds_service.fhir.resources import Held, codings, concept_text, resource_name
from cds_service.fhir.results import PRELIMINARY, Candidate
from cds_service.fhir.subject import Identity, Whose, whose

LOINC_SYSTEMS = ("http://loinc.org", "https://loinc.org", "urn:oid:2.16.840.1.113883.6.1")
"""LOINC as it is named in the wild; the first is the right one."""

_UNUSABLE_STATUSES = {
    "entered-in-error": "it was entered in error",
    "cancelled": "it was cancelled",
    "registered": "it has no result yet",
}
_STATUSES = (*PRELIMINARY, "final", "amended", "corrected", "appended", "unknown", "")
_SPECIMENS = ("serum", "plasma", "blood", "ser", "plas", "bld")
_DATES = ("effectiveDateTime", "effectiveInstant", "effectivePeriod", "effectiveTiming", "issued")
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_CORRECTED = ("corrected", "amended", "appended")


@dataclass(frozen=True, slots=True)
class Recognised:
    """An Observation that is a result of a lab; `reason` is why it must not be used, empty where it may."""

    candidate: Candidate
    reason: str

    @property
    def order(self) -> tuple[datetime, int, str, str]:
        """Sorts older before newer, undated first; of one instant preliminary, final, corrected, then by issue.

        Nothing is left to the order in which results were sent.
        """
        moment, observation = self.candidate.moment, self.candidate.observation
        status = self.candidate.status
        rank = 0 if status in PRELIMINARY else 2 if status in _CORRECTED else 1
        return (moment.start if moment else _LONG_AGO, rank, str(observation.get("issued", "")), self.candidate.name)


def known_test(code: object, vocabulary: LabVocabulary) -> tuple[Known | None, str]:
    """The lab that a CodeableConcept stands for, and why it must not be used (empty where it may).

    LOINC decides. Beside a LOINC code that is not in the vocabulary a name counts only where it names a blood specimen,
    since plain "calcium" may be of urine; beside an unverified code it counts where it names the lab that the code is
    thought to be.
    """
    listed = codings(code)
    loincs = [(value, display) for system, value, display in listed if system.rstrip("/") in LOINC_SYSTEMS]
    for value, _ in loincs:
        known = vocabulary.by_code.get(value)
        if known is not None:
            return known, ""
        if value in vocabulary.excluded:
            lab, reason = vocabulary.excluded[value]
            return Known(lab, lab), f"its code is of another test: {reason}"
    names = [concept_text(code), *(display for _, _, display in listed)]
    if not loincs:
        return _first_named([*names, *(value for _, value, _ in listed)], vocabulary), ""
    thought = {vocabulary.unverified[value] for value, _ in loincs if value in vocabulary.unverified}
    known = _first_named([_without_property(name) for name in names if thought or _names_blood(name)], vocabulary)
    return (known if known is None or not thought or known.lab in thought else None), ""


def _first_named(names: list[str], vocabulary: LabVocabulary) -> Known | None:
    return next((known for name in names if name and (known := vocabulary.named(name))), None)


def recognised(held: Held, vocabulary: LabVocabulary, identity: Identity, as_of: datetime) -> Iterator[Recognised]:
    """The Observation itself and its components, as far as they are results of a lab."""
    observation = held.resource
    components = observation.get("component")
    parts = [observation, *(components if isinstance(components, list) else ())]
    for part in parts:
        known, reason = known_test(part.get("code"), vocabulary) if isinstance(part, dict) else (None, "")
        if known is None or (part is observation and _is_only_a_panel(observation)):
            continue
        status = observation.get("status")
        status = status if isinstance(status, str) else ""
        reason = reason or _why_not(held, status, identity)
        moment, undatable = _moment_of(observation, as_of)
        yield Recognised(Candidate(part, known, moment, resource_name(observation), status), reason or undatable)


def _moment_of(observation: Mapping[str, Any], as_of: datetime) -> tuple[Moment | None, str]:
    """When a result was taken, and why that keeps it from use; empty where it does not."""
    try:
        moment = first_moment(observation, *_DATES)
    except UnreadableDateError:
        return None, "its date cannot be read"
    ahead = moment is not None and moment.is_ahead_of(as_of)
    return moment, "it is dated in the future" if ahead else ""


def _without_property(display: str) -> str:
    """A LOINC long name without its bracketed property: "Phosphate in Serum or Plasma"."""
    return display.partition("[")[0] + display.partition("]")[2] if "[" in display else display


def _names_blood(display: str) -> bool:
    lowered = display.lower()
    return any(specimen in lowered for specimen in _SPECIMENS)


def _is_only_a_panel(observation: Mapping[str, Any]) -> bool:
    if not observation.get("component"):
        return False
    return "interpretation" not in observation and not any(key.startswith("value") for key in observation)


def _why_not(held: Held, status: str, identity: Identity) -> str:
    owner = whose(held.resource, identity)
    if owner is Whose.ANOTHER:
        return "it is not the call's patient's"
    if owner is Whose.NOBODY and not held.asked_for:
        return "it names no patient"
    if status in _UNUSABLE_STATUSES:
        return _UNUSABLE_STATUSES[status]
    return "" if status in _STATUSES else "its status is none of FHIR's"
