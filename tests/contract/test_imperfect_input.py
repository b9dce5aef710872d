"""Input that is not as it should be, as two peers fail on it, and what a good service does. Over HTTP, row by row."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
import requests

from tests.contract.calls import CHART, TEXT, URL, bundle, call, observation

Json = dict[str, Any]
CALCIUM, PTH = observation("calcium", "17861-6", 9.8, "mg/dL"), CHART["pth"]["entry"][0]["resource"]
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}


def posted(service_url: str, what: str, prefetch: Json | None, **changed: Any) -> requests.Response:
    instance = str(uuid5(NAMESPACE_URL, f"imperfect input: {what}"))
    return requests.post(service_url + URL, json=call(TEXT, prefetch, hookInstance=instance, **changed), timeout=30)


def card_of(answer: requests.Response) -> Json:
    assert answer.status_code == 200
    (card,) = answer.json()["cards"]
    found: Json = card
    return found


def page_of(visitor: requests.Session, card: Json) -> str:
    return visitor.get(card["links"][0]["url"], timeout=30).text


@pytest.mark.parametrize("prefetch", [None, {}], ids=["a body without prefetch", "an empty prefetch"])
def test_without_prefetch_the_card_comes_from_the_report_and_labs_are_unknown(prefetch: Any, service_url: str) -> None:
    card = card_of(posted(service_url, f"prefetch {prefetch}", prefetch))
    assert "consider" in card["summary"]
    assert "Of the chart nothing is known (not provided)." in card["detail"]


def test_without_a_report_it_is_412(service_url: str) -> None:
    context = {"userId": "Practitioner/1", "patientId": "example", "draftReports": bundle()}
    answer = posted(service_url, "no report", None, context=context)
    assert (answer.status_code, answer.json()["resourceType"]) == (412, "OperationOutcome")


@pytest.mark.parametrize(
    ("what", "value", "state"),
    [
        ("Observation: null", None, "none on file"),
        ("Observation: OperationOutcome", OUTCOME, "could not be read"),
        ("Observation: absent", ..., "not provided"),
    ],
)
def test_no_labs_and_labs_that_were_not_read_differ_on_the_card(
    what: str, value: Any, state: str, service_url: str
) -> None:
    chart = {**CHART, "pth": value}
    card = card_of(posted(service_url, what, {key: held for key, held in chart.items() if held is not ...}))
    (line,) = [part for part in card["detail"].split("\n\n") if part.startswith("Of the chart: ")]
    (gap,) = [gap for gap in line.removeprefix("Of the chart: ").split("; ") if "PTH and vitamin D" in gap]
    assert gap.startswith(f"{state}: ")


def test_calcium_in_mmol_counts_as_calcium_in_mg_and_the_conversion_is_recorded(
    service_url: str, visitor: requests.Session
) -> None:
    molar = observation("calcium", "2000-8", 2.445, "mmol/L")
    cards = [
        card_of(posted(service_url, f"calcium in {lab['valueQuantity']['unit']}", {**CHART, "calcium": bundle(lab)}))
        for lab in (CALCIUM, molar)
    ]
    ranked = [card["extension"]["io.github.calcification-cds.differential"] for card in cards]
    assert ranked[0] == ranked[1]
    page = page_of(visitor, cards[1])
    assert "2.445 mmol/L" in page
    assert "40.078" in page


def test_a_comparator_is_an_interval(service_url: str, visitor: requests.Session) -> None:
    above = {**PTH, "valueQuantity": {**PTH["valueQuantity"], "value": 710, "comparator": ">"}}
    card = card_of(posted(service_url, "PTH > 710", {**CHART, "pth": bundle(above)}))
    assert "likely secondary hyperparathyroidism" in card["summary"]
    assert "&gt;710 pg/mL" in page_of(visitor, card)


@pytest.mark.parametrize(
    ("what", "changed", "reason"),
    [
        ("an invalid UCUM unit", {"valueQuantity": {"value": 900, "unit": "bogus/L", "code": "bogus/L"}}, "unit"),
        ("an Observation without a value", {"valueQuantity": None}, "value"),
    ],
)
def test_a_value_that_cannot_be_used_costs_only_itself_and_the_page_says_why(
    what: str, changed: Json, reason: str, service_url: str, visitor: requests.Session
) -> None:
    bad = {key: held for key, held in {**PTH, **changed}.items() if held is not None}
    card = card_of(posted(service_url, what, {**CHART, "pth": bundle(bad)}))
    assert "phosphate 8.2 mg/dL" in card["detail"]
    page = page_of(visitor, card)
    row = page[page.index("Received and not used") :]
    assert "Observation/pth" in row
    assert reason in row


def test_a_bundle_of_type_collection_is_read(service_url: str) -> None:
    chart = {key: {**held, "type": "collection"} if "type" in held else held for key, held in CHART.items()}
    assert "likely secondary hyperparathyroidism" in card_of(posted(service_url, "collection", chart))["summary"]


@pytest.mark.parametrize(
    ("what", "path", "sent", "status"),
    [
        ("the hook of another service", URL, {"json": call(hook="patient-view")}, 400),
        ("no JSON", URL, {"data": "{", "headers": {"Content-Type": "application/json"}}, 400),
        ("an unknown service", "/cds-services/other", {"json": call()}, 404),
        ("the outcome banana", f"{URL}/feedback", {"json": {"feedback": [{"card": "c", "outcome": "banana"}]}}, 400),
    ],
)
def test_a_mistake_of_the_caller_gets_its_status_and_an_operation_outcome(
    what: str, path: str, sent: Json, status: int, service_url: str
) -> None:
    answer = requests.post(service_url + path, timeout=30, **sent)
    assert (answer.status_code, answer.json()["resourceType"]) == (status, "OperationOutcome"), what


def test_a_body_declared_as_fhir_json_is_taken(service_url: str) -> None:
    body = call(prefetch=CHART, hookInstance="0a6b3c55-6f0e-4b0b-8a4c-1b8f3ac5f009")
    answer = requests.post(service_url + URL, json=body, headers={"Content-Type": "application/fhir+json"}, timeout=30)
    assert card_of(answer)


def test_discovery_is_there(service_url: str) -> None:
    assert requests.get(f"{service_url}/cds-services", timeout=30).json()["services"]
