"""The production profile as it runs: known clients are answered, everybody else gets a bare 401 over HTTP."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from cds_service.app import utc_now
from tests.contract.calls import CHART, URL, call
from tests.contract.trusted import BASE, PUBLISHED, Publisher, production, publishing
from tests.security.tampered import AUDIENCE, CASES, EC, RSA, Tampered, good
from tests.serving import Server
from tests.tokens import claims, token

DISCOVERY = "/cds-services"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("production")


@pytest.fixture(scope="module")
def publisher(folder: Path) -> Iterator[Publisher]:
    with publishing(folder) as running:
        yield running


@pytest.fixture(scope="module")
def server(folder: Path, publisher: Publisher) -> Iterator[Server]:
    with production(folder, publisher) as running:
        yield running


def _discover(server: Server, header: str | None) -> requests.Response:
    headers = {} if header is None else {"Authorization": header}
    return requests.get(server.url + DISCOVERY, headers=headers, timeout=10, auth=_as_it_is)


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _call(server: Server, header: str) -> requests.Response:
    headers = {"Authorization": header}
    return requests.post(server.url + URL, json=call(prefetch=CHART), headers=headers, timeout=10, auth=_as_it_is)


def _require_bare_401(answer: requests.Response) -> None:
    assert (answer.status_code, answer.content) == (401, b"")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_tampered_token_gets_a_bare_401(case: Tampered, server: Server) -> None:
    _require_bare_401(_discover(server, case.header(utc_now())))


def test_no_token_gets_a_bare_401(server: Server) -> None:
    _require_bare_401(_discover(server, None))
    _require_bare_401(requests.post(server.url + URL, json=call(), timeout=10))
    _require_bare_401(requests.post(f"{server.url}{URL}/feedback", json={}, timeout=10))


@pytest.mark.parametrize(("what", "by"), [("ES384", EC), ("RS384", RSA)])
def test_a_known_client_is_answered(what: str, by: Any, server: Server) -> None:
    assert _discover(server, good(utc_now(), by)).json()["services"], what
    answer = _call(server, good(utc_now(), by, aud=[BASE + URL]))
    assert (answer.status_code, len(answer.json()["cards"])) == (200, 1)


def test_as_an_epic_system_signs(server: Server) -> None:
    now = int(utc_now().timestamp())
    epic = good(utc_now(), RSA, aud=BASE + URL, sub="a6a8", nbf=now, exp=now + 900, **{"epic.extra": {"a": [1]}})
    assert _call(server, epic).status_code == 200


@pytest.mark.parametrize("audience", [URL, f"{URL}/feedback"])
def test_feedback_may_be_addressed_to_its_service_or_to_itself(audience: str, server: Server) -> None:
    said = {"card": "c", "outcome": "overridden", "outcomeTimestamp": "2026-01-01T12:05:00Z"}
    headers = {"Authorization": good(utc_now(), aud=BASE + audience)}
    answer = requests.post(f"{server.url}{URL}/feedback", json={"feedback": [said]}, headers=headers, timeout=10)
    assert answer.status_code == 200


def test_a_card_of_production_links_to_no_page_that_is_not_served(server: Server) -> None:
    (card,) = _call(server, good(utc_now(), aud=BASE + URL)).json()["cards"]
    assert "links" not in card
    assert requests.get(server.url + "/", timeout=10).status_code == 404


def test_a_card_of_production_says_where_it_comes_from_to_who_has_no_token(server: Server) -> None:
    (card,) = _call(server, good(utc_now(), aud=BASE + URL)).json()["cards"]
    assert card["source"]["url"] == f"{BASE}/rules/source-attributes"
    page = requests.get(server.url + "/rules/source-attributes", timeout=10)
    assert page.status_code == 200
    assert "Not used" in page.text


def test_a_token_sent_to_both_workers_at_once_counts_once(server: Server) -> None:
    sent = good(utc_now(), aud=BASE + URL)
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: _call(server, sent).status_code, range(12)))
    assert sorted(statuses) == [200] + [401] * 11


def _city(path: str) -> str:
    said = claims(utc_now(), iss=f"https://{path}.example", aud=AUDIENCE)
    return f"Bearer {token(PUBLISHED, said)}"


def test_keys_come_from_the_client_s_own_url_once_for_each_worker(server: Server, publisher: Publisher) -> None:
    assert {_discover(server, _city("jwks")).status_code for _ in range(20)} == {200}
    assert 1 <= publisher.asked.count("/jwks") <= 2


@pytest.mark.parametrize("path", ["moved", "large", "html", "broken"])
def test_a_key_set_that_does_not_come_as_it_should_proves_nobody(
    path: str, server: Server, publisher: Publisher
) -> None:
    before = publisher.asked.count("/jwks")
    for _ in range(5):
        _require_bare_401(_discover(server, _city(path)))
    assert 1 <= publisher.asked.count(f"/{path}") <= 2
    assert publisher.asked.count("/jwks") == before


def test_a_preflight_needs_no_token(server: Server) -> None:
    headers = {"Origin": "https://ehr.example.org", "Access-Control-Request-Method": "POST"}
    answer = requests.options(server.url + URL, headers=headers, timeout=10)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (204, "https://ehr.example.org")


def test_the_record_names_clients_and_holds_nothing_of_a_token(server: Server, folder: Path) -> None:
    marked = good(utc_now(), aud=BASE + URL, sub="planted-marker", jti="planted-marker")
    assert _call(server, marked).status_code == 200
    _call(server, marked)
    with sqlite3.connect(folder / "var" / "calls.sqlite3") as database:
        clients = {row[0] for row in database.execute("SELECT client FROM calls")}
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    assert clients == {"county", "unproven"}
    stored = b"".join(path.read_bytes() for path in (folder / "var").glob("calls.sqlite3*"))
    assert b"planted-marker" not in stored
    assert marked.rpartition(".")[2].encode() not in stored


@pytest.mark.parametrize(
    ("changed", "cure"),
    [
        ({"CLIENTS_FILE": ""}, "CALCIFICATION_CDS_CLIENTS_FILE"),
        ({"BASE_URL": "http://cds.example.org"}, "CALCIFICATION_CDS_BASE_URL"),
        ({"CLIENTS_FILE": "sandbox.json"}, "public CDS Hooks sandbox"),
    ],
)
def test_production_does_not_start_without_trust(changed: dict[str, str], cure: str, tmp_path: Path) -> None:
    sandbox = {"id": "sandbox", "name": "S", "iss": "https://sandbox.cds-hooks.org", "keys": [EC.jwk]}
    (tmp_path / "sandbox.json").write_text(json.dumps({"clients": [sandbox]}), encoding="utf-8")
    settings = {"PROFILE": "production", "BASE_URL": BASE, "CLIENTS_FILE": "sandbox.json", **changed}
    environment = {f"CALCIFICATION_CDS_{name}": value for name, value in settings.items()}
    started = subprocess.run(
        [sys.executable, "-m", "cds_service", "serve"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert started.returncode != 0
    assert cure in started.stderr
    assert "Traceback" not in started.stderr
