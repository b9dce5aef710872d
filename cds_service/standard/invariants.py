"""The 12 invariants of the logical models of CDS Hooks 3.0, as functions over JSON values (own wording).

They hold for 2.0.1, too, where its text says the same. An element of another type than expected breaks no invariant:
what type it must have is the schemas' matter.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.standard.message_schemas import FEEDBACK, REQUEST, RESPONSE

Element = Mapping[str, Any]
Placed = Iterator[tuple[str, Element]]


@dataclass(frozen=True, slots=True)
class Invariant:
    """One invariant.

    Attributes:
        key: its name in the models.
        message: the message that it is about, one of `message_schemas.MESSAGES`.
        says: what must hold.
        binding: whether breaking it is an error; the models call the others warnings.
        elements: where it looks: every element of a message that it is about, with its place.
        holds: whether one element keeps it.
    """

    key: str
    message: str
    says: str
    binding: bool
    elements: Callable[[Element], Placed]
    holds: Callable[[Element], bool]

    def broken_at(self, message: object) -> Iterator[str]:
        """The places of a message that break it."""
        for place, element in self.elements(message if isinstance(message, Mapping) else {}):
            if not self.holds(element):
                yield place


def broken(message: str, value: object) -> Iterator[tuple[Invariant, str]]:
    """Every invariant that a message breaks, with the place.

    Args:
        message: one of `message_schemas.MESSAGES`.
        value: the message as JSON values.
    """
    for invariant in INVARIANTS.values():
        if invariant.message == message:
            for place in invariant.broken_at(value):
                yield invariant, place


def _objects(value: object, place: str) -> Placed:
    for index, element in enumerate(value if isinstance(value, list) else ()):
        if isinstance(element, Mapping):
            yield f"{place}[{index}]", element


def _whole(message: Element) -> Placed:
    yield "the message", message


def _authorization(message: Element) -> Placed:
    if isinstance(message.get("fhirAuthorization"), Mapping):
        yield "fhirAuthorization", message["fhirAuthorization"]


def _cards(message: Element) -> Placed:
    return _objects(message.get("cards"), "cards")


def _of_cards(member: str) -> Callable[[Element], Placed]:
    def placed(message: Element) -> Placed:
        for place, card in _cards(message):
            yield from _objects(card.get(member), f"{place}.{member}")

    return placed


def _actions(message: Element) -> Placed:
    for place, suggestion in _of_cards("suggestions")(message):
        yield from _objects(suggestion.get("actions"), f"{place}.actions")
    yield from _objects(message.get("systemActions"), "systemActions")


def _items(message: Element) -> Placed:
    return _objects(message.get("feedback"), "feedback")


def _overrides(message: Element) -> Placed:
    for place, item in _items(message):
        if isinstance(item.get("overrideReason"), Mapping):
            yield f"{place}.overrideReason", item["overrideReason"]


def _has(element: Element, *members: str) -> bool:
    return any(element.get(member) not in (None, "", [], {}) for member in members)


def _recommends_one_at_most(card: Element) -> bool:
    if card.get("selectionBehavior") != "at-most-one":
        return True
    return sum(item.get("isRecommended") is True for _, item in _objects(card.get("suggestions"), "")) <= 1


def _names_the_patient(authorization: Element) -> bool:
    return "patient/" not in str(authorization.get("scope", "")) or _has(authorization, "patient")


def _describes_actions(suggestion: Element) -> bool:
    return all(_has(action, "description") for _, action in _objects(suggestion.get("actions"), ""))


def _deletes_by_id(action: Element) -> bool:
    return action.get("type") != "delete" or (_has(action, "resourceId") and not _has(action, "resource"))


def _selects(suggestion: Element) -> bool:
    return suggestion.get("actionSelectionBehavior") in (None, "all", "any", "at-most-one")


def _table(*rows: Invariant) -> Mapping[str, Invariant]:
    return {row.key: row for row in rows}


INVARIANTS: Mapping[str, Invariant] = _table(
    Invariant(
        "cds-r-1", REQUEST, "fhirAuthorization comes with fhirServer", True, _whole,
        lambda request: not _has(request, "fhirAuthorization") or _has(request, "fhirServer"),
    ),
    Invariant(
        "cds-r-2", REQUEST, "patient scopes come with the patient", False, _authorization, _names_the_patient,
    ),
    Invariant(
        "cds-resp-1", RESPONSE, "at-most-one recommends one suggestion at most", True, _cards, _recommends_one_at_most,
    ),
    Invariant(
        "cds-resp-2", RESPONSE, "a delete names a resourceId and carries no resource", False, _actions, _deletes_by_id,
    ),
    Invariant(
        "cds-resp-3", RESPONSE, "appContext stands on links of SMART apps only", True, _of_cards("links"),
        lambda link: link.get("type") == "smart" or not _has(link, "appContext"),
    ),
    Invariant(
        "cds-resp-4", RESPONSE, "an override reason has a display", True, _of_cards("overrideReasons"),
        lambda reason: _has(reason, "display"),
    ),
    Invariant(
        "cds-resp-5", RESPONSE, "an action of a suggestion has a description", True, _of_cards("suggestions"),
        _describes_actions,
    ),
    Invariant(
        "cds-resp-6", RESPONSE, "suggestions come with selectionBehavior", True, _cards,
        lambda card: not _has(card, "suggestions") or _has(card, "selectionBehavior"),
    ),
    Invariant(
        "cds-resp-7", RESPONSE, "actionSelectionBehavior is all, any or at-most-one", True, _of_cards("suggestions"),
        _selects,
    ),
    Invariant(
        "cds-fb-1", FEEDBACK, "an outcome is accepted or overridden", True, _items,
        lambda item: item.get("outcome") in ("accepted", "overridden"),
    ),
    Invariant(
        "cds-fb-2", FEEDBACK, "an accepted card names the suggestions that were accepted", True, _items,
        lambda item: item.get("outcome") != "accepted" or _has(item, "acceptedSuggestions"),
    ),
    Invariant(
        "cds-fb-3", FEEDBACK, "an override reason holds a reason, a comment, or both", True, _overrides,
        lambda override: _has(override, "reason", "userComment"),
    ),
)  # fmt: skip
"""By key, in the order of the models."""
