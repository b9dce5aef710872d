"""The whole service beside a FHIR server: what the prefetch left out is asked for, and only where it matters."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.contract.calls import URL, call, observation
from tests.fhir.access.scripted import Heard, Script, ScriptedServer, bundle, fhir, http, scripted
from tests.signed_in import SignedIn

TOKEN = "planted-access-token-c0ffee"
SILENT = "No acute fracture. Vascular calcification of the femoral arteries."
Json = dict[str, Any]
P1: Json = {"reference": "Patient/example"}
PATIENT: Json = {"resourceType": "Patient", "id": "example", "birthDate": "1970-05-01", "gender": "male"}
LABS: list[Json] = [
    observation("egfr", "98979-8", 8, "mL/min/{1.73_m2}"),
    observation("pth", "2731-8", 900, "pg/mL"),
    observation("phosphate", "2777-1", 8.2, "mg/dL"),
]
REPORT: Json = {
    "resourceType": "DiagnosticReport",
    "id": "r1",
    "status": "preliminary",
    "code": {"text": "CT pelvis"},
    "subject": P1,
    "effectiveDateTime": "2026-11-02",
    "conclusion": "Large lobulated periarticular calcified masses about both hips with fluid-calcium levels.",
}


def chart_server(heard: Heard) -> list[bytes]:
    """Answers what the templates ask for, as far as the chart holds it."""
    kind, _, asked = unquote(heard.target).removeprefix("/fhir/r4/").partition("?")
    if kind == "Patient/example":
        return [fhir(PATIENT)]
    if kind.startswith("DiagnosticReport"):
        return [fhir(bundle(REPORT) if asked else REPORT)]
    if kind == "Observation":
        return [fhir(bundle(*(lab for lab in LABS if lab["code"]["coding"][0]["code"] in asked)))]
    return [fhir(bundle())]


@dataclass
class Room:
    """A demo with the draft hooks on, the FHIR server that it may ask, and where the demo keeps its record."""

    client: FlaskClient
    server: ScriptedServer
    folder: Path
    answers: list[Script]

    def answering(self, script: Script) -> None:
        """From now on the server answers so."""
        self.answers[:] = [script]


def _demo(folder: Path, origin: str) -> FlaskClient:
    settings = Settings(
        database_url=f"sqlite:///{folder}/calls.sqlite3",
        patient_key_file=folder / "patient.key",
        audit_key_file=folder / "audit.key",
        spool_dir=folder / "spool",
        local_token_file=folder / "local.token",
        fhir_servers=origin,
        draft_hooks="on",
        repeat_silence_hours=0,
    )
    app = create_app(settings)
    app.test_client_class = SignedIn
    return app.test_client()


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    answers: list[Script] = [chart_server]
    folder = tmp_path_factory.mktemp("installation")
    with scripted(lambda heard: answers[0](heard)) as server:
        yield Room(_demo(folder, server.origin), server, folder, answers)


@pytest.fixture
def room(started: Room) -> Room:
    """The room as it is at first: the server has the chart, and nobody has asked it."""
    started.answering(chart_server)
    started.server.heard.clear()
    return started


def access(server: ScriptedServer, **changed: Any) -> Json:
    authorization = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 300, "scope": "user/*.read"}
    return {"fhirServer": server.base, "fhirAuthorization": {**authorization, "subject": "us", **changed}}


def cards(client: FlaskClient, body: Json, url: str = URL) -> list[Json]:
    answer = client.post(url, json=body)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json["cards"] if answer.json else []
    return found


def test_a_call_without_prefetch_is_answered_from_the_fhir_server(room: Room) -> None:
    (card,) = cards(room.client, call(**access(room.server)))
    assert "likely secondary hyperparathyroidism" in card["summary"]
    assert "eGFR 8" in card["detail"]
    assert {heard.headers["authorization"] for heard in room.server.heard} == {f"Bearer {TOKEN}"}
    assert len(room.server.heard) == 12


def test_what_was_sent_is_not_asked_for_again(room: Room) -> None:
    sent = {
        "patient": PATIENT,
        "renal": bundle(LABS[0]),
        "pth": None,
        "conditions": {"resourceType": "OperationOutcome"},
    }
    cards(room.client, call(prefetch=sent, **access(room.server)))
    asked = [unquote(target) for target in room.server.targets()]
    assert len(asked) == 8
    assert not any(target.startswith(("Patient", "Condition")) or "98979-8" in target for target in asked)


def test_a_report_without_a_finding_asks_for_nothing(room: Room) -> None:
    assert cards(room.client, call(SILENT, **access(room.server))) == []
    assert room.server.heard == []


@pytest.mark.parametrize(
    ("what", "changed", "reason"),
    [
        ("a token for another patient", {"patient": "other"}, "patient"),
        ("a token of another kind", {"token_type": "mac"}, "Bearer"),
        ("a token that has run out", {"expires_in": 0}, "expire"),
    ],
)
def test_a_token_that_is_not_right_is_not_used_and_the_call_goes_on(
    what: str, changed: Json, reason: str, room: Room
) -> None:
    (card,) = cards(room.client, call(**access(room.server, **changed)))
    assert room.server.heard == [], what
    page = room.client.get(card["links"][0]["url"].partition("8080")[2]).text
    assert "FHIR server" in page
    assert reason in page


@pytest.mark.parametrize("name", ["CBC with differential", "Basic metabolic panel"])
def test_a_routine_order_asks_for_nothing(name: str, room: Room) -> None:
    order = {"resourceType": "ServiceRequest", "status": "draft", "subject": P1, "code": {"text": name}}
    context = {"userId": "Practitioner/1", "patientId": "example", "draftOrders": bundle(order)}
    request = {**call(hook="order-sign", **access(room.server)), "context": context}
    assert cards(room.client, request, "/cds-services/calcification-order-sign") == []
    assert room.server.heard == []


def test_a_server_that_is_not_listed_is_not_asked(room: Room) -> None:
    with scripted(chart_server) as unlisted:
        (card,) = cards(room.client, call(**access(unlisted)))
        assert unlisted.heard == room.server.heard == []
    assert "Of the chart nothing is known (not provided)." in card["detail"]


@pytest.mark.parametrize(
    ("what", "answer", "state"),
    [
        ("forbidden", http(403), "access not permitted"),
        ("broken", http(500), "the FHIR server did not answer"),
        ("garbage", http(200, "<html>"), "could not be read"),
    ],
)
def test_what_the_server_does_not_give_is_told_on_the_card(what: str, answer: bytes, state: str, room: Room) -> None:
    room.answering(lambda _: [answer])
    (card,) = cards(room.client, call(**access(room.server)))
    assert f"({state})" in card["detail"], what


def test_a_chart_is_opened_with_nothing_but_access(room: Room) -> None:
    request = {
        **call(hook="patient-view", **access(room.server)),
        "context": {"userId": "Practitioner/1", "patientId": "example"},
    }
    (card,) = cards(room.client, request, "/cds-services/calcification-patient-view")
    assert "likely secondary hyperparathyroidism" in card["summary"]
    searches = [unquote(target) for target in room.server.targets() if target.startswith("DiagnosticReport?")]
    assert len(searches) == 2
    assert {("LP29684-5" in search, "|RAD" in search) for search in searches} == {(True, False), (False, True)}


def test_who_is_no_clinician_causes_no_question(room: Room) -> None:
    request = {
        **call(hook="patient-view", **access(room.server)),
        "context": {"userId": "Patient/example", "patientId": "example"},
    }
    assert cards(room.client, request, "/cds-services/calcification-patient-view") == []
    assert room.server.heard == []


@pytest.mark.parametrize("named", ["r1", "DiagnosticReport/r1"])
def test_a_draft_hook_reads_its_report_by_its_id(named: str, room: Room) -> None:
    context = {"userId": "Practitioner/1", "patientId": "example", "reportId": named, "status": "preliminary"}
    request = {**call(hook="report-review", **access(room.server)), "context": context}
    (card,) = cards(room.client, request, "/cds-services/calcification-report-review")
    assert "DiagnosticReport/r1" in card["detail"]
    assert "DiagnosticReport/r1" in room.server.targets()


def test_the_token_is_kept_nowhere(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    cards(room.client, call(**access(room.server)))
    wrong = access(room.server, patient="other")
    cards(room.client, call(hookInstance="0a6b3c55-6f0e-4b0b-8a4c-1b8f3ac5f003", **wrong))
    stored = b"".join(path.read_bytes() for path in room.folder.glob("calls.sqlite3*"))
    assert TOKEN.encode() not in stored
    assert TOKEN not in caplog.text
