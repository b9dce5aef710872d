"""Results that came inside another resource: the contained members of a panel or of a report."""

from collections.abc import Iterator
from typing import Any

from cds_service.fhir.resources import Held, Received

_CONTAINERS = ("Observation", "DiagnosticReport")
_INHERITED = (
    "subject",
    "status",
    "effectiveDateTime",
    "effectivePeriod",
    "effectiveInstant",
    "effectiveTiming",
    "issued",
)
MOST_MEMBERS = 1_000
"""Contained resources of one container that are looked at."""
_WITHDRAWN = ("entered-in-error", "cancelled")


def observations(received: Received) -> Iterator[Held]:
    """Every Observation of a call, each before those that it or a report contains.

    A contained one lives and dies with its container: it has the container's patient, date and status where it names
    none, and is withdrawn with it. It is named "container#id".
    """
    for kind in _CONTAINERS:
        for held in received.of(kind):
            if kind == "Observation":
                yield held
            listed = held.resource.get("contained")
            for member in listed[:MOST_MEMBERS] if isinstance(listed, list) else ():
                if isinstance(member, dict) and member.get("resourceType") == "Observation":
                    yield Held(_member(member, held.resource), "", held.asked_for)


def _member(member: dict[str, Any], container: Any) -> dict[str, Any]:
    inherited = {key: container[key] for key in _INHERITED if key in container}
    if any(key.startswith("effective") for key in member):
        inherited = {key: held for key, held in inherited.items() if not key.startswith("effective")}
    whole = {**inherited, **member, "id": f"{container.get('id', '')}#{member.get('id', '')}"}
    return {**whole, "status": container["status"]} if container.get("status") in _WITHDRAWN else whole
