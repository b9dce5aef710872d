"""Asks the service as an EHR would, in this process: a report, a chart, the cards that come back."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cds_service.answer import Setting, answer
from cds_service.audit.answered import NOTHING_BEFORE, Before
from cds_service.audit.record import Arrival, AuditRecord, fingerprint
from cds_service.fhir.fetched import NOTHING_FETCHED, Fetched
from cds_service.fhir.request import read_call
from cds_service.hooks import SERVICES
from cds_service.hooks.service import Service
from tests.replay.alike import otherwise
from tests.shipped import shipped_content

DOMAIN = "io.github.calcification-cds"
HOOK = f"{DOMAIN}.report-sign"
SERVICE = SERVICES["calcification-report-sign"]
AS_OF = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)
SOURCES = "http://127.0.0.1:8080/rules/source-attributes"
CONTENT = shipped_content()
LOINC = {
    "calcium": {"mg/dL": "17861-6", "mmol/L": "2000-8"},
    "phosphate": {"mg/dL": "2777-1", "mmol/L": "14879-1"},
    "pth": {"pg/mL": "2731-8", "pmol/L": "14866-8"},
    "egfr": {"mL/min/{1.73_m2}": "98979-8"},
    "creatinine": {"mg/dL": "2160-0", "umol/L": "14682-9"},
    "eosinophils": {"10*3/uL": "711-2"},
    "vitamin-d-25": {"ng/mL": "62292-8", "nmol/L": "14635-7"},
}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What came back."""

    cards: list[Json]
    record: AuditRecord

    @property
    def ranked(self) -> list[Json]:
        """The ranked list of the differential card; empty without one."""
        listed: list[Json] = self.card("differential").get("extension", {}).get(f"{DOMAIN}.differential", [])
        return listed

    @property
    def names(self) -> list[str]:
        """The etiologies in their order."""
        return [one["etiology"] for one in self.ranked]

    @property
    def likely(self) -> list[str]:
        """The etiologies that are called likely."""
        return [one["etiology"] for one in self.ranked if one["tier"] == "likely"]

    def card(self, kind: str) -> Json:
        """The card of a kind; empty where there is none."""
        return next((card for card in self.cards if card["extension"][f"{DOMAIN}.kind"] == kind), {})


def observation(lab: str, value: float, unit: str, **more: Any) -> Json:
    """A laboratory Observation of the day before the call."""
    quantity = {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
    return {
        "resourceType": "Observation",
        "id": f"{lab}-1",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": LOINC[lab][unit]}]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-06-29",
        "valueQuantity": quantity,
        **more,
    }


def bundle(resources: Sequence[Json]) -> Json:
    """A searchset Bundle."""
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": item} for item in resources]}


def report(text: str, **more: Any) -> Json:
    """A preliminary report with the text as its conclusion."""
    return {
        "resourceType": "DiagnosticReport",
        "id": "draft-1",
        "status": "preliminary",
        "code": {"text": "Imaging report"},
        "subject": {"reference": "Patient/p1"},
        "conclusion": text,
        **more,
    }


def hook_request(
    text: str = "",
    labs: Sequence[tuple[str, float, str]] = (),
    conditions: Sequence[str] = (),
    birth_date: str | None = None,
    prefetch: Mapping[str, Any] | None = None,
    reports: Sequence[Json] | None = None,
) -> Json:
    """A whole request; `prefetch` adds to or replaces what the other arguments make."""
    drafts = [report(text)] if reports is None else list(reports)
    patient = {"resourceType": "Patient", "id": "p1", **({"birthDate": birth_date} if birth_date else {})}
    problems = [
        {"resourceType": "Condition", "id": f"c{place}", "code": {"text": name}, "subject": {"reference": "Patient/p1"}}
        for place, name in enumerate(conditions)
    ]
    chart: Json = {
        "patient": patient,
        "conditions": bundle(problems),
        "procedures": bundle([]),
        "medications": bundle([]),
    }
    if labs:
        chart["calcium"] = bundle([observation(*lab) for lab in labs])
    context = {"userId": "Practitioner/1", "patientId": "p1", "draftReports": bundle(drafts)}
    return {
        "hook": HOOK,
        "hookInstance": str(uuid5(NAMESPACE_URL, text)),
        "context": context,
        "prefetch": {**chart, **(prefetch or {})},
    }


def ask(
    request: Json,
    service: Service = SERVICE,
    before: Before = NOTHING_BEFORE,
    elapsed_us: Callable[[], int] = lambda: 0,
    fetched: Fetched = NOTHING_FETCHED,
) -> Told:
    """The answer of a service to a request, judged at a fixed moment; its record is replayed, and must say the same."""
    call = replace(read_call(request, service.id, service.hook_name(DOMAIN)), fetched=fetched)
    arrival = Arrival(AS_OF, AS_OF, "tests", fingerprint(request), elapsed_us)
    setting = Setting(CONTENT, DOMAIN, "http://127.0.0.1:8080", lambda patient: f"key of {patient}", SOURCES)
    given = answer(service, call, arrival, setting, before)
    assert otherwise(given.record, CONTENT) == []
    return Told(given.cards, given.record)


def stored_report(name: str, text: str, day: str, **more: Any) -> Json:
    """A final imaging report as a FHIR server has it."""
    category = [{"coding": [{"system": "http://loinc.org", "code": "LP29684-5"}]}]
    stored = {"id": name, "status": "final", "effectiveDateTime": day, "category": category, **more}
    return report(text, **stored)


def request_of(service: Service, context: Mapping[str, Any], prefetch: Mapping[str, Any], user: str = "") -> Json:
    """A whole request of any hook; the context's user is a practitioner unless named."""
    instance = str(uuid5(NAMESPACE_URL, f"{service.id} {json.dumps([context, prefetch], sort_keys=True)}"))
    return {
        "hook": service.hook_name(DOMAIN),
        "hookInstance": instance,
        "context": {"userId": user or "Practitioner/1", "patientId": "p1", **context},
        "prefetch": {"patient": {"resourceType": "Patient", "id": "p1"}, **prefetch},
    }
