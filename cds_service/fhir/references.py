"""Follows references to resources that came with the call, or inside the resource that refers to them."""

from collections.abc import Mapping
from typing import Any

from cds_service.fhir.resources import Received


def resolved(reference: object, holder: Mapping[str, Any], received: Received) -> Mapping[str, Any] | None:
    """The resource that a Reference names, contained in its holder or received beside it; None where it did not come.

    Args:
        reference: a FHIR Reference; anything else refers to nothing.
        holder: the resource that holds the reference.
        received: all of the call.
    """
    target = reference.get("reference") if isinstance(reference, dict) else None
    if not isinstance(target, str) or not target:
        return None
    if target.startswith("#"):
        listed = holder.get("contained")
        contained = listed if isinstance(listed, list) else []
        return next((one for one in contained if isinstance(one, dict) and one.get("id") == target[1:]), None)
    parts = target.strip().partition("/_history/")[0].split("/")
    for held in received.of(parts[-2]) if len(parts) > 1 else ():
        if held.resource.get("id") == parts[-1]:
            return held.resource
    return next((held.resource for held in _all(received) if held.full_url == target), None)


def _all(received: Received) -> Any:
    return (held for group in received.by_type.values() for held in group)
