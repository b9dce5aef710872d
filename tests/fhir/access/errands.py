"""Hook calls that lack something, and what is fetched for them."""

from collections.abc import Mapping, Sequence
from typing import Any

from cds_service.core.facts import Missing
from cds_service.fhir.access.access import FhirAccess
from cds_service.fhir.access.limits import AccessLimits
from cds_service.fhir.access.servers import FhirServer
from cds_service.fhir.fetched import Fetched
from cds_service.fhir.request import HookCall

TOKEN = "planted-token-7hK2"
LIST = "Condition?patient={{context.patientId}}&_count=200"
QUERIES = {"conditions": [LIST]}
PATIENT_QUERY = {"patient": ["Patient/{{context.patientId}}"]}
BOTH = {**PATIENT_QUERY, **QUERIES}


def grant(**changed: Any) -> dict[str, Any]:
    """A good fhirAuthorization, with changes; None takes a member out."""
    said = {
        "access_token": TOKEN,
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "user/*.read",
        "subject": "calcification",
        "patient": "p1",
        **changed,
    }
    return {name: value for name, value in said.items() if value is not None}


def call_to(base: str, prefetch: Mapping[str, Any] | None = None, **changed: Any) -> HookCall:
    """A call for patient p1 by a client whose FHIR server is at `base`; `changed` are members of fhirAuthorization."""
    context = {"userId": "Practitioner/doctor-1", "patientId": "Patient/p1", "encounterId": "Encounter/e1"}
    return HookCall(
        service="calcification-report-sign",
        hook="io.github.calcification-cds.report-sign",
        hook_instance="1b4e28ba-2fa1-4d2b-883f-0016d3cca427",
        patient_id="p1",
        fhir_server=base,
        context=context,
        prefetch=prefetch or {},
        raw={"fhirAuthorization": grant(**changed)},
    )


class Stopwatch:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.ns = 1_000_000_000

    def __call__(self) -> int:
        return self.ns

    def jump(self, milliseconds: int) -> None:
        self.ns += milliseconds * 1_000_000


LIMITS = AccessLimits(deadline_ms=20_000, call_timeout_ms=10_000)
"""Longer than in service, so that a busy machine fails no test; a test that is about time moves the stopwatch."""
BEYOND_MS = 30_000


class Asker:
    """A FhirAccess with its stopwatch, and the servers that it may ask."""

    def __init__(self, *origins: str, limits: AccessLimits = LIMITS, ca_bundle: str = "") -> None:
        self.stopwatch = Stopwatch()
        self.access = FhirAccess(limits, self.stopwatch, production=False, ca_bundle=ca_bundle)
        self.servers = tuple(FhirServer(origin, "calcification") for origin in origins)

    def fetch(self, call: HookCall, queries: Mapping[str, Sequence[str]] = QUERIES, spent_ms: float = 0) -> Fetched:
        return self.access.fetch(call, queries, self.servers, spent_ms)

    def __enter__(self) -> "Asker":
        return self

    def __exit__(self, *_: object) -> None:
        self.access.close()


def reasons(fetched: Fetched) -> str:
    """Everything that the record is told."""
    return "; ".join(item.reason for item in fetched.set_aside)


def ids(fetched: Fetched, key: str) -> list[str]:
    """The ids of what was fetched for a key."""
    return [
        resource["id"]
        for page in fetched.resources[key]
        for resource in ([entry["resource"] for entry in page.get("entry", ())] if "type" in page else [page])
    ]


NOT_READABLE, NOT_REACHABLE, NOT_PERMITTED, NOT_ALL_READ = (
    Missing.NOT_READABLE,
    Missing.NOT_REACHABLE,
    Missing.NOT_PERMITTED,
    Missing.NOT_ALL_READ,
)
