"""What a call brought: resources as plain JSON, by type, and for each prefetch key whether it was read.

Bundles are walked as plain JSON; no resource is validated here, so that a bad one cannot lose the others.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from cds_service.core.facts import Missing, SetAside
from cds_service.fhir.fetched import NOTHING_FETCHED, Fetched

NEWEST_ONLY = frozenset({"imaging"})
"""Prefetch keys of which the newest resources are asked for: that there are older ones leaves nothing open."""

DEEPEST_BUNDLE = 3
"""Bundles within Bundles that are still opened."""

MOST_OF_A_TYPE, MOST_OBSERVATIONS = 2_000, 5_000
"""Resources of one type that are read. A chart of ten years has some hundreds; the prefetch asks for 200 of a list."""
MOST_KEYS = 1_000
LONGEST_TEXT = 4_000
"""Characters of a name, a code or an address that are looked at."""
_TOO_MANY = "more of its type came than are read"

_ID = re.compile(r"[A-Za-z0-9_.\-]{1,64}(#[A-Za-z0-9_.\-]{1,64})?\Z")
_SERIOUS = ("error", "fatal")
_NO_RESOURCE, _UNNAMED = "", "an unnamed type"
_MOST_NAMES = 200
_TYPE_NAME = re.compile(r"[A-Za-z]{1,64}\Z")
_READ = frozenset(
    {
        "Patient",
        "Observation",
        "Condition",
        "Procedure",
        "MedicationRequest",
        "MedicationStatement",
        "MedicationAdministration",
        "Medication",
        "FamilyMemberHistory",
        "Encounter",
        "ServiceRequest",
        "DiagnosticReport",
        "OperationOutcome",
    }
)

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """One resource as it came.

    Attributes:
        full_url: of its Bundle entry, or empty.
        asked_for: came as prefetch for the call's patient, not in the context.
    """

    resource: Json
    full_url: str
    asked_for: bool


_NOTHING = Held({"resourceType": _NO_RESOURCE}, "", False)


@dataclass(frozen=True)
class Received:
    """Everything that came with a call.

    Attributes:
        by_type: resources by resourceType, in the order in which they came.
        keys: for each prefetch key that was sent or fetched, None where it holds something, else why it does not.
        incomplete: keys that were not read, or only in part, and why: an error was reported, or a page is missing.
        set_aside: prefetch values that are no resources.
    """

    by_type: Mapping[str, tuple[Held, ...]]
    keys: Mapping[str, Missing | None]
    incomplete: Mapping[str, Missing]
    set_aside: tuple[SetAside, ...]

    @cached_property
    def by_id(self) -> Mapping[tuple[str, str], Json]:
        """Resources by type and id; the first of those that share them."""
        return {(kind, held.resource["id"]): held.resource for kind, held in self._all() if _has_id(held.resource)}

    @cached_property
    def by_url(self) -> Mapping[str, Json]:
        """Resources by the full URL of their entry; the first of those that share it."""
        return {held.full_url: held.resource for _, held in self._all() if held.full_url}

    def _all(self) -> Iterator[tuple[str, Held]]:
        """Every resource, the last one first, so that in a dictionary the first one stays."""
        for kind, group in reversed(list(self.by_type.items())):
            for held in reversed(group):
                yield kind, held

    def of(self, *types: str) -> Iterator[Held]:
        """The resources of these types."""
        for name in types:
            yield from self.by_type.get(name, ())

    def missing(self, key: str) -> Missing:
        """Why something that this key was asked for is not there."""
        if key not in self.keys:
            return Missing.NOT_PROVIDED
        return self.incomplete.get(key) or self.keys[key] or Missing.NONE_ON_FILE


def receive(prefetch: Json, context: Json, fetched: Fetched = NOTHING_FETCHED) -> Received:
    """Gathers the resources of the prefetch, of what was fetched, and of the Bundle in `context.draftReports`.

    An absent key was not provided; null and an empty Bundle say that nothing is on file; an OperationOutcome says that
    the client could not read it. A resource that stands where a Bundle was asked for counts as a Bundle of one.
    """
    gathering = _Gathering()
    for key, value in islice(prefetch.items(), MOST_KEYS):
        gathering.sent(key, value, continued=key in fetched.resources)
    for key, values in fetched.resources.items():
        for value in values:
            gathering.take(key, value)
    for key, why in fetched.failed.items():
        gathering.failed(key, why)
    drafts = context.get("draftReports")
    if isinstance(drafts, dict):
        gathering.file("", _walk(drafts, "", False, 0))
    if len(prefetch) > MOST_KEYS:
        gathering.set_aside.append(
            SetAside("prefetch", f"more than {MOST_KEYS} keys were sent", len(prefetch) - MOST_KEYS)
        )
    gathered = {name: tuple(held) for name, held in gathering.by_type.items()}
    set_aside = (
        *dict.fromkeys(gathering.set_aside),
        *fetched.set_aside,
        *_unread(gathering.unread),
        *_cut(gathering.cut),
    )
    return Received(gathered, gathering.keys, gathering.incomplete, set_aside)


class _Gathering:
    """Collects what came, key by key."""

    def __init__(self) -> None:
        self.by_type: dict[str, list[Held]] = {}
        self.keys: dict[str, Missing | None] = {}
        self.incomplete: dict[str, Missing] = {}
        self.unread: dict[str, int] = {}
        self.cut: dict[str, int] = {}
        self.set_aside: list[SetAside] = []

    def sent(self, key: str, value: object, continued: bool) -> None:
        """Take what the client sent under a key; `continued` says whether its further pages were fetched."""
        if value is None:
            self.keys[key] = Missing.NONE_ON_FILE
        elif not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
            self.keys[key] = Missing.NOT_READABLE
            self.set_aside.append(SetAside("prefetch", "a prefetch value is not a FHIR resource"))
        else:
            self.take(key, value)
            if next_page(value) and not continued and key not in NEWEST_ONLY:
                self.incomplete.setdefault(key, Missing.NOT_ALL_READ)
                self.set_aside.append(SetAside("prefetch", "further pages of a Bundle were not read"))

    def take(self, key: str, value: Json) -> None:
        """File the resources of a Bundle, or a resource that stands alone."""
        found = list(_walk(value, "", True, 0))
        outcomes = [held for held in found if held.resource["resourceType"] == "OperationOutcome"]
        failed = any(_is_failure(held.resource, alone=held.resource is value) for held in outcomes)
        if failed:
            self.incomplete[key] = Missing.NOT_READABLE
        lost = sum(held.resource["resourceType"] == _NO_RESOURCE for held in found)
        if len(found) > len(outcomes) + lost:
            self.keys[key] = None
        else:
            self.keys.setdefault(key, Missing.NOT_READABLE if failed else Missing.NONE_ON_FILE)
        self.file(key, found)

    def failed(self, key: str, why: Missing) -> None:
        """Note that a key was not fetched, or not to its end."""
        self.keys.setdefault(key, why)
        self.incomplete[key] = why

    def file(self, key: str, found: Iterable[Held]) -> None:
        """Put resources with the others of their type; what is not read, or too many, is counted."""
        for held in found:
            kind = held.resource["resourceType"]
            group = self.by_type.setdefault(kind, []) if kind in _READ else None
            if group is None:
                name = kind if kind == _NO_RESOURCE or _TYPE_NAME.match(kind) else _UNNAMED
                name = name if name in self.unread or len(self.unread) < _MOST_NAMES else _UNNAMED
                self.unread[name] = self.unread.get(name, 0) + 1
            elif len(group) < (MOST_OBSERVATIONS if kind == "Observation" else MOST_OF_A_TYPE):
                group.append(held)
            else:
                self.incomplete[key] = Missing.NOT_ALL_READ
                self.cut[kind] = self.cut.get(kind, 0) + 1


def next_page(bundle: Json) -> str:
    """The address of the page of a search that follows a Bundle's; empty where it is the last, or no Bundle."""
    links = bundle.get("link") if bundle.get("resourceType") == "Bundle" else None
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("relation") == "next":
            return _text(link.get("url"))
    return ""


