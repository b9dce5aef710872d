"""order-sign: only the missing tests, and only where an order concerns a soft tissue calcification."""

from typing import Any

import pytest

from cds_service.errors import InvalidRequest
from cds_service.hooks import SERVICES
from tests.scenarios.asking import Told, ask, bundle, observation, request_of, stored_report

SERVICE = SERVICES["calcification-order-sign"]
HIPS = "Large lobulated periarticular calcified masses about both hips with fluid-calcium levels."
ON_FILE = stored_report("hips", HIPS, "2026-05-02", code={"text": "CT pelvis"})
SARCOMA = "Aggressive mineralised soft tissue mass in the thigh with cortical destruction."
EGFR = "mL/min/{1.73_m2}"
Json = dict[str, Any]


def order(name: str, reason: str = "", loinc: str = "", **more: Any) -> Json:
    coding = {"coding": [{"system": "http://loinc.org", "code": loinc}]} if loinc else {}
    reasons = {"reasonCode": [{"text": reason}]} if reason else {}
    subject = {"reference": "Patient/p1"}
    coded = {"code": {"text": name, **coding}}
    return {
        "resourceType": "ServiceRequest",
        "id": "o1",
        "status": "draft",
        "subject": subject,
        **coded,
        **reasons,
        **more,
    }


CALCIUM = order("Calcium", loinc="17861-6")
MRI_OF_THE_HIP = order("MRI of the right hip")


def signed(*orders: Json, reports: list[Json] | None = None, **prefetch: Any) -> Told:
    on_file = {} if reports is None else {"imaging": bundle(reports)}
    return ask(request_of(SERVICE, {"draftOrders": bundle(orders)}, {**on_file, **prefetch}), SERVICE)


@pytest.mark.parametrize(
    ("what", "orders", "reports"),
    [
        ("its reason names one", [order("MRI", reason="Large lobulated calcified masses about both hips")], None),
        ("it is a test of the work-up, and imaging shows one", [CALCIUM], [ON_FILE]),
        ("it is for imaging of the place where imaging showed one", [MRI_OF_THE_HIP], [ON_FILE]),
        (
            "it is for imaging by its category",
            [order("Study of the hip", category=[{"coding": [{"code": "363679005"}]}])],
            [ON_FILE],
        ),
        ("the place stands in bodySite", [order("MRI", bodySite=[{"text": "Right hip"}])], [ON_FILE]),
    ],
)
def test_an_order_that_concerns_one_gets_the_missing_tests(what: str, orders: list[Json], reports: Any) -> None:
    told = signed(*orders, reports=reports)
    (card,) = told.cards
    assert card["extension"]["io.github.calcification-cds.kind"] == "missing-tests"
    assert card["indicator"] == "info"
    assert card["selectionBehavior"] == "any"
    assert "Seen (" in card["detail"], what
    assert "To be told apart: " in card["detail"]
    actions = [action for suggestion in card["suggestions"] for action in suggestion["actions"]]
    assert {action["type"] for action in actions} == {"create"}
    assert 1 <= len(actions) <= 3


@pytest.mark.parametrize(
    ("what", "orders", "reports"),
    [
        (
            "a drug",
            [{"resourceType": "MedicationRequest", "status": "draft", "subject": {"reference": "Patient/p1"}}],
            [ON_FILE],
        ),
        ("a test without any imaging", [CALCIUM], []),
        ("a routine test", [order("Creatinine", loinc="2160-0")], [ON_FILE]),
        ("a routine panel", [order("Basic metabolic panel")], [ON_FILE]),
        ("a blood count", [order("CBC with differential")], [ON_FILE]),
        ("what must not be missed", [CALCIUM], [stored_report("r1", SARCOMA, "2026-06-01")]),
        ("a test, imaging not provided", [CALCIUM], None),
        ("a test, imaging shows vessels", [CALCIUM], [stored_report("v", "Vascular calcification.", "2026-05-02")]),
        ("imaging of another place", [order("Radiograph of the chest")], [ON_FILE]),
        ("something else for the same place", [order("Physiotherapy of the hip")], [ON_FILE]),
        ("a reason that only asks", [order("MRI", reason="Rule out calcified mass of the hip")], None),
        ("another patient's order", [{**CALCIUM, "subject": {"reference": "Patient/other"}}], [ON_FILE]),
        ("an order that was revoked", [{**CALCIUM, "status": "revoked"}], [ON_FILE]),
    ],
)
def test_other_orders_get_nothing_and_the_record_says_why(what: str, orders: list[Json], reports: Any) -> None:
    told = signed(*orders, reports=reports)
    body = told.record.body
    assert told.cards == [], what
    assert body.get("silent") or all(report.get("silent") for report in body["reports"]), what


def test_what_the_order_itself_or_another_one_asks_for_is_not_proposed() -> None:
    first = [each["label"] for each in signed(CALCIUM, reports=[ON_FILE]).cards[0]["suggestions"]]
    pth = order("PTH", loinc="2731-8")
    then = [each["label"] for each in signed(CALCIUM, pth, reports=[ON_FILE]).cards[0]["suggestions"]]
    active = bundle([{**pth, "status": "active"}])
    besides = [each["label"] for each in signed(CALCIUM, reports=[ON_FILE], orders=active).cards[0]["suggestions"]]
    assert any("PTH" in label or "arathyroid" in label for label in first)
    assert not any("PTH" in label or "arathyroid" in label or "alcium" in label for label in (*then, *besides))


def test_where_no_test_would_tell_nothing_is_said() -> None:
    labs: list[tuple[str, float, str]] = [("egfr", 8, EGFR), ("creatinine", 7, "mg/dL"), ("pth", 900, "pg/mL")]
    labs += [("phosphate", 8, "mg/dL"), ("calcium", 9.2, "mg/dL"), ("vitamin-d-25", 30, "ng/mL")]
    chart = bundle([observation(*lab) for lab in labs])
    told = signed(MRI_OF_THE_HIP, reports=[ON_FILE], renal=chart)
    names = [each["label"] for card in told.cards for each in card["suggestions"]]
    assert not any("creatinine" in name.lower() or "PTH" in name for name in names)


@pytest.mark.parametrize(
    ("prefetch", "state"),
    [({}, "not provided"), ({"imaging": {"resourceType": "OperationOutcome"}}, "could not be read")],
)
def test_where_nobody_knows_what_imaging_showed_the_record_says_so(prefetch: Json, state: str) -> None:
    told = ask(request_of(SERVICE, {"draftOrders": bundle([CALCIUM])}, prefetch), SERVICE)
    assert told.record.body["silent"] == f"the order may concern one, and there is no imaging report to tell ({state})"


def test_an_order_without_a_name_is_called_an_order_of_its_day() -> None:
    reason = [{"text": "Large lobulated calcified masses about both hips"}]
    nameless = {**order(""), "authoredOn": "2026-06-20", "reasonCode": reason}
    (card,) = signed(nameless).cards
    assert "Read from: order, 2026-06-20 (ServiceRequest/o1)." in card["detail"]


def test_a_call_without_its_orders_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(InvalidRequest, match=r"context\.draftOrders is missing"):
        ask(request_of(SERVICE, {}, {}), SERVICE)
