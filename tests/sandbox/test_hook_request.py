"""The request that an EHR over the sandbox sends is the one that the service asks for."""

import json
from typing import Any

import pytest

from cds_service.errors import UnknownResource
from cds_service.hooks import SERVICES
from cds_service.hooks.service import Service
from cds_service.sandbox.hook_request import Trigger, hook_request, unsigned_report
from cds_service.sandbox.store import FhirStore
from cds_service.standard.message_schemas import REQUEST
from cds_service.standard.message_schemas import faults as message_faults
from tests.fhir_r4 import faults
from tests.sandbox.patients import PHOSPHATES, TC
from tests.sandbox.serving import STORE
from tests.scenarios.asking import CONTENT, DOMAIN, Told, ask

INSTANCE = "1b4e28ba-2fa1-4d2b-883f-0016d3cca427"
SIGN, ORDER_SIGN = SERVICES["calcification-report-sign"], SERVICES["calcification-order-sign"]
ORDERED = {
    "resourceType": "ServiceRequest",
    "id": "draft-order",
    "status": "draft",
    "intent": "order",
    "code": {"text": "CT of the pelvis"},
    "subject": {"reference": "Patient/tc"},
    "reasonCode": [{"text": "periarticular calcified masses about both hips"}],
}

Json = dict[str, Any]


def request(service: Service = SIGN, patient: str = "tc", store: FhirStore = STORE, **changed: Any) -> Json:
    made = hook_request(store, service.discovery(DOMAIN, CONTENT), Trigger(patient, INSTANCE, **changed))
    assert json.loads(json.dumps(made)) == made
    return made


def told(service: Service, patient: str = "tc", **changed: Any) -> Told:
    return ask(request(service, patient, **changed), service)


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.id)
def test_any_hook_can_be_fired_with_a_request_as_the_standard_has_it(service: Service) -> None:
    made = request(service, orders=[ORDERED], fhir_server="http://127.0.0.1:8080/sandbox/fhir")
    assert list(message_faults(REQUEST, made)) == []
    assert made["prefetch"].keys() == service.prefetch(CONTENT).keys()
    assert [fault for answer in made["prefetch"].values() for fault in faults(answer)] == []
    # The chart of `silent` has no results, so there are tests to propose beside an order.
    for_silent = {**ORDERED, "subject": {"reference": "Patient/silent"}}
    assert (told(service, "silent", orders=[for_silent]) if service is ORDER_SIGN else told(service)).cards


@pytest.mark.parametrize(
    ("patient", "first"), [("tc", "tumoral-calcinosis"), ("renal", "secondary-hyperparathyroidism"), ("silent", "")]
)
def test_the_chart_of_the_store_makes_the_difference(patient: str, first: str) -> None:
    assert [*told(SIGN, patient).names, ""][0] == first


def test_prefetch_is_what_the_templates_would_find() -> None:
    prefetch = request()["prefetch"]
    assert prefetch["patient"] == TC[0]
    phosphate = prefetch["phosphate"]
    assert (phosphate["total"], len(phosphate["entry"]), "link" in phosphate) == (PHOSPHATES, 20, False)
    assert prefetch["serology"] == {"resourceType": "Bundle", "type": "searchset", "total": 0}
    with_server = request(fhir_server="http://127.0.0.1:8080/sandbox/fhir")["prefetch"]["phosphate"]
    assert with_server["link"][1]["url"].startswith("http://127.0.0.1:8080/sandbox/fhir/Observation?patient=tc&code=")


def test_the_report_in_the_editor_is_the_one_that_is_sent() -> None:
    written = {**unsigned_report(STORE, "tc"), "conclusion": "Normal."}
    assert request(report=written)["context"]["draftReports"]["entry"] == [{"resource": written}]
    review = SERVICES["calcification-report-review"]
    made = request(review, report=written)
    assert made["context"]["reportId"] == "tc-report"
    assert made["prefetch"]["report"] == written
    assert told(SIGN, report=written).cards == []


def test_draft_orders_of_the_chart_are_signed_where_none_are_named() -> None:
    assert "entry" not in request(ORDER_SIGN)["context"]["draftOrders"]
    store = FhirStore([*TC, ORDERED])
    assert request(ORDER_SIGN, store=store)["context"]["draftOrders"]["entry"] == [{"resource": ORDERED}]


def test_access_goes_along_with_a_server_only_and_prefetch_can_be_left_out() -> None:
    grant = {"access_token": "x"}
    assert "fhirAuthorization" not in request(authorization=grant)
    made = request(authorization=grant, fhir_server="http://127.0.0.1:8080/sandbox/secured/fhir", prefetches=False)
    assert (made["fhirAuthorization"], "prefetch" in made) == (grant, False)


@pytest.mark.parametrize(("patient", "words"), [("nobody", "No resource"), ("bare", "waits for its signature")])
def test_who_cannot_be_signed_for_is_told(patient: str, words: str) -> None:
    store = FhirStore([*TC, {"resourceType": "Patient", "id": "bare"}])
    with pytest.raises(UnknownResource, match=words):
        request(patient=patient, store=store)
