"""The public CDS Hooks sandbox, call by call as it was recorded, from discovery to what the record says of it.

Its tokens are good for five minutes, so the service's clock stands at the moment of the recording.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests
from flask import Flask
from werkzeug.serving import make_server

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.sandbox.serving import fhir_server

RECORDED = Path(__file__).parents[2] / "fixtures" / "sandbox"
RECORDED_AT = datetime(2026, 11, 28, 6, 7, 36, tzinfo=UTC)
PAGE, CALLED = "http://localhost:8100", "localhost:8080"
CLIENT = "cds-hooks-sandbox"

Json = dict[str, Any]


def recorded(name: str) -> Any:
    return json.loads((RECORDED / f"{name}.json").read_text("utf-8"))


def send(origin: str, call: Json) -> requests.Response:
    """A recorded call as its page sent it, to another port under the name that its token was made for."""
    body = call.get("body")
    return requests.request(
        call["method"],
        origin + call["path"],
        data=json.dumps(body) if isinstance(body, dict) else body,
        headers={**call["headers"], "Origin": PAGE, "Host": CALLED},
        timeout=30,
    )


@pytest.fixture
def app(settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    own = Settings(
        **{name: getattr(settings, name) for name in ("database_url", "spool_dir", "report_text_key_file")},
        **{name: getattr(settings, name) for name in ("patient_key_file", "audit_key_file", "local_token_file")},
        cors_origins=PAGE,
        replay_dir=tmp_path / "replays",
        port=8080,
    )
    made = create_app(own, clock=lambda: RECORDED_AT)
    yield made
    made.extensions["store"].close()


@pytest.fixture
def origin(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def about(name: str, card: Json) -> Json:
    """Recorded feedback with the ids of a card of this run; they change with the rules."""
    call: Json = recorded(name)
    (item,) = call["body"]["feedback"]
    item["card"] = card["uuid"]
    for taken in item.get("acceptedSuggestions", ()):
        taken["id"] = card["suggestions"][0]["uuid"]
    return call


def readable(answer: requests.Response) -> Any:
    """The body of an answer that the sandbox's page may read."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    return answer.json()


def test_from_discovery_to_the_record(app: Flask, origin: str) -> None:
    offered = readable(send(origin, recorded("discovery")))["services"]
    assert {"patient-view", "order-sign"} <= {service["hook"] for service in offered}
    (card,) = readable(send(origin, recorded("patient-view")))["cards"]
    assert (len(card["suggestions"]), bool(card["overrideReasons"])) == (3, True)
    for name in ("accepted", "overridden"):
        assert readable(send(origin, about(name, card))) == {}
    (kept,) = app.extensions["store"].recent(5)
    assert (kept.record.service, kept.record.client, kept.record.cards) == ("calcification-patient-view", CLIENT, 1)
    assert card["links"][0]["url"].endswith(f"/calls/{kept.record.call_id}")
    said = app.extensions["store"].feedback_for(kept.record.call_id)
    assert [item.outcome for item in said] == ["accepted", "overridden"]
    assert {item.body["client"] for item in said} == {CLIENT}
    assert not any("unknownSuggestions" in item.body for item in said)


def test_signing_a_drug_order_is_answered_without_a_card(app: Flask, origin: str) -> None:
    """The sandbox can sign orders of drugs only; none of them concerns a calcification, and the record says so."""
    assert readable(send(origin, recorded("order-sign"))) == {"cards": []}
    (kept,) = app.extensions["store"].recent(5)
    assert (kept.record.service, kept.record.cards) == ("calcification-order-sign", 0)


def test_an_imaging_order_with_a_reason_gets_its_card(origin: str) -> None:
    """Its imaging screen makes this order; at this commit no button there signs it."""
    call = recorded("order-sign")
    order = {
        "resourceType": "ServiceRequest",
        "id": "example-request-id",
        "status": "draft",
        "intent": "plan",
        "code": {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "72192"}], "text": "CT pelvis"},
        "subject": {"reference": "Patient/no-labs"},
        "reasonCode": [{"text": "Calcified periarticular masses about both hips"}],
    }
    call["body"]["context"] |= {"draftOrders": {"resourceType": "Bundle", "entry": [{"resource": order}]}}
    (card,) = readable(send(origin, call))["cards"]
    assert card["suggestions"]


def test_a_call_that_is_sent_twice_is_not_let_in_by_the_same_token(origin: str) -> None:
    assert send(origin, recorded("discovery")).status_code == 200
    assert send(origin, recorded("discovery")).status_code == 401


def test_its_token_is_over_after_five_minutes(settings: Settings) -> None:
    late = create_app(settings, clock=lambda: RECORDED_AT + timedelta(minutes=10))
    headers = {**recorded("discovery")["headers"], "Host": CALLED}
    assert late.test_client().get("/cds-services", headers=headers).status_code == 401
    late.extensions["store"].close()


def test_the_fhir_calls_bring_the_prefetch_that_was_sent() -> None:
    sent = recorded("patient-view")["body"]["prefetch"]
    with fhir_server() as origin:
        answers = [readable(send(origin, call)) for call in recorded("fhir")]
    assert {answer["resourceType"] for answer in answers} == {"CapabilityStatement", "Bundle", "Patient"}
    assert [key for key, value in sent.items() if value not in answers] == []
