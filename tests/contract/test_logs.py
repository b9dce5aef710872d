"""What callers send stands in no log: planted words go through every route, right and wrong, and are looked for."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.contract.calls import URL, bundle, call, observation
from tests.contract.test_wire import answer_to
from tests.planted import COMMENT, NAME, PATIENT, TEXT, TOKEN, WRITTEN, leaks
from tests.serving import Server, serving

DATABASE = Path("var") / "calls.sqlite3"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def planted_call(**changed: Any) -> dict[str, Any]:
    """A call with planted words wherever a patient's data stand, and with an access token."""
    body = call(TEXT, {"patient": {"resourceType": "Patient", "id": PATIENT, "name": [{"family": NAME}]}})
    body["context"]["patientId"] = PATIENT
    for entry in body["context"]["draftReports"]["entry"]:
        entry["resource"] |= {"id": "planted-report", "subject": {"reference": f"Patient/{PATIENT}", "display": NAME}}
    lab = {**observation("planted-lab", "2731-8", 900, "pg/mL"), "subject": {"reference": f"Patient/{PATIENT}"}}
    body["prefetch"]["pth"] = bundle(lab, {**lab, "valueQuantity": {"value": NAME}}, {"resourceType": "Planted"})
    access = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 300, "scope": "x", "subject": NAME}
    return {**body, "fhirServer": "https://planted.example.org", "fhirAuthorization": access, **changed}


def said(**changed: Any) -> dict[str, Any]:
    """Feedback with planted words."""
    reason = {"reason": {"code": "planted", "display": NAME}, "userComment": COMMENT}
    item = {"card": "planted-card", "outcome": "overridden", "outcomeTimestamp": "2026-01-01T12:00:00Z"}
    return {"feedback": [{**item, "overrideReason": reason, **changed}]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("planted")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with serving(folder, {"CALCIFICATION_CDS_MAX_BODY_BYTES": "100000"}) as running:
        yield running


def require_silence(server: Server) -> None:
    assert leaks(server.log.read_text("utf-8").splitlines()) == []


SENT: list[tuple[str, int, str, str, dict[str, Any]]] = [
    ("a good call", 200, "POST", URL, {"json": planted_call()}),
    ("a wrong hook", 400, "POST", URL, {"json": planted_call(hook="planted")}),
    ("a wrong instance", 400, "POST", URL, {"json": planted_call(hookInstance=NAME)}),
    ("a wrong context", 400, "POST", URL, {"json": planted_call(context={"patientId": {NAME: 1}})}),
    ("no JSON", 400, "POST", URL, {"data": f'{{"{NAME}"', "headers": {"Content-Type": "application/json"}}),
    ("another media type", 415, "POST", URL, {"data": NAME, "headers": {"Content-Type": "text/planted"}}),
    ("too much", 413, "POST", URL, {"json": {NAME: NAME * 20_000}}),
    ("an unknown service", 404, "POST", f"/cds-services/{NAME}", {"json": planted_call()}),
    ("a wrong method", 405, "PUT", f"{URL}?patient={PATIENT}", {"json": planted_call()}),
    ("a token", 401, "POST", URL, {"json": planted_call(), "headers": BEARER}),
    ("a token for discovery", 401, "GET", "/cds-services", {"headers": BEARER}),
    ("feedback", 200, "POST", f"{URL}/feedback", {"json": said()}),
    ("wrong feedback", 400, "POST", f"{URL}/feedback", {"json": said(outcome=NAME)}),
    ("feedback with a token", 401, "POST", f"{URL}/feedback", {"json": said(), "headers": BEARER}),
    ("a call's page without a sign-in", 401, "GET", f"/calls/{PATIENT}", {}),
    ("a wrong token of people", 403, "GET", f"/sign-in?token={TOKEN}&next=/{NAME}", {}),
    ("a wrong cookie", 401, "GET", "/audit/looks", {"cookies": {"calcification-cds-8080-session": TOKEN}}),
    ("an unknown page", 404, "GET", f"/{NAME}?{PATIENT}", {}),
    ("another host", 403, "GET", f"/{NAME}", {"headers": {"Host": f"{NAME}.example.org"}}),
]


def send(server: Server, method: str, path: str, sent: dict[str, Any]) -> requests.Response:
    return requests.request(method, server.url + path, timeout=30, auth=lambda request: request, **sent)


@pytest.mark.parametrize(("what", "status", "method", "path", "sent"), SENT, ids=[case[0] for case in SENT])
def test_no_log_holds_what_was_sent_with(
    what: str, status: int, method: str, path: str, sent: dict[str, Any], server: Server
) -> None:
    assert send(server, method, path, sent).status_code == status, what
    require_silence(server)


@pytest.mark.parametrize(
    "raw",
    [
        b"planted\r\n\r\n",
        b"GET /planted HTTP/9.9\r\n\r\n",
        b"GET /planted HTTP/1.1\r\nplanted planted: planted\r\n\r\n",
        b"GET /planted HTTP/1.1\r\nA: " + b"planted" * 5000 + b"\r\n\r\n",
        b"POST /planted HTTP/1.1\r\nTransfer-Encoding: planted\r\n\r\n",
        f"POST {URL} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nplanted\r\n".encode(),
    ],
)
def test_no_log_holds_what_is_no_request(raw: bytes, server: Server) -> None:
    answer_to(server.url, raw)
    require_silence(server)


def test_a_failure_is_logged_with_its_place_and_without_what_it_was_about(server: Server, folder: Path) -> None:
    answer = send(server, "POST", URL, {"json": planted_call()}).json()
    page = answer["cards"][0]["links"][0]["url"]
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        database.execute("DROP TRIGGER calls_no_update")
        bodies = database.execute("SELECT body, seq FROM calls").fetchall()
        database.execute("UPDATE calls SET body = ?", (json.dumps(NAME).encode(),))
        database.commit()
        assert server.signed_in().get(page, timeout=30).status_code == 500
        database.executemany("UPDATE calls SET body = ? WHERE seq = ?", bodies)
        database.commit()
    assert "in unpacked" in server.log.read_text("utf-8")
    require_silence(server)


def test_a_dead_database_is_logged_without_what_could_not_be_kept(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        with closing(sqlite3.connect(tmp_path / DATABASE)) as database:
            for table in ("feedback", "cards", "seen_tokens"):
                database.execute(f"DROP TABLE {table}")
            database.commit()
        assert send(server, "POST", URL, {"json": planted_call()}).status_code == 503
        assert send(server, "POST", f"{URL}/feedback", {"json": said()}).status_code == 503
        assert "RecordNotKept" in server.log.read_text("utf-8")
        require_silence(server)


@pytest.mark.parametrize(
    "line",
    [
        f"refused {PATIENT}",
        f"Mr {NAME.upper()}",
        f"Authorization: Bearer {TOKEN}",
        "sent bearer 0123456789",
        COMMENT,
        TOKEN,
    ],
)
def test_the_search_finds_what_it_looks_for(line: str) -> None:
    assert leaks(["a line", line]) == [line]


def test_every_logger_of_this_process_is_listened_to() -> None:
    logging.getLogger("cds_service.somewhere").debug("heard %s", "here")
    logging.getLogger("some.library").warning("heard %s", "there")
    assert {"heard here", "heard there"} <= set(WRITTEN)
