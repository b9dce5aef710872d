"""The console's pages: what they say, to whom, and what they do not let out."""

import re
from dataclasses import replace
from itertools import pairwise
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from cds_service.audit.store import Store
from cds_service.web.console.blueprint import COUNTED_AT_ONCE
from tests.audit.console_data import feedback_on, records
from tests.audit.records import RECORD
from tests.web.console.conftest import PERIOD, page
from tests.web.console.links import links_in

PATHS = ["/audit", "/audit/quality", "/audit/answers", "/audit/calls", "/audit/rules/cppd"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/audit", "With a card"),
        ("/audit", "its card was answered before, in call …, and the report has not changed since"),
        ("/audit", "context.patientId is missing."),
        ("/audit", "In shadow or switched off"),
        ("/audit", "first used"),
        ("/audit", "first call"),
        ("/audit", "took 1 s or more"),
        ("/audit", "university &amp; clinics"),
        ("/audit/quality", "phosphate: the unit is not understood"),
        ("/audit/quality", "presentedForm[…] is application/pdf, which is not read"),
        ("/audit/quality", "FHIR server: did not answer in time"),
        ("/audit/quality", "what was told before could not be looked up"),
        ("/audit/answers", "Waiting for results"),
        ("/audit/answers", "own words only"),
        ("/audit/calls", "The newest first"),
        ("/audit/rules/cppd", "Week by week"),
    ],
)
def test_a_page_tells(path: str, said: str, console: FlaskClient) -> None:
    assert said in page(console, f"{path}?{PERIOD}")


@pytest.mark.parametrize("path", PATHS)
def test_a_page_needs_no_script_and_holds_none(path: str, console: FlaskClient) -> None:
    shown = page(console, f"{path}?{PERIOD}")
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script>|(src|href)=\"(https?:)?//", shown)
    assert all(source.startswith("/static/") for source in re.findall(r'<script src="([^"]+)"', shown))


@pytest.mark.parametrize("path", PATHS)
def test_headings_go_down_one_step_at_a_time_and_ids_are_unique(path: str, console: FlaskClient) -> None:
    shown = page(console, f"{path}?{PERIOD}")
    levels = [int(level) for level in re.findall(r"<h([1-6])", shown)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = re.findall(r'\sid="([^"]+)"', shown)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "query",
    [
        "from=yesterday",
        "to=2026-13-01",
        "from=2026-02-01&to=2026-01-01",
        "from=0001-01-01",
        "from=2001-01-01&to=2031-01-01",
    ],
)
def test_a_period_that_is_none_is_refused_in_words(query: str, client: FlaskClient) -> None:
    answer = client.get(f"/audit?{query}", headers={"Accept": "text/html"})
    assert answer.status_code == 400
    assert "period" in answer.text or "day" in answer.text


@pytest.mark.parametrize("query", ["before=x&seq=y", "seq=-1", "seq=" + "9" * 40, "rule=%00"])
def test_what_can_be_no_place_and_no_name_is_refused(query: str, client: FlaskClient) -> None:
    assert client.get(f"/audit/calls?{query}").status_code == 400


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "' OR 1=1 --", "%", '"><img src=x>'])
@pytest.mark.parametrize("name", ["rule", "client", "silent", "lab", "version", "reason"])
def test_what_the_address_says_is_neither_markup_nor_sql(name: str, hostile: str, console: FlaskClient) -> None:
    shown = page(console, f"/audit/calls?{PERIOD}&{urlencode({name: hostile})}")
    assert "<script>alert" not in shown
    assert "<img" not in shown.partition("<main")[2]
    assert 'data-total="0"' in shown


def test_a_patient_is_found_by_the_id_and_the_address_holds_its_hash_only(console: FlaskClient, store: Store) -> None:
    store.append(replace(RECORD, patient_key="key-of-11"))
    answer = console.post("/audit/patient", data={"patient": "patient-abc"})
    assert answer.status_code == 303
    assert "patient-abc" not in answer.headers["Location"]
    found = page(console, answer.headers["Location"])
    assert [href for href, _, _ in links_in(found) if href.startswith("/calls/")] == ["/calls/call-1"]


@pytest.mark.parametrize("patient_id", ["", "   ", "x" * 2000])
def test_a_patient_search_without_an_id_is_refused(patient_id: str, client: FlaskClient) -> None:
    assert client.post("/audit/patient", data={"patient": patient_id}).status_code == 400


def test_a_page_counts_what_is_new_and_says_what_is_left(console: FlaskClient, store: Store) -> None:
    for number in range(COUNTED_AT_ONCE + 30):
        store.append(replace(RECORD, call_id=f"new-{number}"))
    assert "<strong>30 newer records are not counted yet</strong>" in page(console, "/audit")
    assert "not counted yet" not in page(console, "/audit")


def test_feedback_without_a_call_is_told(console: FlaskClient, store: Store) -> None:
    stray = next(said for _, said in feedback_on(records(150, seed=11), 11))
    store.add_feedback("calcification-report-sign", [replace(stray, card="a card of nobody")])
    shown = page(console, f"/audit/answers?{PERIOD}")
    assert "Feedback without a call" in shown
    assert "a card of nobody" in shown
