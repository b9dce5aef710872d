"""The running service keeps CDS Hooks 2.0.1, seen from outside over HTTP."""

import json
from typing import Any

import pytest
import requests

from tests.contract.calls import CHART, HOOK, URL, bundle, call, observation
from tests.contract.standard import faults_of_discovery, faults_of_response

SILENT = "No acute fracture. Vascular calcification of the femoral arteries."


def _post(url: str, body: Any, **more: Any) -> requests.Response:
    return requests.post(url, json=body, timeout=10, **more)


def test_discovery_keeps_the_standard(service_url: str) -> None:
    answer = requests.get(f"{service_url}/cds-services", timeout=10)
    assert answer.status_code == 200
    assert faults_of_discovery(answer.json()) == []
    assert (URL.rpartition("/")[2], HOOK) in [(entry["id"], entry["hook"]) for entry in answer.json()["services"]]
    assert all(len(entry["prefetch"]) <= 12 for entry in answer.json()["services"])


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("a report and a chart", call(prefetch=CHART)),
        ("a report alone", call()),
        ("a chart of nothing", call(prefetch={})),
        ("a chart that could not be read", call(prefetch={"renal": {"resourceType": "OperationOutcome"}})),
        (
            "hostile text",
            call("Calcified lobulated mass at the hip <img src=x onerror=alert(1)> | ` * _ [a](javascript:b)"),
        ),
    ],
)
def test_a_report_with_a_finding_gets_one_card_that_keeps_the_standard(what: str, body: Any, service_url: str) -> None:
    answer = _post(service_url + URL, body)
    assert answer.status_code == 200, what
    assert faults_of_response(answer.json()) == []
    assert len(answer.json()["cards"]) == 1


@pytest.mark.parametrize("body", [call(SILENT, CHART), call(" "), call("Normal radiograph of the hip.")])
def test_a_report_without_a_finding_gets_no_card(body: Any, service_url: str) -> None:
    answer = _post(service_url + URL, body)
    assert (answer.status_code, answer.json()) == (200, {"cards": []})


def test_the_same_call_gets_the_same_bytes(service_url: str) -> None:
    body = call(prefetch=CHART, hookInstance="0a6b3c55-6f0e-4b0b-8a4c-1b8f3ac5f001")
    assert _post(service_url + URL, body).content == _post(service_url + URL, body).content


def test_the_page_that_a_card_links_to_explains_the_call(service_url: str, visitor: requests.Session) -> None:
    (card,) = _post(service_url + URL, call(prefetch=CHART)).json()["cards"]
    (link,) = card["links"]
    page = visitor.get(link["url"], timeout=10)
    assert page.status_code == 200
    assert "Every rule, why and why not" in page.text
    assert "PTH" in page.text


def test_feedback_on_the_card_shows_on_the_page(service_url: str, visitor: requests.Session) -> None:
    (card,) = _post(service_url + URL, call(prefetch=CHART)).json()["cards"]
    reason = {
        "reason": {key: card["overrideReasons"][0][key] for key in ("code", "system")},
        "userComment": "known since May",
    }
    said = {
        "card": card["uuid"],
        "outcome": "overridden",
        "outcomeTimestamp": "2026-01-01T12:00:00Z",
        "overrideReason": reason,
    }
    answer = _post(f"{service_url}{URL}/feedback", {"feedback": [said]})
    assert answer.status_code == 200
    assert "known since May" in visitor.get(card["links"][0]["url"], timeout=10).text


@pytest.mark.parametrize(
    ("what", "resource"),
    [
        ("no value", {"valueQuantity": None}),
        ("an unknown unit", {"valueQuantity": {"value": 8, "unit": "cubits"}}),
        ("entered in error", {"status": "entered-in-error"}),
        ("no date but an epoch", {"effectiveDateTime": 1767225600}),
        ("another patient's", {"subject": {"reference": "Patient/other"}}),
        ("a resource type that no one knows", {"resourceType": "FooType"}),
        (
            "200 nested extensions",
            {"extension": json.loads('[{"url":"x","extension":' * 200 + "[]" + "}]" * 200)},
        ),
    ],
)
def test_one_bad_observation_never_fails_the_call(what: str, resource: Any, service_url: str) -> None:
    bad = {**observation("bad", "2731-8", 900, "pg/mL"), **resource}
    chart = {**CHART, "pth": bundle({key: value for key, value in bad.items() if value is not None})}
    answer = _post(service_url + URL, call(prefetch=chart))
    assert answer.status_code == 200, what
    assert len(answer.json()["cards"]) == 1


def test_an_observation_nested_beyond_all_reading_costs_only_itself(service_url: str) -> None:
    deep = '{"url":"x","extension":[' * 3000 + "]}" * 3000
    body = call(prefetch=CHART, hookInstance="0a6b3c55-6f0e-4b0b-8a4c-1b8f3ac5f002")
    raw = json.dumps(body).replace('"status": "final"', f'"status": "final", "extension": [{deep}]', 1)
    answer = requests.post(service_url + URL, raw, headers={"Content-Type": "application/json"}, timeout=10)
    assert answer.status_code == 200
    assert len(answer.json()["cards"]) == 1


@pytest.mark.parametrize(
    ("what", "status", "raw", "media_type"),
    [
        ("not JSON", 400, b"{", "application/json"),
        ("too large", 413, b" " * (5 * 1024 * 1024), "application/json"),
        ("not declared as JSON", 415, b"{}", "text/plain"),
        ("no report", 412, json.dumps(call(context={
            "userId": "Practitioner/1",
            "patientId": "example",
            "draftReports": {"resourceType": "Bundle", "type": "collection"},
        })).encode(), "application/fhir+json"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_over_the_wire(
    what: str, status: int, raw: bytes, media_type: str, service_url: str
) -> None:
    answer = requests.post(service_url + URL, raw, headers={"Content-Type": media_type}, timeout=10)
    assert (answer.status_code, answer.json()["resourceType"]) == (status, "OperationOutcome"), what


def test_no_answer_tells_which_version_serves_it(service_url: str) -> None:
    headers = requests.get(service_url, timeout=10).headers
    assert not any(character.isdigit() for character in headers.get("Server", ""))


def test_the_service_is_ready(service_url: str) -> None:
    assert requests.get(f"{service_url}/readyz", timeout=10).json()["status"] == "ready"


@pytest.mark.parametrize("odd", ['"\\ud800"', "123456789012345678901234567890", "1e308"])
def test_a_draft_with_values_that_few_parsers_hold_is_echoed_all_the_same(service_url: str, odd: str) -> None:
    body = json.dumps(call()).replace(
        '"preliminary"', f'"preliminary", "extension": [{{"url": "x", "valueOdd": {odd}}}]'
    )
    answer = requests.post(
        f"{service_url}/cds-services/{URL.rpartition('/')[2]}",
        data=body,
        headers={"Content-Type": "application/json"},
        timeout=10,
    )
    assert answer.status_code == 200
    assert answer.json()["cards"]
