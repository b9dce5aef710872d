"""Conditions, Procedures and medications to history: by code, and by what their text says.

The state of a resource and the state of its text combine: a refuted Condition denies what its text states; what a text
denies ("no trauma") no status can make present.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cds_service.core.facts import HistoryFact, SetAside, State
from cds_service.core.history import HistoryVocabulary, merged
from cds_service.fhir.dates import Moment, UnreadableDateError, first_moment
from cds_service.fhir.resources import Held, Received, codings, concept_text, resource_name
from cds_service.fhir.subject import Identity, Whose, whose

ReadText = Callable[[str, str], tuple[HistoryFact, ...]]
"""Reads what a text says of the history: (text, resource name) to facts."""

_SYSTEMS = {
    "http://snomed.info/sct": "snomed",
    "urn:oid:2.16.840.1.113883.6.96": "snomed",
    "http://www.whocc.no/atc": "atc",
    "urn:oid:2.16.840.1.113883.6.73": "atc",
    "urn:oid:2.16.840.1.113883.6.90": "icd10cm",
    "urn:oid:2.16.840.1.113883.6.3": "icd10cm",
}
_ICD10 = "icd-10"


@dataclass(frozen=True, slots=True)
class _Kind:
    """How history is read from one type of resource.

    Attributes:
        codes: elements that hold the CodeableConcept.
        dates: elements that say when it began.
        status: the element whose value decides the state.
        states: values of that element with the state they give, or the reason to set the resource aside; any other
            value means present.
    """

    codes: tuple[str, ...]
    dates: tuple[str, ...]
    status: str
    states: Mapping[str, State | str]


_IN_ERROR = "it was entered in error"
_MEDICATION = ("medicationCodeableConcept", "medication")
_KINDS: Mapping[str, _Kind] = {
    "Condition": _Kind(
        ("code",),
        ("onsetDateTime", "onsetPeriod"),
        "verificationStatus",
        {
            "refuted": State.DENIED,
            "entered-in-error": _IN_ERROR,
            "unconfirmed": State.UNCERTAIN,
            "provisional": State.UNCERTAIN,
            "differential": State.UNCERTAIN,
        },
    ),
    "Procedure": _Kind(
        ("code",),
        ("performedDateTime", "performedPeriod"),
        "status",
        {
            "entered-in-error": _IN_ERROR,
            "not-done": State.DENIED,
            "preparation": "it has not been done yet",
            "on-hold": "it has not been done yet",
        },
    ),
    "MedicationStatement": _Kind(
        _MEDICATION,
        ("effectiveDateTime", "effectivePeriod"),
        "status",
        {"entered-in-error": _IN_ERROR, "not-taken": State.DENIED, "intended": "it has not been taken yet"},
    ),
    "MedicationRequest": _Kind(
        _MEDICATION,
        ("authoredOn",),
        "status",
        {"entered-in-error": _IN_ERROR, "cancelled": "it was cancelled", "draft": "it is a draft"},
    ),
}


@dataclass(frozen=True, slots=True)
class HistoryReading:
    """What the lists of the chart say of the history, by concept, and what was not used."""

    facts: Mapping[str, HistoryFact]
    set_aside: tuple[SetAside, ...]


def read_history(
    received: Received, vocabulary: HistoryVocabulary, read_text: ReadText, identity: Identity, as_of: datetime
) -> HistoryReading:
    """Reads all Conditions, Procedures and medications of a call."""
    facts: list[HistoryFact] = []
    set_aside: list[SetAside] = []
    for held in received.of(*_KINDS):
        kind = _KINDS[held.resource["resourceType"]]
        state = _state(held, kind, identity)
        if isinstance(state, State):
            facts += _facts_of(held.resource, kind, state, vocabulary, read_text, as_of)
        else:
            set_aside.append(SetAside(resource_name(held.resource), state))
    return HistoryReading(merged(facts), tuple(dict.fromkeys(set_aside)))


def _state(held: Held, kind: _Kind, identity: Identity) -> State | str:
    """The state that the resource gives to what it says, or the reason to set it aside."""
    owner = whose(held.resource, identity)
    if owner is Whose.ANOTHER:
        return "it is not the call's patient's"
    if owner is Whose.NOBODY and not held.asked_for:
        return "it names no patient"
    if held.resource.get("doNotPerform") is True:
        return "it says what not to do"
    status = held.resource.get(kind.status)
    values = [code for _, code, _ in codings(status)] if isinstance(status, dict) else [str(status)]
    return next((kind.states[value] for value in values if value in kind.states), State.PRESENT)


def _facts_of(
    resource: Mapping[str, Any],
    kind: _Kind,
    state: State,
    vocabulary: HistoryVocabulary,
    read_text: ReadText,
    as_of: datetime,
) -> Iterator[HistoryFact]:
    name, moment = resource_name(resource), _onset(resource, kind, as_of)
    onset, age_days = (moment.text, moment.age_days(as_of)) if moment else ("", None)
    concept = next((resource[element] for element in kind.codes if isinstance(resource.get(element), dict)), None)
    texts = _texts(concept)
    said = [fact for text in texts for fact in read_text(text, name)]
    denied = {fact.concept for fact in said if fact.state is State.DENIED}
    label = texts[0] if texts else ""
    for entry in _coded(concept, vocabulary):
        if entry not in denied:
            yield HistoryFact(entry, state, label or vocabulary.entries[entry].label, name, onset, age_days)
    for fact in said:
        combined = _combined(fact.state, state)
        if combined is not None:
            dated = fact if fact.onset or not onset else replace(fact, onset=onset, age_days=age_days)
            yield replace(dated, state=combined)


def _onset(resource: Mapping[str, Any], kind: _Kind, as_of: datetime) -> Moment | None:
    """When it began, or None; a date that makes no sense is no reason to lose the history."""
    for element in kind.dates:
        value = resource.get(element)
        if isinstance(value, dict):
            value = value.get("start")
        try:
            moment = first_moment({element: value}, element)
        except UnreadableDateError:
            continue
        if moment is not None and not moment.is_ahead_of(as_of):
            return moment
    return None


def _texts(concept: object) -> list[str]:
    """The text of a concept and the displays of its codes, each once."""
    texts = [concept_text(concept), *(display for _, _, display in codings(concept))]
    return list({text.lower(): text for text in texts if text}.values())


def _coded(concept: object, vocabulary: HistoryVocabulary) -> list[str]:
    entries: list[str] = []
    for system, code, _ in codings(concept):
        name = _SYSTEMS.get(system.rstrip("/").replace("https://", "http://"))
        if name is None and _ICD10 in system.lower():
            name = "icd10cm"
        if name is not None and code:
            entries += vocabulary.of_code(name, code)
    return list(dict.fromkeys(entries))


def _combined(said: State, state: State) -> State | None:
    """What a text says, under the state of its resource; a refuted denial says nothing."""
    if state is State.PRESENT or said is state:
        return said if said is not State.DENIED or state is State.PRESENT else None
    if state is State.DENIED:
        return None if said is State.DENIED else State.DENIED
    return said if said is State.DENIED else State.UNCERTAIN
