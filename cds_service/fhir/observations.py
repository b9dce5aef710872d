"""Which Observations are results of a lab, before their values are read: by code or name, owner, status and date."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from cds_service.core.facts import SetAside
from cds_service.core.labs import Known, LabVocabulary
from cds_service.fhir.dates import Moment, UnreadableDateError, first_moment
from cds_service.fhir.resources import Held, codings, concept_text, resource_name
from cds_service.fhir.results import PRELIMINARY, Candidate
from cds_service.fhir.subject import Identity, Whose, whose
from cds_service.fhir.systems import LOINC

LOINC_SYSTEMS = (LOINC, "https://loinc.org", "urn:oid:2.16.840.1.113883.6.1")
"""LOINC as it is named in the wild; the first is the right one."""

_UNUSABLE_STATUSES = {
    "entered-in-error": "it was entered in error",
    "cancelled": "it was cancelled",
    "registered": "it has no result yet",
}
_STATUSES = (*PRELIMINARY, "final", "amended", "corrected", "appended", "unknown", "")
_SPECIMENS = ("serum", "plasma", "blood", "ser", "plas", "bld")
DATES = ("effectiveDateTime", "effectiveInstant", "effectivePeriod", "effectiveTiming", "issued")
"""Where an Observation may say when, the first that is there."""

MOST_COMPONENTS = 200
"""Components of one Observation that are read; the largest panels have some dozens."""
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_CORRECTED = ("corrected", "amended", "appended")
_WITHDRAWN = ("entered-in-error", "cancelled")
_LONGEST_NOTE = 2000


class Recognised(NamedTuple):
    """An Observation that is a result of a lab; `reason` is why it must not be used, empty where it may.

    `place` tells the components of one Observation apart.
    """

    candidate: Candidate
    reason: str
    place: int = 0

    @property
    def order(self) -> tuple[datetime, int, str, str]:
        """Sorts older before newer, undated first; of one instant preliminary, final, corrected, then by issue.

        Nothing is left to the order in which results were sent.
        """
        moment, observation = self.candidate.moment, self.candidate.observation
        rank = _rank(self.candidate.status)
        return (moment.start if moment else _LONG_AGO, rank, str(observation.get("issued", "")), self.candidate.name)


def known_test(code: object, vocabulary: LabVocabulary) -> tuple[Known | None, str]:
    """The lab that a CodeableConcept stands for, and why it must not be used (empty where it may).

    LOINC decides. Beside a LOINC code that is not in the vocabulary a name counts only where it names a blood specimen,
    since plain "calcium" may be of urine; beside an unverified code it counts where it names the lab that the code is
    thought to be.
    """
    return _known(codings(code), concept_text(code), vocabulary)


def _known(listed: list[tuple[str, str, str]], text: str, vocabulary: LabVocabulary) -> tuple[Known | None, str]:
    loincs = [(value, display) for system, value, display in listed if system.rstrip("/") in LOINC_SYSTEMS]
    for value, _ in loincs:
        known = vocabulary.by_code.get(value)
        if known is not None:
            return known, ""
        if value in vocabulary.excluded:
            lab, reason = vocabulary.excluded[value]
            return Known(lab, lab), f"its code is of another test: {reason}"
    names = [text, *(display for _, _, display in listed)]
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
    parts = [observation, *(components[:MOST_COMPONENTS] if isinstance(components, list) else ())]
    for place, part in enumerate(parts):
        if not isinstance(part, dict):
            continue
        listed, text = codings(part.get("code")), concept_text(part.get("code"))
        known, reason = _known(listed, text, vocabulary)
        if known is None or (part is observation and _is_only_a_panel(observation)):
            continue
        status = observation.get("status")
        status = status if isinstance(status, str) else ""
        reason = reason or why_not(held, status, identity)
        moment, undatable = _moment_of(observation, as_of)
        after = known.after_dialysis
        if not after and vocabulary.labs[known.lab].changed_by_dialysis:
            after = _is_after_dialysis(observation, [text, *(name for _, _, name in listed)], vocabulary)
        candidate = Candidate(part, known, moment, resource_name(observation), status, after)
        yield Recognised(candidate, reason or undatable, place)


def too_many_components(held: Held) -> Iterator[SetAside]:
    """What to note of an Observation with more components than are read."""
    components = held.resource.get("component")
    if isinstance(components, list) and len(components) > MOST_COMPONENTS:
        reason = f"it has more than {MOST_COMPONENTS} components; the others were not read"
        yield SetAside(resource_name(held.resource), reason, len(components) - MOST_COMPONENTS)


def without_withdrawn_copies(items: list[Recognised]) -> list[Recognised]:
    """The same without older copies of a result that was withdrawn since: it must not come back by them."""
    withdrawn = {_identity(item) for item in items if item.candidate.status in _WITHDRAWN}
    if not withdrawn:
        return items
    return [item for item in items if item.candidate.status in _WITHDRAWN or _identity(item) not in withdrawn]


def _identity(item: Recognised) -> tuple[object, ...]:
    """What two versions of one result have in common; a result without an id has no other version."""
    name = item.candidate.name
    return (name, item.place, item.order[0]) if "/" in name else (id(item),)


def _rank(status: str) -> int:
    return 0 if status in PRELIMINARY else 2 if status in _CORRECTED else 1


def _is_after_dialysis(observation: Mapping[str, Any], names: list[str], vocabulary: LabVocabulary) -> bool:
    """Whether the test's names, a note, the method or the specimen says that the sample was taken after dialysis."""
    said = list(dict.fromkeys(names))
    notes, method, specimen = (observation.get(key) for key in ("note", "method", "specimen"))
    if method is not None:
        said += [concept_text(method), *(display for _, _, display in codings(method))]
    for note in notes if isinstance(notes, list) else ():
        text = note.get("text") if isinstance(note, dict) else None
        said += [text[:_LONGEST_NOTE]] if isinstance(text, str) else []
    if vocabulary.after_dialysis.search("; ".join(said)):
        return True
    name = specimen.get("display") if isinstance(specimen, dict) else None
    return isinstance(name, str) and vocabulary.specimens_after_dialysis.search(name[:_LONGEST_NOTE]) is not None


def _moment_of(observation: Mapping[str, Any], as_of: datetime) -> tuple[Moment | None, str]:
    """When a result was taken, and why that keeps it from use; empty where it does not."""
    try:
        moment = first_moment(observation, *DATES)
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


def why_not(held: Held, status: str, identity: Identity) -> str:
    """Why an Observation must not be used, by its owner and status; empty where it may."""
    owner = whose(held.resource, identity)
    if owner is Whose.ANOTHER:
        return "it is not the call's patient's"
    if owner is Whose.NOBODY and not held.asked_for:
        return "it names no patient"
    if status in _UNUSABLE_STATUSES:
        return _UNUSABLE_STATUSES[status]
    return "" if status in _STATUSES else "its status is none of FHIR's"
