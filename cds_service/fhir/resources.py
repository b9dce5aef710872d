"""What a call brought: resources as plain JSON, by type, and for each prefetch key whether it was read.

Bundles are walked as plain JSON; no resource is validated here, so that a bad one cannot lose the others.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.core.facts import Missing, SetAside

DEEPEST_BUNDLE = 3
"""Bundles within Bundles that are still opened."""

_ID = re.compile(r"[A-Za-z0-9_.\-]{1,64}(#[A-Za-z0-9_.\-]{1,64})?\Z")
_SERIOUS = ("error", "fatal")
_NO_RESOURCE = ""
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


@dataclass(frozen=True)
class Received:
    """Everything that came with a call.

    Attributes:
        by_type: resources by resourceType, in the order in which they came.
        keys: for each prefetch key that was sent, None where it was read and holds something, else why it does not.
        incomplete: keys that were read only in part, because the client reports an error beside its resources.
        set_aside: prefetch values that are no resources.
    """

    by_type: Mapping[str, tuple[Held, ...]]
    keys: Mapping[str, Missing | None]
    incomplete: frozenset[str]
    set_aside: tuple[SetAside, ...]

    def of(self, *types: str) -> Iterator[Held]:
        """The resources of these types."""
        for name in types:
            yield from self.by_type.get(name, ())

    def missing(self, key: str) -> Missing:
        """Why something that this key was asked for is not there."""
        if key not in self.keys:
            return Missing.NOT_PROVIDED
        if key in self.incomplete:
            return Missing.NOT_READABLE
        return self.keys[key] or Missing.NONE_ON_FILE


def receive(prefetch: Json, context: Json) -> Received:
    """Gathers the resources of the prefetch and of the Bundle in `context.draftReports`.

    An absent key was not provided; null and an empty Bundle say that nothing is on file; an OperationOutcome says that
    the client could not read it. A resource that stands where a Bundle was asked for counts as a Bundle of one.
    """
    by_type: dict[str, list[Held]] = {}
    keys: dict[str, Missing | None] = {}
    incomplete, set_aside = set(), []
    for key, value in prefetch.items():
        if value is None:
            keys[key] = Missing.NONE_ON_FILE
            continue
        if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
            keys[key] = Missing.NOT_READABLE
            set_aside.append(SetAside("prefetch", "a prefetch value is not a FHIR resource"))
            continue
        found = list(_walk(value, "", True, 0))
        outcomes = [held for held in found if held.resource["resourceType"] == "OperationOutcome"]
        failed = any(_is_failure(held.resource, alone=held.resource is value) for held in outcomes)
        if failed:
            incomplete.add(key)
        empty = Missing.NOT_READABLE if failed else Missing.NONE_ON_FILE
        lost = sum(held.resource["resourceType"] == _NO_RESOURCE for held in found)
        keys[key] = None if len(found) > len(outcomes) + lost else empty
        _file(found, by_type)
    drafts = context.get("draftReports")
    if isinstance(drafts, dict):
        _file(_walk(drafts, "", False, 0), by_type)
    gathered = {name: tuple(held) for name, held in by_type.items()}
    unread = _unread(gathered)
    return Received(gathered, keys, frozenset(incomplete), (*dict.fromkeys(set_aside), *unread))


def _unread(gathered: Mapping[str, tuple[Held, ...]]) -> Iterator[SetAside]:
    """One entry for each kind of resource that nothing here reads, and for Bundle entries that hold none."""
    for kind, held in gathered.items():
        if kind == _NO_RESOURCE:
            yield SetAside("Bundle.entry", "it holds no resource", len(held))
        elif kind not in _READ:
            name = kind if _TYPE_NAME.match(kind) else "an unnamed type"
            yield SetAside(name, "resources of this type are not read", len(held))


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
    return value.strip() if isinstance(value, str) else ""


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
            yield Held({"resourceType": _NO_RESOURCE}, "", asked_for)


def _is_failure(outcome: Json, alone: bool) -> bool:
    """Whether an OperationOutcome says that something could not be read; beside results it may be a mere remark."""
    issues = outcome.get("issue")
    if alone or not isinstance(issues, list):
        return True
    return any(isinstance(issue, dict) and issue.get("severity") in _SERIOUS for issue in issues)


def _file(found: Any, by_type: dict[str, list[Held]]) -> None:
    for held in found:
        by_type.setdefault(held.resource["resourceType"], []).append(held)
