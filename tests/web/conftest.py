"""A small installation behind the web: a real store, and a CDS service that knows one answer to every call."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cds_service.audit import tables
from cds_service.audit.engine import open_engine
from cds_service.audit.record import Arrival, AuditRecord, timestamp
from cds_service.audit.spool import make_folder
from cds_service.audit.store import Store
from cds_service.fhir.access.servers import FhirServer
from cds_service.fhir.request import HookCall
from cds_service.security.gate import Gate
from cds_service.settings import Settings
from cds_service.web.application import assemble
from cds_service.web.installation import Installation, Offer
from cds_service.web.sample import sample_request
from tests.audit.records import RECORD
from tests.audit.stores import store_on
from tests.conftest import NOON
from tests.web.sample_explanation import SAMPLE

SERVICE = "calcification-report-sign"
HOOK = "io.github.calcification-cds.report-sign"
OPEN_GATE = Gate((), ["http://127.0.0.1:8081"], lambda *_: True, lambda: NOON, asks_everybody=False)


@dataclass
class OneAnswer:
    """A CDS service of tests: one card for every call, or the error it was told to raise."""

    raises: Exception | None = None
    asked: list[tuple[HookCall, Arrival]] = field(default_factory=list)

    def __call__(self, call: HookCall, arrival: Arrival, _servers: Sequence[FhirServer]) -> "Told":
        self.asked.append((call, arrival))
        if self.raises is not None:
            raise self.raises
        card = {"uuid": "card-1", "summary": f"as of {timestamp(arrival.as_of)}"}
        record = replace(
            RECORD,
            received_at=timestamp(arrival.received_at),
            hook_instance=call.hook_instance,
            fingerprint=arrival.fingerprint,
            duration_us=arrival.elapsed_us(),
            body={"cards": [card], "reports": []},
        )
        return Told([card], record)


@dataclass
class Told:
    """What the CDS service of tests answers."""

    cards: list[Mapping[str, Any]]
    record: AuditRecord


@pytest.fixture
def service() -> OneAnswer:
    return OneAnswer()


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    engine = open_engine(settings.database_url, settings.sqlite_synchronous)
    tables.create(engine)
    make_folder(settings.spool_dir)
    kept = store_on(engine, NOON, spool=settings.spool_dir)
    kept.put_content(RECORD.content_version, {})
    yield kept
    kept.close()


@pytest.fixture
def build(settings: Settings, store: Store, service: OneAnswer) -> Callable[..., Flask]:
    """Makes the web application, a minute passing with each call; other settings come in by name."""
    ticks, ids, minutes = count(step=1_000_000), count(1), count()

    def make(gate: Gate = OPEN_GATE, **changed: Any) -> Flask:
        discovery = {"id": SERVICE, "hook": HOOK, "title": "Differential", "description": "Ranks."}
        return assemble(
            Installation(
                settings=replace(settings, **changed),
                offers={SERVICE: Offer(SERVICE, HOOK, discovery, service)},
                store=store,
                gate=gate,
                content_version=RECORD.content_version,
                sample=sample_request(HOOK, "Radiograph", "Calcified mass about the hip."),
                documents={
                    "report-sign": "# A hook\n\n| Field |\n| --- |\n| `userId` |\n\n<script>alert(1)</script>\n"
                },
                explain=lambda _body, _content: SAMPLE,
                clock=lambda: NOON + timedelta(minutes=next(minutes)),
                stopwatch=lambda: next(ticks),
                new_id=lambda: f"refused-{next(ids)}",
            )
        )

    return make


@pytest.fixture
def client(build: Callable[..., Flask]) -> FlaskClient:
    """A caller on this machine."""
    return build().test_client()
