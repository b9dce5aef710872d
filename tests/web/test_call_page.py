"""The page of a call: the card as an EHR shows it, the time to its answer, its place in the chain, its text."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cds_service.audit.store import Store
from cds_service.security.report_texts import ReportTexts
from cds_service.web.call_page import duration
from cds_service.web.card_markdown import rendered
from tests.audit.records import RECORD
from tests.web.calls import URL, good_call
from tests.web.conftest import OneAnswer

KEY = bytes(range(32))


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0 s"), (45, "45 s"), (60, "1 min 0 s"), (252, "4 min 12 s"), (11_100, "3 h 5 min"), (187_200, "2 d 4 h")],
)
def test_a_length_of_time_is_told_in_its_two_largest_parts(seconds: int, told: str) -> None:
    assert duration(seconds) == told


@pytest.mark.parametrize(
    ("detail", "shown", "never"),
    [
        ("| | A |\n| --- | --- |\n| 1 | b |", '<th scope="col">A</th>', "<th></th>"),
        ("**likely**", "<strong>likely</strong>", "**"),
        ("<script>alert(1)</script>", "&lt;script&gt;", "<script"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))", "<a "),
        ("![x](https://example.org/x.png)", "x", "<img"),
        ("half \ud800 a character", "half", "&lt;"),
    ],
)
def test_a_card_is_rendered_without_any_markup_of_its_own(detail: str, shown: str, never: str) -> None:
    html = rendered(detail, "Table of the <card>")
    assert shown in html
    assert never not in html
    assert html.count("<caption>Table of the &lt;card&gt;</caption>") == html.count("<table>")


def answered(client: FlaskClient, at: str, **said: Any) -> str:
    client.post(URL, json=good_call())
    item = {"card": "card-1", "outcomeTimestamp": at, **said}
    assert client.post(f"{URL}/feedback", json={"feedback": [item]}).status_code == 200
    return client.get("/calls/call-1").text


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2026-01-01T12:05:00Z", "5 min 0 s after the call"),
        ("2026-01-01t13:05:30+01:00", "5 min 30 s after the call"),
        ("2026-01-01T11:00:00Z", "before the call, by the client&#39;s clock"),
    ],
)
def test_the_time_to_an_answer_is_told_by_both_clocks(at: str, told: str, client: FlaskClient) -> None:
    assert told in answered(client, at, outcome="overridden")


def test_suggestions_that_the_card_does_not_have_are_counted(client: FlaskClient) -> None:
    taken = [{"id": "not-of-this-card"}, {"id": "nor-this"}]
    page = answered(client, "2026-01-01T12:05:00Z", outcome="accepted", acceptedSuggestions=taken)
    assert "(2 that are not on this card)" in page


def test_each_delivery_tells_its_place_in_the_chain(client: FlaskClient) -> None:
    client.post(URL, json=good_call())
    page = client.get("/calls/call-1").text
    assert "<code>writer1</code>" in page
    assert "not kept" in page


def test_a_text_that_was_sealed_is_opened_for_the_page_and_one_that_does_not_open_is_told(
    build: Callable[..., Flask], service: OneAnswer
) -> None:
    service.texts = ("Calcified mass.",)
    keeping = build(report_texts=ReportTexts(True, (KEY,), lambda: bytes(12))).test_client()
    keeping.post(URL, json=good_call())
    assert "sealed</td>" in keeping.get("/calls/call-1").text
    without = build(report_texts=ReportTexts(False, (), lambda: bytes(12))).test_client()
    assert "cannot be shown: it was sealed with the key" in without.get("/calls/call-1").text


@pytest.mark.parametrize(("more", "told"), [({"memory": "away"}, True), ({}, False)])
def test_a_call_that_came_while_the_database_was_away_says_what_nobody_knew(
    more: dict[str, str], told: bool, client: FlaskClient, store: Store
) -> None:
    store.append(replace(RECORD, body={"cards": [], "reports": [], **more}))
    assert ("The audit database was away when this call came in." in client.get("/calls/call-1").text) is told
