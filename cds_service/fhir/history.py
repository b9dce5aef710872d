"""Conditions, Procedures, medications and the reasons of encounters to history: by code, and by what their text says.

The state of a resource and the state of its text combine: a refuted Condition denies what its text states; what a text
denies ("no trauma") no status can make present.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from cds_service.core.facts import HistoryFact, SetAside, State
from cds_service.core.history import HistoryVocabulary, contradicted, dated, merged
from cds_service.fhir.family import read_family
from cds_service.fhir.history_codes import coded_entries, texts_of
from cds_service.fhir.history_dates import Beginning, beginning, ending, spoken_onset
from cds_service.fhir.history_kinds import KINDS, Kind
from cds_service.fhir.references import resolved
from cds_service.fhir.resources import Held, Received, codings, concept_text, resource_name
from cds_service.fhir.subject import Identity, Whose, whose

ReadText = Callable[[str, str], tuple[HistoryFact, ...]]
"""Reads what a text says of the history: (text, resource name) to facts, their dates in the words of the text."""

_NOT_SENT = "what it refers to was not sent"


@dataclass(frozen=True, slots=True)
class HistoryReading:
    """What the lists of the chart say of the history, by concept, and what was not used."""

    facts: Mapping[str, HistoryFact]
    set_aside: tuple[SetAside, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading one call's history needs.

    Attributes:
        received: everything that came with the call.
        read_text: what a text says.
        identity: the call's patient.
        as_of: when the call was made.
        age_years: the patient's age then; None when unknown.
    """

    received: Received
    vocabulary: HistoryVocabulary
    read_text: ReadText
    identity: Identity
    as_of: datetime
    age_years: Decimal | None


def read_history(reader: Reader) -> HistoryReading:
    """Reads all Conditions, Procedures, medications, encounters and family histories of a call."""
    facts: list[HistoryFact] = []
    set_aside: list[SetAside] = []
    for held in reader.received.of(*KINDS):
        kind = KINDS[held.resource["resourceType"]]
        state = _state(held, kind, reader.identity)
        if isinstance(state, State):
            concepts, lost = _concepts(held.resource, kind, reader.received)
            set_aside += [SetAside(resource_name(held.resource), _NOT_SENT)] if lost else []
            for concept in concepts:
                facts += _facts_of(held.resource, concept, kind, state, reader)
        else:
            set_aside.append(SetAside(resource_name(held.resource), state))
    family, not_used = read_family(reader.received, reader.vocabulary, reader.read_text, reader.identity)
    facts += family
    kept = merged(facts)
    return HistoryReading(kept, tuple(dict.fromkeys((*set_aside, *not_used, *contradicted(facts, kept)))))


def _state(held: Held, kind: Kind, identity: Identity) -> State | str:
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


def _concepts(resource: Mapping[str, Any], kind: Kind, received: Received) -> tuple[list[Mapping[str, Any]], bool]:
    """What the resource is about: its concepts, those of what it refers to; and whether one of these did not come."""
    found = [one for element in kind.codes for one in _listed(resource.get(element))]
    lost = False
    for reference in [one for element in kind.references for one in _listed(resource.get(element))]:
        target = resolved(reference, resource, received)
        if target is None and isinstance(reference.get("display"), str):
            found.append({"text": reference["display"]})
        elif target is None:
            lost = True
        elif target.get("resourceType") not in KINDS:
            # What is history itself is read as that, with its own state and dates.
            found += _listed(target.get("code"))
    return found, lost


def _listed(value: object) -> list[Mapping[str, Any]]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


def _facts_of(
    resource: Mapping[str, Any], concept: Mapping[str, Any], kind: Kind, state: State, reader: Reader
) -> Iterator[HistoryFact]:
    name = resource_name(resource)
    began = beginning(resource, kind, reader.as_of, reader.age_years)
    over = ending(resource, kind, reader.as_of, reader.age_years)
    texts = texts_of(concept)
    said = list(_said(texts, spoken_onset(resource, kind), name, began, reader))
    began = began if began.text else _spoken(said)
    denied = {fact.concept for fact in said if fact.state is State.DENIED}
    label = concept_text(concept) or (texts[0] if texts else "")
    for entry in coded_entries(concept, reader.vocabulary):
        if entry not in denied:
            fact = HistoryFact(entry, state, label or reader.vocabulary.entries[entry].label, name)
            yield _at(fact, began, over)
    for fact in said:
        combined = _combined(fact.state, state)
        if combined is not None:
            told = _at(fact, began, over)
            yield told if told.state is combined else replace(told, state=combined)


def _said(texts: list[str], spoken: str, name: str, began: Beginning, reader: Reader) -> Iterator[HistoryFact]:
    """What the texts tell; their "3 months ago" counts from the day on which the resource was recorded."""
    written = began.days or 0 if began.at_least else 0
    for text in texts:
        for fact in reader.read_text(f"{text} ({spoken})" if spoken else text, name):
            yield dated(fact, reader.as_of.date(), reader.age_years, written)


def _spoken(said: list[HistoryFact]) -> Beginning:
    told = next((fact for fact in said if fact.onset), None)
    return Beginning() if told is None else Beginning(told.onset, told.age_days, told.at_least)


def _at(fact: HistoryFact, began: Beginning, over: tuple[str, int | None] | None) -> HistoryFact:
    """The fact with the dates of its resource where its own words tell none."""
    if not fact.onset and began.text:
        fact = replace(fact, onset=began.text, age_days=began.days, at_least=began.at_least)
    return fact if over is None or fact.ended is not None else replace(fact, ended=over[0], ended_days=over[1])


def _combined(said: State, state: State) -> State | None:
    """What a text says, under the state of its resource; a refuted denial says nothing."""
    if state is State.PRESENT or said is state:
        return said if said is not State.DENIED or state is State.PRESENT else None
    if state is State.DENIED:
        return None if said is State.DENIED else State.DENIED
    return said if said is State.DENIED else State.UNCERTAIN
