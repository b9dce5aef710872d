"""FamilyMemberHistory to the family entries of the vocabulary. What a relative has is never the patient's."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cds_service.core.facts import HistoryFact, SetAside, State
from cds_service.core.history import FAMILY, HistoryVocabulary
from cds_service.fhir.history_codes import coded_entries, texts_of
from cds_service.fhir.history_kinds import IN_ERROR
from cds_service.fhir.resources import Held, Received, codings, concept_text, resource_name
from cds_service.fhir.subject import Identity, Whose, whose

MOST_CONDITIONS = 2_000
"""Conditions of all relatives together that are read."""
_TOO_MANY = "more conditions of relatives came than are read"


def read_family(
    received: Received,
    vocabulary: HistoryVocabulary,
    read_text: Callable[[str, str], tuple[HistoryFact, ...]],
    identity: Identity,
) -> tuple[list[HistoryFact], list[SetAside]]:
    """What relatives by blood have, as far as the vocabulary has an entry for it, and what was not used."""
    facts: list[HistoryFact] = []
    set_aside: list[SetAside] = []
    conditions = 0
    for held in received.of("FamilyMemberHistory"):
        reason = _reason(held, vocabulary, identity)
        if reason:
            set_aside.append(SetAside(resource_name(held.resource), reason))
            continue
        listed = held.resource.get("condition")
        for condition in listed if isinstance(listed, list) else []:
            conditions += 1
            if conditions > MOST_CONDITIONS:
                continue
            if isinstance(condition, dict):
                facts += _facts_of(held.resource, condition.get("code"), vocabulary, read_text)
    if conditions > MOST_CONDITIONS:
        set_aside.append(SetAside("FamilyMemberHistory", _TOO_MANY, conditions - MOST_CONDITIONS))
    return facts, set_aside


def _reason(held: Held, vocabulary: HistoryVocabulary, identity: Identity) -> str:
    """Why a family history is not used; empty where it is."""
    resource = held.resource
    owner = whose(resource, identity)
    if owner is Whose.ANOTHER:
        return "it is not the call's patient's"
    if owner is Whose.NOBODY and not held.asked_for:
        return "it names no patient"
    if resource.get("status") == "entered-in-error":
        return IN_ERROR
    relationship = resource.get("relationship")
    words = " ".join(texts_of(relationship)).lower().replace("-", " ").split()
    codes = [code for _, code, _ in codings(relationship)]
    return "" if vocabulary.not_related.isdisjoint((*words, *codes)) else "the relative is not one by blood"


def _facts_of(
    resource: Mapping[str, Any],
    code: object,
    vocabulary: HistoryVocabulary,
    read_text: Callable[[str, str], tuple[HistoryFact, ...]],
) -> Iterator[HistoryFact]:
    name, texts = resource_name(resource), texts_of(code)
    said = [fact for text in texts for fact in read_text(text, name)]
    denied = {fact.concept for fact in said if fact.state is State.DENIED}
    relative = concept_text(resource.get("relationship")) or next(
        (display for _, _, display in codings(resource.get("relationship")) if display), ""
    )
    coded = [
        HistoryFact(entry, State.PRESENT, texts[0] if texts else vocabulary.entries[entry].label, name)
        for entry in coded_entries(code, vocabulary)
        if entry not in denied
    ]
    for fact in (*coded, *said):
        concept = fact.concept if fact.concept.startswith(FAMILY) else f"{FAMILY}{fact.concept}"
        if concept in vocabulary.entries:
            label = f"{relative}: {fact.label}" if relative else fact.label
            # When it began in the relative is no date of the patient's history.
            yield HistoryFact(concept, fact.state, label, name)
