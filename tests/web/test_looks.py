"""Who opens the page of a call is on record before it is shown, and auditors can look that up."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from cds_service.audit.looks import Looks
from cds_service.audit.store import Store
from tests.web.calls import URL, good_call
from tests.web.sample_explanation import HOSTILE


def test_each_look_at_a_call_is_on_record_with_who_and_what(client: FlaskClient, looks: Looks) -> None:
    client.post(URL, json=good_call())
    client.get("/calls/call-1")
    client.get("/calls/call-1")
    assert [(look.who, look.what, look.call_id) for look in looks.newest(9)] == [("local", "call page", "call-1")] * 2


def test_a_refused_call_is_looked_at_on_record_too(client: FlaskClient, looks: Looks, store: Store) -> None:
    client.post(URL, data=b"{", content_type="application/json")
    refused = store.recent(1)[0].record.call_id
    client.get(f"/calls/{refused}")
    assert [look.call_id for look in looks.newest(9)] == [refused]


def test_who_is_not_let_in_has_looked_at_nothing(client: FlaskClient, stranger: FlaskClient, looks: Looks) -> None:
    client.post(URL, json=good_call())
    stranger.get("/calls/call-1")
    client.get("/calls/no-such-call")
    assert list(looks.newest(9)) == []


def test_a_page_whose_look_cannot_be_kept_is_not_shown(client: FlaskClient, engine: Engine) -> None:
    client.post(URL, json=good_call())
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE looks"))
    answer = client.get("/calls/call-1", headers={"Accept": "text/html"})
    assert answer.status_code == 503
    assert "nothing is shown" in answer.text
    assert "Tumoral calcinosis" not in answer.text


def test_the_page_of_looks_turns_without_repeating_or_leaving_out(client: FlaskClient, looks: Looks) -> None:
    for number in range(1, 121):
        looks.keep("Ada (1 at https://id.example.org)", "call page", f"call-{number}")
    seen: list[int] = []
    address = "/audit/looks?person=ada"
    while address:
        page = client.get(address).text
        seen += [int(number) for number in re.findall(r'<td class="number">(\d+)</td>', page)]
        older = re.search(r'rel="next" href="([^"]+)"', page)
        address = older[1].replace("&amp;", "&") if older else ""
    assert seen == list(range(120, 0, -1))


def test_looks_can_be_filtered_by_person_and_call(client: FlaskClient, looks: Looks) -> None:
    looks.keep("Ada (1 at https://id.example.org)", "call page", "call-1")
    looks.keep("Eve (2 at https://id.example.org)", "call page", "call-2")
    assert "2 at https" not in client.get("/audit/looks", query_string={"person": "Ada"}).text
    assert "1 at https" not in client.get("/audit/looks", query_string={"call": "call-2"}).text
    assert "No look that fits" in client.get("/audit/looks", query_string={"call": "call-3\x00"}).text


def test_nothing_on_record_becomes_markup(client: FlaskClient, looks: Looks) -> None:
    looks.keep(HOSTILE, HOSTILE, HOSTILE)
    page = client.get("/audit/looks", query_string={"person": HOSTILE[:9], "call": HOSTILE}).text
    assert "<script" not in page


@pytest.mark.parametrize("before", ["x", "-1", "1.5", "9" * 30, "\u0661"])
def test_a_place_that_is_none_is_told(before: str, client: FlaskClient) -> None:
    answer = client.get("/audit/looks", query_string={"before": before})
    assert answer.status_code == 400
