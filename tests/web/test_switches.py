"""The page of the switches: who may read sees what is off and why, who may edit switches it."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cds_service.audit.switchboard import Switchboard, Wanted
from tests.web.conftest import SERVICE

URL = "/audit/switches"
GOUT = {"kind": "rule", "subject": "gout", "state": "off", "reason": "false cards <i>since</i> Monday"}
FOP = {"kind": "rule", "subject": "fop-pattern", "state": "off", "reason": "warns at every ankle"}


def text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_what_is_switched_stands_on_the_page_with_who_and_why(client: FlaskClient) -> None:
    answer = client.post(URL, data=GOUT)
    assert (answer.status_code, answer.headers["Location"]) == (303, URL)
    page = client.get(URL).text
    assert "Gout &lt;b&gt;bold&lt;/b&gt;" in page
    assert "local: false cards &lt;i&gt;since&lt;/i&gt; Monday" in page
    assert "rule gout off local" in text(page)
    client.post(URL, data={**GOUT, "state": "on", "reason": "corrected"})
    assert "rule gout on local corrected" in text(client.get(URL).text)


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        ({**GOUT, "subject": "gouty"}, "Known are: fop-pattern, gout, pseudogout."),
        ({**GOUT, "reason": " "}, "Give a reason"),
        ({**FOP, "reason": ""}, "Give a reason"),
        ({**GOUT, "state": "away"}, "off or on"),
        ({}, "No  has the id"),
    ],
)
def test_a_form_that_means_nothing_switches_nothing_and_the_page_says_what_to_do(
    client: FlaskClient, form: dict[str, str], complaint: str
) -> None:
    answer = client.post(URL, data=form)
    assert answer.status_code == 400
    assert complaint.split() == [word for word in complaint.split() if word in text(answer.text)]
    assert "Nothing was ever switched." in answer.text


def test_a_must_not_miss_rule_is_switched_off_in_a_second_step_only(client: FlaskClient) -> None:
    asked = client.post(URL, data=FOP)
    assert (asked.status_code, "nobody is warned" in asked.text) == (200, True)
    assert "Nothing was ever switched." in client.get(URL).text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', asked.text))
    assert fields.pop("csrf")
    assert fields == {**FOP, "confirmed": "yes"}
    assert client.post(URL, data=fields).status_code == 303
    assert "rule fop-pattern off" in text(client.get(URL).text)


def test_the_head_of_every_page_of_signed_in_people_names_what_is_off_while_it_lasts(
    client: FlaskClient, switchboard: Switchboard
) -> None:
    assert "Switched off:" not in client.get(URL).text
    switchboard.set(Wanted("client", "loopback", "off", "test patients"), "editor")
    switchboard.set(Wanted("rule", "fop-pattern", "off", "false alarms", confirmed=True), "editor")
    head = text(client.get(URL).text.partition("<main")[0])
    assert "Switched off: Pattern of fibrodysplasia (must not miss: nobody is warned); this machine." in head
    assert "Switched off:" in client.post(URL, data=FOP).text
    assert "Switched off:" not in client.get("/documents/report-sign").text
    for kind, subject in (("client", "loopback"), ("rule", "fop-pattern")):
        switchboard.set(Wanted(kind, subject, "on", "over"), "editor")
    assert "Switched off:" not in client.get(URL).text


def test_every_kind_can_be_switched_and_a_rule_that_is_not_active_says_its_status(client: FlaskClient) -> None:
    page = text(client.get(URL).text)
    for part in ("Pyrophosphate pseudogout shadow", "this machine loopback on", f"Differential {SERVICE} on"):
        assert part in page
    assert "fop-pattern" not in page.partition("Rules 2 in all")[2].partition("Clients")[0]


def test_production_does_not_serve_the_page_yet(build: Callable[..., Flask]) -> None:
    caller = build(profile="production", base_url="https://cds.example.org").test_client()
    assert (caller.get(URL).status_code, caller.post(URL, data=GOUT).status_code) == (404, 404)
