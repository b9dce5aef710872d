"""The reporting room over HTTP: its pages for every patient, the what-if, and what it refuses."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cds_service.app import create_app
from tests.conftest import settings_in

PATIENT = "tumoral-calcinosis-typical"
PAGE = {"Accept": "text/html"}
FIRST = "Tumoral calcinosis likely, 27 points."


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A demo, made once: its patients take a second."""
    return create_app(settings_in(tmp_path_factory.mktemp("room")))


@pytest.fixture
def client(room: Flask) -> FlaskClient:
    return room.test_client()


def suppose(client: FlaskClient, **what: Any) -> Any:
    """The answer to a what-if of the usual patient."""
    return client.post("/sandbox/what-if", json={"patient": PATIENT, **what})


def read(client: FlaskClient, address: str) -> Any:
    """The JSON at an address."""
    return client.get(address).json


def test_the_list_leads_to_every_patient_and_each_has_a_chart_and_a_ranking(client: FlaskClient) -> None:
    entrance = client.get("/sandbox").text
    assert 'href="/sandbox/figures"' in entrance
    listed = set(re.findall(r'href="/sandbox/patients/([^"]+)"', entrance))
    assert len(listed) > 80
    for patient in listed:
        page = client.get(f"/sandbox/patients/{patient}", headers=PAGE)
        assert (page.status_code, "Laboratory" in page.text) == (200, True), patient
        assert suppose(client, patient=patient).json["words"], patient


def test_the_tour_leads_from_each_of_its_patients_to_the_next_and_back_to_all(client: FlaskClient) -> None:
    address, met = f"/sandbox/patients/{PATIENT}", 0
    while address != "/sandbox":
        met += 1
        stop = client.get(address, headers=PAGE).text.partition('<section class="stop"')[2].partition("</section>")[0]
        assert f"Tour, {met} of 3" in stop
        address = re.findall(r'href="([^"]+)"', stop)[0]
    assert met == 3


def test_a_patient_beside_the_tour_tells_nothing_of_it(client: FlaskClient) -> None:
    assert 'class="stop"' not in client.get("/sandbox/patients/silent-normal-film", headers=PAGE).text


def test_an_unknown_patient_has_no_page(client: FlaskClient) -> None:
    assert client.get("/sandbox/patients/nobody", headers=PAGE).status_code == 404


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({}, FIRST),
        ({"labs": {"phosphate": {"value": 7.5, "unit": "mg/dL"}}}, FIRST),
        ({"labs": {"phosphate": {"value": 2.42, "unit": "mmol/L"}}}, FIRST),
        ({"labs": {"phosphate": {"value": 3.5, "unit": "mg/dL"}}}, "Tumoral calcinosis likely, 21 points."),
        ({"labs": {"phosphate": None}}, "Tumoral calcinosis likely, 23 points."),
        ({"age": 70}, "Tumoral calcinosis likely, 23 points."),
        ({"age": None}, "Tumoral calcinosis likely, 25 points."),
    ],
)
def test_what_is_supposed_moves_the_ranking(what: Any, words: str, client: FlaskClient) -> None:
    assert suppose(client, **what).json["words"] == words


def test_what_is_worked_out_of_a_supposed_result_follows_it(client: FlaskClient) -> None:
    no_rate = {"egfr": None, "creatinine": {"value": 9.0, "unit": "mg/dL"}}
    scores = {rule["id"]: rule for rule in suppose(client, labs=no_rate).json["rules"]}
    assert scores["tumoral-calcinosis"]["tier"] == "excluded"


def test_an_edited_report_is_what_is_judged(client: FlaskClient) -> None:
    report = dict(read(client, f"/sandbox/fhir/DiagnosticReport/{PATIENT}-report"), conclusion="Normal.")
    del report["presentedForm"]
    told = suppose(client, report=report).json
    assert (told["rules"], told["words"]) == (
        [],
        "No card: no soft tissue calcification or other qualifying finding in the report.",
    )


def test_a_what_if_is_recorded_nowhere(client: FlaskClient, room: Flask) -> None:
    before = room.extensions["store"].recent(1)
    suppose(client, labs={"phosphate": None})
    assert room.extensions["store"].recent(1) == before


@pytest.mark.parametrize(
    "what",
    [
        {"labs": []},
        {"labs": {"no-such-lab": None}},
        {"labs": {"phosphate": 3}},
        {"labs": {"phosphate": {"value": "3", "unit": "mg/dL"}}},
        {"labs": {"phosphate": {"value": -1, "unit": "mg/dL"}}},
        {"labs": {"phosphate": {"value": 3}}},
        {"labs": {"calcium-phosphate-product": {"value": 3, "unit": "mg2/dL2"}}},
        {"age": 400},
        {"age": True},
        {"patient": 3},
    ],
)
def test_a_supposition_that_means_nothing_is_refused_with_what_to_send(what: Any, client: FlaskClient) -> None:
    answer = suppose(client, **what)
    assert answer.status_code == 400
    assert "Send" in answer.json["issue"][0]["diagnostics"] or "Change" in answer.json["issue"][0]["diagnostics"]


def test_markdown_never_becomes_markup(client: FlaskClient) -> None:
    html = client.post("/sandbox/markdown", json={"detail": "**b** <img src=x> [x](javascript:y)"}).text
    assert "<strong>b</strong>" in html
    assert "<img" not in html
    assert "href" not in html
    assert client.post("/sandbox/markdown", json={}).status_code == 400


def test_a_call_is_found_by_its_hook_instance_with_the_reason_for_its_silence(client: FlaskClient) -> None:
    service = "calcification-report-sign"
    request = read(client, f"/sandbox/requests/{service}/silent-normal-film")
    assert client.post(f"/cds-services/{service}", json=request).json == {"cards": []}
    told = read(client, f"/sandbox/calls/{request['hookInstance']}")
    assert told["page"].startswith("/calls/")
    assert told["silent"] == ["no soft tissue calcification or other qualifying finding in the report"]
    assert client.get("/sandbox/calls/1b4e28ba-2fa1-4d2b-883f-0016d3cca427").status_code == 404
