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
    named = received.by_id.get((parts[-2], parts[-1])) if len(parts) > 1 else None
    return named if named is not None else received.by_url.get(target)
