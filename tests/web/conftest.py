"""A small installation behind the web: a real store, and a CDS service that knows one answer to every call."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache, partial
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from cds_service.audit.console.console import Console
from cds_service.audit.contents import Contents
from cds_service.audit.engine import open_engine
from cds_service.audit.looks import Looks
from cds_service.audit.opened import Audit, open_audit
from cds_service.audit.record import Arrival, AuditRecord, timestamp
from cds_service.audit.rule_figures import figures_of_rule
from cds_service.audit.spool import Spool, make_folder
from cds_service.audit.store import Store
from cds_service.audit.switchboard import Subject, Switchboard
from cds_service.audit.switches import Kind
from cds_service.content.cases import CaseVerdict, judge_cases
from cds_service.content.load import Content
from cds_service.content.locate import default_content
from cds_service.content.schemas import Schemas
from cds_service.export.disguise import DeIdentified
from cds_service.export.run import Source
from cds_service.fhir.access.servers import FhirServer
from cds_service.fhir.request import HookCall
from cds_service.security.gate import Gate
from cds_service.security.report_texts import ReportTexts
from cds_service.security.sign_in.people import People, open_people
from cds_service.settings import Settings
from cds_service.web.application import assemble
from cds_service.web.installation import ConsoleSetting, Installation, Offer, Rulebook
from cds_service.web.sample import sample_request
from tests.audit.records import RECORD
from tests.audit.stores import KEY
from tests.conftest import NOON
from tests.shipped import shipped_content
from tests.signed_in import SignedIn
from tests.web.sample_explanation import SAMPLE

SERVICE = "calcification-report-sign"
NO_TEXTS = ReportTexts(False, (), lambda: bytes(12))
HOOK = "io.github.calcification-cds.report-sign"
SUBJECTS = (
    Subject(Kind.RULE, "fop-pattern", "Pattern of fibrodysplasia", "active", must_not_miss=True),
    Subject(Kind.RULE, "gout", "Gout <b>bold</b>", "active"),
    Subject(Kind.RULE, "pseudogout", "Pyrophosphate", "shadow"),
    Subject(Kind.CLIENT, "loopback", "this machine"),
    Subject(Kind.SERVICE, SERVICE, "Differential"),
)
OPEN_GATE = Gate((), ["http://127.0.0.1:8081"], lambda *_: True, lambda: NOON, asks_everybody=False)


@dataclass
class OneAnswer:
    """A CDS service of tests: one card for every call, or the error it was told to raise."""

    raises: Exception | None = None
    asked: list[tuple[HookCall, Arrival]] = field(default_factory=list)
    texts: tuple[str, ...] = ()

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
        return Told([card], record, self.texts)


@dataclass
class Told:
    """What the CDS service of tests answers."""

    cards: list[Mapping[str, Any]]
    record: AuditRecord
    texts: tuple[str, ...]


@cache
def packaged_cases() -> tuple[CaseVerdict, ...]:
    """Its cases, judged."""
    rules, cards = default_content()
    return tuple(judge_cases(shipped_content(), rules, Schemas((rules / "schema", cards / "schema"))))


@pytest.fixture
def content() -> Content:
    """The rules and wording in use: those that came with the program."""
    return shipped_content()


@pytest.fixture
def service() -> OneAnswer:
    return OneAnswer()


@pytest.fixture
def audit(settings: Settings) -> Iterator[Audit]:
    make_folder(settings.spool_dir)
    ids = count(1)
    seconds = count(step=3_000_000_000)
    opened = open_audit(
        settings.database_url,
        settings.sqlite_synchronous,
        KEY,
        lambda: NOON,
        lambda: f"writer{next(ids)}",
        seconds.__next__,
        Spool(settings.spool_dir),
    )
    opened.store.put_content(RECORD.content_version, {})
    yield opened
    opened.store.close()


@pytest.fixture
def engine(audit: Audit, settings: Settings) -> Iterator[Engine]:  # noqa: ARG001  # the tables are there first
    """The same database by another way in."""
    opened = open_engine(settings.database_url, settings.sqlite_synchronous)
    yield opened
    opened.dispose()


@pytest.fixture
def store(audit: Audit) -> Store:
    return audit.store


@pytest.fixture
def looks(audit: Audit) -> Looks:
    return audit.looks


@pytest.fixture
def switchboard(audit: Audit) -> Switchboard:
    """Switches for a must-not-miss rule, two rules, a client and a service; read anew at each look."""
    return Switchboard(audit.switches, SUBJECTS)


@pytest.fixture
def build(settings: Settings, audit: Audit, service: OneAnswer, content: Content) -> Callable[..., Flask]:
    """Makes the web application, a minute passing with each call; other settings come in by name."""
    ticks, ids, minutes = count(step=1_000_000), count(1), count()

    def make(
        gate: Gate = OPEN_GATE,
        people: People | None = None,
        report_texts: ReportTexts = NO_TEXTS,
        **changed: Any,
    ) -> Flask:
        discovery = {"id": SERVICE, "hook": HOOK, "title": "Differential", "description": "Ranks."}
        own = replace(settings, **changed)
        app = assemble(
            Installation(
                settings=own,
                offers={SERVICE: Offer(SERVICE, HOOK, discovery, service)},
                store=audit.store,
                looks=audit.looks,
                gate=gate,
                people=people or open_people(own, audit.seen, lambda: NOON, lambda: next(ticks)),
                content_version=RECORD.content_version,
                rulebook=Rulebook(
                    content,
                    Contents(audit.store.reading),
                    packaged_cases,
                    partial(figures_of_rule, audit.store.reading),
                ),
                sample=sample_request(HOOK, "Radiograph", "Calcified mass about the hip."),
                report_texts=report_texts,
                documents={
                    "report-sign": "# A hook\n\n| Field |\n| --- |\n| `userId` |\n\n<script>alert(1)</script>\n"
                },
                explain=lambda *_: SAMPLE,
                switchboard=Switchboard(audit.switches, SUBJECTS),
                clock=lambda: NOON + timedelta(minutes=next(minutes)),
                stopwatch=lambda: next(ticks),
                records=Source(audit.store, audit.stream),
                disguise=DeIdentified(bytes(32)),
                new_id=lambda: f"refused-{next(ids)}",
                console=ConsoleSetting(
                    Console(open_engine(settings.database_url, settings.sqlite_synchronous)),
                    patient_key=lambda patient: f"key-of-{len(patient)}",
                    override_reasons={"need-more-info": "Waiting for results"},
                ),
            )
        )
        app.test_client_class = SignedIn
        return app

    return make


@pytest.fixture
def client(build: Callable[..., Flask]) -> FlaskClient:
    """A caller on this machine, signed in."""
    return build().test_client()


@pytest.fixture
def stranger(build: Callable[..., Flask]) -> FlaskClient:
    """A caller on this machine who is not signed in."""
    app = build()
    return FlaskClient(app, app.response_class)
