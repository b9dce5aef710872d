"""The CapabilityStatement of the sandbox, made from the table by which it searches: it cannot say anything else."""

from datetime import datetime
from typing import Any

from cds_service import __version__
from cds_service.sandbox.parameters import SUPPORTED, Parameter
from cds_service.sandbox.query import LARGEST_COUNT, USUAL_COUNT
from cds_service.sandbox.values import DATE_PREFIXES

Json = dict[str, Any]

_ABOUT = (
    "Synthetic patients, none of whom lives, to try CDS services with. Read-only. A value may be a list with commas. "
    f"Dates take {', '.join(DATE_PREFIXES)}; modifiers, chains and includes are not supported. Other parameters are "
    "ignored and named in the Bundle, or refused under Prefer: handling=strict."
)
_TOKEN = (
    "Each request carries a Bearer token for one patient, some scopes and a time: POST patient, scope and expires_in "
    "as a form to ../token."
)
_RESULTS = (
    ("_count", "number", f"Resources on a page: {USUAL_COUNT} if not said, {LARGEST_COUNT} at most; 0 counts only."),
    (
        "_sort",
        "string",
        "Parameters that are no references, separated by commas, `-` before one for the greatest first.",
    ),
    ("_format", "token", "json, in any of its names."),
)


def capability_statement(base: str, as_of: datetime, *, secured: bool) -> Json:
    """What the server at an address can do.

    Args:
        base: its address.
        as_of: since when it holds what it holds.
        secured: whether it asks for a token.
    """
    security: Json = {"cors": True, "description": _TOKEN if secured else "Open: no token is asked for."}
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "experimental": True,
        "date": as_of.isoformat(timespec="seconds"),
        "kind": "instance",
        "software": {"name": "calcification-cds sandbox", "version": __version__},
        "implementation": {"description": "The sandbox of a calcification-cds demo", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [
            {
                "mode": "server",
                "documentation": _ABOUT,
                "security": security,
                "resource": [_resource(kind, parameters) for kind, parameters in SUPPORTED.items()],
                "searchParam": [{"name": name, "type": kind, "documentation": says} for name, kind, says in _RESULTS],
            }
        ],
    }


def _resource(kind: str, parameters: tuple[Parameter, ...]) -> Json:
    return {
        "type": kind,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "versioning": "no-version",
        "searchParam": [{"name": parameter.name, "type": str(parameter.kind)} for parameter in parameters],
    }
