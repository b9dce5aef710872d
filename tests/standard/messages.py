"""One good message of each kind, with every member that the standard knows, and how to change one of them."""

from copy import deepcopy
from typing import Any

from tests.contract.calls import CHART, call

Json = dict[str, Any]

LEFT_OUT = object()
"""Instead of a value: the member is taken away."""

DISCOVERY: Json = {
    "services": [
        {
            "hook": "order-sign",
            "title": "Orders",
            "description": "Looks at orders.",
            "id": "orders",
            "prefetch": {
                "patient": "Patient/{{context.patientId}}",
                "labs": "Observation?patient={{context.patientId}}&code=http://loinc.org|1&_sort=-date&_count=5",
            },
            "usageRequirements": "None.",
            "version": "2.0.1",
            "hookVersion": "1.0",
            "extension": {"org.example.reviewed": True},
        }
    ]
}

REQUEST: Json = call(
    prefetch=CHART,
    fhirServer="https://ehr.example.org/fhir",
    fhirAuthorization={
        "access_token": "opaque",
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "patient/Observation.rs",
        "subject": "cds-service",
        "patient": "example",
    },
    extension={"org.example.workstation": "7"},
)

_ORDER: Json = {"resourceType": "ServiceRequest", "status": "draft", "intent": "proposal"}

RESPONSE: Json = {
    "cards": [
        {
            "uuid": "5c0e9d6c-0b7c-4f3b-9a34-0d1c2b3a4e51",
            "summary": "Look at this.",
            "detail": "At length &lt;b&gt;.",
            "indicator": "info",
            "source": {
                "label": "Example",
                "url": "https://example.org/",
                "icon": "https://example.org/icon.png",
                "topic": {"code": "example", "system": "https://example.org/topics", "display": "Example"},
            },
            "suggestions": [
                {
                    "label": "Order one",
                    "uuid": "5c0e9d6c-0b7c-4f3b-9a34-0d1c2b3a4e52",
                    "isRecommended": True,
                    "actions": [
                        {"type": "create", "description": "Order it", "resource": _ORDER},
                        {"type": "delete", "description": "Drop it", "resourceId": "ServiceRequest/1"},
                    ],
                    "actionSelectionBehavior": "all",
                },
                {
                    "label": "Change one",
                    "uuid": "5c0e9d6c-0b7c-4f3b-9a34-0d1c2b3a4e53",
                    "isRecommended": False,
                    "actions": [{"type": "update", "description": "Change it", "resource": {**_ORDER, "id": "1"}}],
                },
            ],
            "selectionBehavior": "at-most-one",
            "overrideReasons": [{"code": "known", "system": "https://example.org/reasons", "display": "Known"}],
            "links": [
                {"label": "Why", "url": "https://example.org/why", "type": "absolute"},
                {
                    "label": "App",
                    "url": "https://example.org/launch",
                    "type": "smart",
                    "appContext": "a=1",
                    "autolaunchable": False,
                },
            ],
            "extension": {"org.example.kind": "example"},
        }
    ],
    "systemActions": [{"type": "create", "description": "Note it", "resource": _ORDER}],
}

FEEDBACK: Json = {
    "feedback": [
        {
            "card": "5c0e9d6c-0b7c-4f3b-9a34-0d1c2b3a4e51",
            "outcome": "accepted",
            "acceptedSuggestions": [{"id": "5c0e9d6c-0b7c-4f3b-9a34-0d1c2b3a4e52"}],
            "outcomeTimestamp": "2026-01-31T09:30:00.123Z",
        },
        {
            "card": "5c0e9d6c-0b7c-4f3b-9a34-0d1c2b3a4e51",
            "outcome": "overridden",
            "overrideReason": {"reason": {"code": "known", "system": "https://x.example"}, "userComment": "Seen."},
            "outcomeTimestamp": "2026-01-31T09:30:00+01:00",
        },
    ]
}

GOOD = {"discovery": DISCOVERY, "request": REQUEST, "response": RESPONSE, "feedback": FEEDBACK}


def changed(message: Json, path: str, value: object) -> Json:
    """The message with one member set, or taken away; `path` is its keys and indices, with slashes between."""
    copy = deepcopy(message)
    *outer, last = (int(part) if part.isdigit() else part for part in path.split("/"))
    held: Any = copy
    for part in outer:
        held = held[part]
    if value is LEFT_OUT:
        del held[last]
    else:
        held[last] = value
    return copy
