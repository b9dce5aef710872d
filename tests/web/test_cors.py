"""Pages of allow-listed origins may call from a browser; pages of others get answers that their browser withholds."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.calls import URL, good_call
from tests.web.test_trust import gate_of_county

LISTED, UNLISTED = "https://ehr.example.org", "https://evil.example"
PATHS = ["/cds-services", URL, f"{URL}/feedback"]


@pytest.fixture
def client(build: Callable[..., Flask]) -> FlaskClient:
    return build(cors_origins=f"{LISTED},http://localhost:4000", gate=gate_of_county()).test_client()


def _preflight(client: FlaskClient, path: str, origin: str) -> TestResponse:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    return client.options(path, headers=asked)


def _allowed(answer: TestResponse) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("Access-Control-")}


@pytest.mark.parametrize("path", PATHS)
def test_a_preflight_needs_no_token(path: str, client: FlaskClient) -> None:
    answer = _preflight(client, path, LISTED)
    assert (answer.status_code, answer.data) == (204, b"")
    assert _allowed(answer) == {
        "Access-Control-Allow-Origin": LISTED,
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "Authorization, Content-Type",
        "Access-Control-Max-Age": "600",
    }
    assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize(
    "origin", [UNLISTED, "null", "*", f"{LISTED}:8443", f"{LISTED}.evil.example", LISTED.upper(), ""]
)
@pytest.mark.parametrize("path", PATHS)
def test_a_preflight_of_another_origin_gets_204_and_no_leave(path: str, origin: str, client: FlaskClient) -> None:
    answer = _preflight(client, path, origin)
    assert (answer.status_code, _allowed(answer), answer.headers["Vary"]) == (204, {}, "Origin")


@pytest.mark.parametrize("path", PATHS)
def test_without_a_list_no_origin_is_allowed(path: str, build: Callable[..., Flask]) -> None:
    assert _allowed(_preflight(build().test_client(), path, LISTED)) == {}


@pytest.mark.parametrize(
    ("origin", "named"),
    [(LISTED, LISTED), ("http://localhost:4000", "http://localhost:4000"), (UNLISTED, None), (None, None)],
)
@pytest.mark.parametrize("body", [good_call(), good_call(hook="other")], ids=["answered", "refused"])
def test_an_answer_names_the_origin_that_may_read_it(
    origin: str | None, named: str | None, body: Any, build: Callable[..., Flask]
) -> None:
    client = build(cors_origins=f"{LISTED} http://localhost:4000").test_client()
    answer = client.post(URL, json=body, headers={"Origin": origin} if origin else {})
    assert answer.headers.get("Access-Control-Allow-Origin") == named
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert answer.headers["Vary"] == "Origin"


def test_a_page_may_read_that_it_was_refused(client: FlaskClient) -> None:
    answer = client.post(URL, json=good_call(), headers={"Origin": LISTED})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (401, LISTED)


@pytest.mark.parametrize("path", ["/", "/healthz"])
def test_nothing_else_is_open_to_pages_of_other_origins(path: str, build: Callable[..., Flask]) -> None:
    answer = build(cors_origins=LISTED).test_client().get(path, headers={"Origin": LISTED})
    assert _allowed(answer) == {}
