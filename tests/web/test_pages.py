"""The pages explain a call to people: escaped, accessible, and under a policy that loads nothing from elsewhere."""

import json
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from cds_service.audit.engine import open_engine
from cds_service.audit.store import Store
from cds_service.settings import Settings
from tests.outline import Outline
from tests.web.calls import URL, good_call
from tests.web.sample_explanation import HOSTILE


@pytest.fixture
def page(client: FlaskClient) -> str:
    """The page of a call."""
    client.post(URL, json=good_call())
    client.post(
        f"{URL}/feedback",
        json={
            "feedback": [
                {
                    "card": "card-1",
                    "outcome": "overridden",
                    "outcomeTimestamp": "2026-01-01T12:05:00Z",
                    "overrideReason": {"userComment": HOSTILE},
                }
            ]
        },
    )
    return client.get("/calls/call-1").text


@pytest.mark.parametrize(
    "said",
    [
        "Tumoral calcinosis",
        "Held at possible: creatinine is unknown",
        "2.40 mmol/L",
        "9.6 mg/dL",
        "× 4.008",
        "lobulated mass at a large joint",
        "+3",
        "not stated",
        "literature",
        "the unit is not understood",
        "Creatinine with eGFR",
        "Refer before any excision.",
        "trigger met, but not said",
        "large lobulated masses about the joints",
        "No clinician has reviewed this rule yet.",
        "doi 10.1148/rg.263055099",
        "the sign is often not mentioned",
        "Append to the conclusion",
        "5 points, between -2 and 7; possible from 0, likely from 4",
        "3.0 ms",
        "does not count: said of before",
        "80 mm; several; growing; lobulated",
        '<a class="said" href="#said-1-1"><mark class="assertion present" title="lobulated: present">lobulated</mark>',
        "phlebolith, right hip: present by report 60–70, but denied by Observation/7",
    ],
)
def test_the_page_of_a_call_tells(said: str, page: str) -> None:
    assert said in page


def test_nothing_that_was_received_becomes_markup(page: str) -> None:
    assert page.count("<script") == page.count('<script src="/static/') == 1
    assert page.count("&lt;script&gt;") >= 4


def test_pages_hold_no_inline_style_script_or_foreign_address(page: str, client: FlaskClient) -> None:
    for shown in (page, client.get("/").text):
        assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?! src=\"/static/)|(src|href)=\"(https?:)?//", shown)


@pytest.mark.parametrize("path", ["/", "/calls/call-1"])
def test_pages_can_be_read_by_ear(path: str, client: FlaskClient) -> None:
    client.post(URL, json=good_call())
    outline = Outline()
    outline.feed(client.get(path).text)
    names = [tag for tag, _ in outline.tags]
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    targets = {attributes["href"] for tag, attributes in outline.tags if tag == "a"}
    assert (names.count("main"), names.count("h1"), names.count("header")) == (1, 1, 1)
    assert names.count("caption") == names.count("table")
    assert all(attributes.get("scope") for tag, attributes in outline.tags if tag == "th")
    assert all("alt" in attributes for tag, attributes in outline.tags if tag == "img")
    assert all(attributes.get("aria-label") for tag, attributes in outline.tags if tag == "svg")
    assert len(ids) == len(set(ids))
    assert {target[1:] for target in targets if target and target.startswith("#")} <= set(ids)
    assert dict(outline.tags)["html"] == {"lang": "en"}


def test_the_first_page_shows_how_to_try_it_and_links_the_last_calls(client: FlaskClient) -> None:
    client.post(URL, json=good_call())
    page = client.get("/").text
    assert "curl -s" in page
    assert 'href="/calls/call-1"' in page


def test_the_page_of_a_call_names_the_client_that_gave_feedback(page: str) -> None:
    assert "<td>loopback</td>" in page


def test_the_first_page_tells_of_feedback_without_a_call(client: FlaskClient) -> None:
    assert "Feedback without a call" not in client.get("/").text
    said = {"card": "card-<9>", "outcome": "overridden", "outcomeTimestamp": "2026-01-01T12:05:00Z"}
    client.post(f"{URL}/feedback", json={"feedback": [said]})
    assert "Feedback without a call" in client.get("/").text
    assert "card-&lt;9&gt;" in client.get("/").text


@pytest.mark.parametrize("comment", ["half a character \ud800", "\x00 and \x1b", "\u202e turned"])
def test_a_page_can_show_whatever_was_written(comment: str, client: FlaskClient) -> None:
    client.post(URL, json=good_call())
    said = {"card": "card-1", "outcome": "overridden", "outcomeTimestamp": "2026-01-01T12:05:00Z"}
    reason = {"reason": {"code": comment}, "userComment": comment}
    body = json.dumps({"feedback": [{**said, "overrideReason": reason}]})
    assert client.post(f"{URL}/feedback", data=body, content_type="application/json").status_code == 200
    assert client.get("/calls/call-1").status_code == 200


def test_a_refused_call_has_a_page_that_says_why(client: FlaskClient, store: Store) -> None:
    client.post(URL, data=b"{", content_type="application/json")
    assert "not JSON" in client.get(f"/calls/{store.recent(1)[0].record.call_id}").text


def test_a_call_that_was_delivered_twice_says_so(client: FlaskClient) -> None:
    client.post(URL, json=good_call())
    client.post(URL, json=good_call())
    page = client.get("/calls/call-1").text
    assert "number 1" in page
    assert "number 2" in page


@pytest.mark.parametrize("path", ["/", "/cds-services", "/calls/none", "/healthz"])
def test_every_answer_is_guarded(path: str, client: FlaskClient) -> None:
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert (headers["Referrer-Policy"], headers["X-Frame-Options"]) == ("no-referrer", "DENY")


@pytest.mark.parametrize(
    ("base_url", "told"), [("https://cds.example.org", "max-age=31536000"), ("http://127.0.0.1:8081", None), ("", None)]
)
def test_browsers_are_held_to_tls_where_the_service_is_reached_by_it(
    base_url: str, told: str | None, build: Callable[..., Flask]
) -> None:
    answer = build(base_url=base_url).test_client().get("/healthz")
    assert answer.headers.get("Strict-Transport-Security") == told


@pytest.mark.parametrize(
    ("peer", "host", "status"),
    [
        ("127.0.0.1", "localhost:8080", 200),
        ("::1", "[::1]:8080", 200),
        ("192.0.2.7", "localhost:8080", 403),
        ("127.0.0.1", "rebound.example:8080", 403),
    ],
)
def test_the_demo_answers_its_own_machine_only(peer: str, host: str, status: int, client: FlaskClient) -> None:
    answer = client.get("/cds-services", headers={"Host": host}, environ_overrides={"REMOTE_ADDR": peer})
    assert answer.status_code == status


def test_alive_and_ready_are_told_apart(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "alive"}
    assert client.get("/readyz").json == {
        "status": "ready",
        "content": "1",
        "store": "database",
        "waiting": 0,
        "aside": 0,
        "spool": "writable",
    }


def test_a_service_whose_store_cannot_be_written_is_alive_but_not_ready(
    client: FlaskClient, settings: Settings
) -> None:
    engine = open_engine(settings.database_url, "FULL")
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE cards"))
    engine.dispose()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
