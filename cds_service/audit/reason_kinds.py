"""Reasons as the record words them, put into kinds that can be counted: what differs from call to call is left out."""

import re

LONGEST = 160
_ANY = "…"
_VARYING = (
    re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    re.compile(r"(?<=call )\S+(?=,)"),
    re.compile(r"(?<=\[)\d+(?=\])"),
    re.compile(r"\b\d{4,}\b"),
)
_SERVER = "FHIR server"


def kind_of_reason(reason: str) -> str:
    """A reason without the ids, places and long numbers that make it one call's own."""
    for varying in _VARYING:
        reason = varying.sub(_ANY, reason)
    return reason if len(reason) <= LONGEST else f"{reason[: LONGEST - 1]}{_ANY}"


def kind_of_set_aside(resource: str, reason: str) -> str:
    """The same of a reason for which a resource was set aside; a FHIR server's trouble is told without the keys."""
    if resource == _SERVER:
        return kind_of_reason(f"{_SERVER}: {reason.partition(':')[0]}")
    return kind_of_reason(reason)
