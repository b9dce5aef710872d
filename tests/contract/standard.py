"""CDS Hooks 2.0.1 as checks on answers: what discovery and a response must be, each with a reason that reads aloud.

Own wording of the requirements that the Inferno CRD test kit and the CDS Hooks 2.0 requirement list state.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

_TOKEN = re.compile(r"\{\{(.*?)\}\}")
_TOKENS = re.compile(
    r"context\.\w+|userPractitionerId|userPractitionerRoleId|userPatientId|userRelatedPersonId",
)


def faults_of_discovery(body: Any) -> list[str]:
    """What is wrong with the answer to GET /cds-services; empty when nothing is."""
    return [*_hollow(body, "services"), *(fault for entry in body["services"] for fault in _entry(entry))]


def faults_of_response(body: Any) -> list[str]:
    """What is wrong with the answer to a call; empty when nothing is."""
    uuids = [thing.get("uuid") for card in body["cards"] for thing in (card, *card.get("suggestions", ()))]
    found = [*_hollow(body, "cards"), *(fault for card in body["cards"] for fault in _card(card))]
    if set(body) - {"cards", "systemActions", "extension"}:
        found.append("the response has members that the standard does not know")
    if body.get("systemActions") == []:
        found.append("systemActions is there and empty")
    return found + [f"uuid {uuid} is used twice" for uuid in set(uuids) if uuids.count(uuid) > 1]


def _entry(entry: Any) -> Iterator[str]:
    for key in ("id", "hook", "title", "description"):
        if not _text(entry.get(key)):
            yield f"service has no {key}"
    for key, query in entry.get("prefetch", {}).items():
        if not all(_TOKENS.fullmatch(token) for token in _TOKEN.findall(query)):
            yield f"prefetch {key} uses a token that is not portable"
        names = [part.partition("=")[0] for part in query.partition("?")[2].split("&")]
        if len(names) != len(set(names)) or any(name.startswith(("_include", "_revinclude")) for name in names):
            yield f"prefetch {key} is not a simple search"


def _card(card: Any) -> Iterator[str]:
    if not _text(card.get("summary")) or len(card["summary"]) > 139:
        yield "summary is missing or has 140 characters or more"
    if card.get("indicator") not in ("info", "warning", "critical"):
        yield "indicator is none of the three"
    source = card.get("source", {})
    topic = source.get("topic", {})
    if not _text(source.get("label")) or not _text(topic.get("code")) or not _text(topic.get("system")):
        yield "source has no label or no topic"
    if "url" in source and not _absolute(source["url"]):
        yield "source.url is not absolute"
    if not _uuid(card.get("uuid")):
        yield "card has no uuid"
    if re.search(r"<[a-zA-Z/!]", card.get("detail", "")):
        yield "detail holds HTML"
    for reason in card.get("overrideReasons", ()):
        if not all(_text(reason.get(key)) for key in ("code", "system", "display")):
            yield "an override reason lacks code, system or display"
    for link in card.get("links", ()):
        if (
            not _text(link.get("label"))
            or not _absolute(link.get("url", ""))
            or link.get("type") not in ("absolute", "smart")
        ):
            yield "a link lacks label, absolute url or type"
        if "appContext" in link and link["type"] != "smart":
            yield "a link that is not smart has an appContext"
    suggestions = card.get("suggestions")
    if suggestions is not None and card.get("selectionBehavior") not in ("any", "at-most-one"):
        yield "suggestions come without selectionBehavior"
    for suggestion in suggestions or ():
        yield from _suggestion(suggestion)


def _suggestion(suggestion: Any) -> Iterator[str]:
    if not _text(suggestion.get("label")) or not _uuid(suggestion.get("uuid")):
        yield "a suggestion has no label or no uuid"
    for action in suggestion.get("actions", ()):
        kind = action.get("type")
        if kind not in ("create", "update", "delete") or not _text(action.get("description")):
            yield "an action has no type or no description"
        if kind in ("create", "update") and not _text(action.get("resource", {}).get("resourceType")):
            yield f"a {kind} action has no FHIR resource"
        if kind == "delete" and (not _text(action.get("resourceId")) or "resource" in action):
            yield "a delete action does not name what to delete"


def _hollow(value: Any, *allowed: str, path: str = "") -> Iterator[str]:
    """No null and nothing empty anywhere, but for the arrays that the standard lets be empty."""
    if value is None or (value in ("", [], {}) and path.rpartition(".")[2] not in allowed):
        yield f"{path} is null or empty"
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from _hollow(child, *allowed, path=f"{path}.{key}")


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _absolute(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _uuid(value: Any) -> bool:
    try:
        return bool(UUID(value))
    except (TypeError, ValueError, AttributeError):
        return False