def _unread(counted: Mapping[str, int]) -> Iterator[SetAside]:
    """One entry for each kind of resource that nothing here reads, and for Bundle entries that hold none."""
    for name, count in counted.items():
        if name == _NO_RESOURCE:
            yield SetAside("Bundle.entry", "it holds no resource", count)
        else:
            yield SetAside(name, "resources of this type are not read", count)


def _cut(counted: Mapping[str, int]) -> Iterator[SetAside]:
    for kind, count in counted.items():
        yield SetAside(kind, _TOO_MANY, count)


def _has_id(resource: Json) -> bool:
    return isinstance(resource.get("id"), str)


def resource_name(resource: Json) -> str:
    """The resource as the record names it, such as "Observation/id"; the type alone where the id is no FHIR id."""
    kind, identifier = resource["resourceType"], resource.get("id")
    return f"{kind}/{identifier}" if isinstance(identifier, str) and _ID.match(identifier) else str(kind)


def codings(concept: object) -> list[tuple[str, str, str]]:
    """The (system, code, display) of a CodeableConcept; whatever is no text is empty, white space is cut."""
    listed = concept.get("coding") if isinstance(concept, dict) else None
    if isinstance(listed, dict):
        listed = [listed]
    if not isinstance(listed, list):
        return []
    return [
        (_text(coding.get("system")), _text(coding.get("code")), _text(coding.get("display")))
        for coding in listed
        if isinstance(coding, dict)
    ]


def concept_text(concept: object) -> str:
    """The plain text of a CodeableConcept, or empty."""
    return _text(concept.get("text")) if isinstance(concept, dict) else ""


def _text(value: object) -> str:
    return value[:LONGEST_TEXT].strip() if isinstance(value, str) else ""


def _walk(value: Json, full_url: str, asked_for: bool, depth: int) -> Iterator[Held]:
    if value["resourceType"] != "Bundle":
        yield Held(value, full_url, asked_for)
        return
    entries = value.get("entry")
    if depth >= DEEPEST_BUNDLE or not isinstance(entries, list):
        return
    for entry in entries:
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict) and isinstance(resource.get("resourceType"), str):
            yield from _walk(resource, _text(entry.get("fullUrl")), asked_for, depth + 1)
        else:
            yield _NOTHING


def _is_failure(outcome: Json, alone: bool) -> bool:
    """Whether an OperationOutcome says that something could not be read; beside results it may be a mere remark."""
    issues = outcome.get("issue")
    if alone or not isinstance(issues, list):
        return True
    return any(isinstance(issue, dict) and issue.get("severity") in _SERIOUS for issue in issues)
