"""What the service fetches from the sandbox is what prefetch would have brought, and no refusal is hidden."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
import requests
from flask.testing import FlaskClient

from cds_service.app import create_app, utc_now
from cds_service.hooks import SERVICES
from cds_service.sandbox.hook_request import Trigger, hook_request
from cds_service.settings import Settings
from tests.sandbox.serving import STORE, fhir_server
from tests.scenarios.asking import CONTENT, DOMAIN

Json = dict[str, Any]
_IDS = ("uuid", "links", "id", f"{DOMAIN}.call")
SIGN, VIEW = SERVICES["calcification-report-sign"], SERVICES["calcification-patient-view"]


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with fhir_server() as running:
        yield running


@pytest.fixture
def client(settings: Settings, origin: str) -> Iterator[FlaskClient]:
    """The whole service, which may ask the server."""
    patient = replace(settings, fhir_servers=origin, fhir_deadline_ms=20_000, fhir_call_timeout_ms=20_000)
    app = create_app(patient, clock=utc_now)
    yield app.test_client()
    app.extensions["store"].close()


def authorization(origin: str, **form: str) -> Json:
    said = requests.post(f"{origin}/sandbox/secured/token", data={"patient": "tc", **form}, timeout=10).json()
    held: Json = said["fhirAuthorization"]
    return held


def cards(client: FlaskClient, service: Any, **changed: Any) -> list[Json]:
    """The cards without what differs from call to call: each is a reader of its own, told nothing before."""
    instance = str(uuid5(NAMESPACE_URL, repr(sorted(changed.items()))))
    trigger = Trigger("tc", instance, user=f"Practitioner/{instance}", **changed)
    request = hook_request(STORE, service.discovery(DOMAIN, CONTENT), trigger)
    answer = client.post(f"/cds-services/{service.id}", json=request)
    assert answer.status_code == 200, answer.text
    told: list[Json] = answer.get_json()["cards"]
    return [without_ids(card) for card in told]


def without_ids(card: Any) -> Any:
    if isinstance(card, dict):
        return {key: without_ids(value) for key, value in card.items() if key not in _IDS}
    return [without_ids(item) for item in card] if isinstance(card, list) else card


@pytest.mark.parametrize("service", [SIGN, VIEW], ids=lambda service: service.id)
def test_the_card_of_fetched_facts_is_the_card_of_prefetched_ones(
    service: Any, client: FlaskClient, origin: str
) -> None:
    secured = f"{origin}/sandbox/secured/fhir"
    access = {"fhir_server": secured, "authorization": authorization(origin)}
    # With access also beside prefetch: further pages, and keys for which discovery has no room, are fetched either way.
    prefetched = cards(client, service, **access)
    assert "phosphate" in prefetched[0]["detail"]
    assert cards(client, service, **access, prefetches=False) == prefetched


@pytest.mark.parametrize(
    "form",
    [
        {"valid_for": "0"},
        {"expires_in": "1"},
        {"scope": "patient/Patient.read"},
        {"patient": "renal"},
    ],
    ids=["taken back: 401", "about to expire: not used", "scope too narrow: 403 or not asked", "another patient's"],
)
def test_what_is_refused_is_unknown_and_never_normal(form: dict[str, str], client: FlaskClient, origin: str) -> None:
    grant = authorization(origin, **form)
    told = cards(client, SIGN, fhir_server=f"{origin}/sandbox/secured/fhir", authorization=grant, prefetches=False)
    assert "phosphate 7" not in told[0]["detail"]
    assert "likely" not in told[0]["summary"]
    assert cards(client, SIGN)[0]["summary"].endswith("likely tumoral calcinosis")
