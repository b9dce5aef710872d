"""What each part of a response must be; a part of another type than expected is told, too."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cds_service.conformance.ledger import Remark, doubt
from cds_service.conformance.values import has, is_absolute_url, is_text, is_uuid, items, member
from cds_service.standard.invariants import INVARIANTS

LONGEST_SUMMARY = 139

_RESOURCE_ID = re.compile(r"[A-Z][A-Za-z]*/[A-Za-z0-9\-.]{1,64}")
_HTML = re.compile(r"<[a-zA-Z/!]")
_REVERSE_DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9_-]+)+")


def _keeps(key: str, value: Any) -> bool:
    return not isinstance(value, Mapping) or INVARIANTS[key].holds(value)


def has_cards(body: Any) -> Iterator[Remark]:
    """R2: the array of cards is there, also where it is empty."""
    if not isinstance(member(body, "cards"), list):
        yield Remark("cards is missing or no array")


def summary(card: Any) -> Iterator[Remark]:
    """R4: one sentence that a client has room for."""
    told = member(card, "summary")
    if not is_text(told):
        yield Remark("summary is missing or no text")
    elif len(told) > LONGEST_SUMMARY:
        yield Remark(f"summary has {len(told)} characters")


def indicator(card: Any) -> Iterator[Remark]:
    """R5: one of the three degrees of urgency."""
    if member(card, "indicator") not in ("info", "warning", "critical"):
        yield Remark("indicator is none of info, warning and critical")


def source(card: Any) -> Iterator[Remark]:
    """R6: an object with a label."""
    if not is_text(member(member(card, "source"), "label")):
        yield Remark("source is missing or has no label")


def topic(held: Any) -> Iterator[Remark]:
    """R7: a Coding. The standard lets it be absent, the Inferno kit does not."""
    if not has(held, "topic"):
        yield doubt("topic is missing; some test kits require it")
    elif not all(is_text(member(held["topic"], name)) for name in ("code", "system")):
        yield Remark("topic has no code or no system")


def source_urls(held: Any) -> Iterator[Remark]:
    """R8: absolute URLs, where they are there."""
    for name in ("url", "icon"):
        if has(held, name) and not is_absolute_url(held[name]):
            yield Remark(f"{name} is no absolute http(s) URL")


def system_actions(body: Any) -> Iterator[Remark]:
    """R9: an array with something in it, where it is there."""
    held = member(body, "systemActions")
    if not isinstance(held, list) or not held:
        yield Remark("systemActions is no array, or an empty one")


def described(action: Any) -> Iterator[Remark]:
    """R10: type and description, as texts."""
    for name in ("type", "description"):
        if not is_text(member(action, name)):
            yield Remark(f"{name} is missing or no text")


def system_described(action: Any) -> Iterator[Remark]:
    """R10 for system actions, whose description 3.0 lets be absent."""
    for found in described(action):
        yield found if found.words.startswith("type") or has(action, "description") else doubt(found.words)


def action_type(action: Any) -> Iterator[Remark]:
    """R11: one of the three."""
    if member(action, "type") not in ("create", "update", "delete"):
        yield Remark("type is none of create, update and delete")


def carries_resource(action: Any) -> Iterator[Remark]:
    """R12: a FHIR resource to create or update."""
    if member(action, "type") in ("create", "update") and not is_text(
        member(member(action, "resource"), "resourceType")
    ):
        yield Remark("resource is missing or no FHIR resource")


def deletes_by_id(action: Any) -> Iterator[Remark]:
    """R13: what to delete, by reference."""
    if not _keeps("cds-resp-2", action):
        yield Remark("a delete has no resourceId, or has a resource")
    elif member(action, "type") == "delete" and not _RESOURCE_ID.fullmatch(str(member(action, "resourceId"))):
        yield Remark("resourceId is not Type/id")


def uuids(body: Any) -> Iterator[Remark]:
    """O1: all of one response together."""
    cards = [card for _, card in items(body, "cards", "")]
    named = [*cards, *(suggestion for card in cards for _, suggestion in items(card, "suggestions", ""))]
    found = [thing["uuid"] for thing in named if has(thing, "uuid")]
    if not all(is_text(uuid) for uuid in found):
        yield Remark("a uuid is no text")
    elif len(set(found)) < len(found):
        yield Remark("a uuid stands twice")
    elif not all(is_uuid(uuid) for uuid in found):
        yield doubt("a uuid is no UUID; 2.0.1 asks for an identifier only")


def detail(card: Any) -> Iterator[Remark]:
    """O2: Markdown without HTML."""
    told = card["detail"]
    if not is_text(told):
        yield Remark("detail is no text")
    elif _HTML.search(told):
        yield doubt("detail holds HTML, which some clients run")


def suggestions(card: Any) -> Iterator[Remark]:
    """O3: an array, and how many of it may be taken."""
    if not isinstance(card["suggestions"], list) or not card["suggestions"]:
        yield Remark("suggestions is no array, or an empty one")
    if not _keeps("cds-resp-6", card) or card.get("selectionBehavior") not in ("at-most-one", "any"):
        yield Remark("selectionBehavior is neither at-most-one nor any")


def recommended(card: Any) -> Iterator[Remark]:
    """O4: one at most where one at most may be taken."""
    if not _keeps("cds-resp-1", card):
        yield Remark("several suggestions are recommended, and one at most may be taken")


def suggestion(held: Any) -> Iterator[Remark]:
    """O5: a label, and a boolean where one is recommended."""
    if not is_text(member(held, "label")):
        yield Remark("label is missing or no text")
    if has(held, "isRecommended") and not isinstance(held["isRecommended"], bool):
        yield Remark("isRecommended is no boolean")


def actions(held: Any) -> Iterator[Remark]:
    """O6: an array with something in it, where it is there."""
    if not isinstance(held["actions"], list) or not held["actions"]:
        yield Remark("actions is no array, or an empty one")


def override_reasons(card: Any) -> Iterator[Remark]:
    """O7: Codings with a display."""
    held = card["overrideReasons"]
    if not isinstance(held, list) or not held:
        yield Remark("overrideReasons is no array, or an empty one")
    for place, reason in items(card, "overrideReasons", ""):
        if not _keeps("cds-resp-4", reason) or not all(
            is_text(member(reason, name)) for name in ("code", "system", "display")
        ):
            yield Remark(f"{place} lacks code, system or display")


def has_links(card: Any) -> Iterator[Remark]:
    """O8 of the array: something is in it."""
    if not isinstance(card["links"], list) or not card["links"]:
        yield Remark("links is no array, or an empty one")


def link(held: Any) -> Iterator[Remark]:
    """O8 of each link: a label and where it leads."""
    if not is_text(member(held, "label")):
        yield Remark("label is missing or no text")
    if not is_absolute_url(member(held, "url")):
        yield Remark("url is no absolute http(s) URL")


def link_type(held: Any) -> Iterator[Remark]:
    """O9: one of the two."""
    if member(held, "type") not in ("absolute", "smart"):
        yield Remark("type is neither absolute nor smart")


def app_context(held: Any) -> Iterator[Remark]:
    """O10: a text on a link of a SMART app."""
    if not is_text(held["appContext"]):
        yield Remark("appContext is no text")
    if not _keeps("cds-resp-3", held):
        yield Remark("appContext stands on a link that is not smart")


def action_selection(held: Any) -> Iterator[Remark]:
    """O11: one of the three, and a doubt even so."""
    if not _keeps("cds-resp-7", held):
        yield Remark("actionSelectionBehavior is none of all, any and at-most-one")
    else:
        yield doubt("actionSelectionBehavior is for clients that are known to understand it")


def extension(held: Any) -> Iterator[Remark]:
    """E1: an object with names of somebody's own."""
    if not isinstance(held, Mapping):
        yield Remark("the extension is no object")
    elif not all(_REVERSE_DOMAIN.fullmatch(key) for key in held):
        yield doubt("a key does not begin with a reverse domain")
