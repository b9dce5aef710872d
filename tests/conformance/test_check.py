"""What the check does apart from judging: what it calls, how far it goes, and what it says where it cannot tell."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from cds_service.conformance.ledger import Row, Verdict
from cds_service.errors import StartError
from tests.conformance.checking import ISSUER, JKU, checked, numbers
from tests.conformance.reference import Behaviour, reference_service
from tests.conformance.reference_trust import Trusted
from tests.serving import free_port
from tests.standard.messages import changed
from tests.tokens import signer

TICK_NS = 600_000_000


def _row(rows: list[Row], number: str) -> Row:
    return next(row for row in rows if row.assertion.number == number)


@pytest.fixture
def good() -> Iterator[str]:
    with reference_service(Behaviour()) as url:
        yield url


def test_an_answer_after_more_than_500_ms_is_a_warning(good: str) -> None:
    ticks = count(step=TICK_NS)
    rows = checked(good, stopwatch=lambda: next(ticks), seconds=10_000)
    assert numbers(rows, Verdict.WARN) == {"Q9"}
    assert "ms for a call without FHIR access" in _row(rows, "Q9").reason


def test_what_the_time_did_not_suffice_for_is_a_warning_and_not_a_pass(good: str) -> None:
    ticks = count(step=TICK_NS)
    rows = checked(good, stopwatch=lambda: next(ticks), seconds=30)
    assert "not reached" in _row(rows, "X15").reason
    assert _row(rows, "X15").verdict is Verdict.WARN
    assert _row(rows, "D1").verdict is Verdict.PASS


def test_where_nothing_answers_the_check_cannot_be_done() -> None:
    with pytest.raises(StartError, match="Nothing answers at"):
        checked(f"http://127.0.0.1:{free_port()}")


def test_without_a_key_only_strangers_are_tried_where_a_token_is_asked_for() -> None:
    key = signer("conformance-ec")
    with reference_service(Behaviour(trusted=Trusted(ISSUER, JKU, {key.kid: key}))) as url:
        rows = checked(url)
    assert numbers(rows, Verdict.PASS) == {"J1", "J2"}
    assert numbers(rows, Verdict.FAIL, Verdict.WARN) == set()
    assert "no key was given" in _row(rows, "D1").reason


def test_with_one_key_the_other_algorithm_is_said_to_be_untried() -> None:
    key = signer("conformance-ec")
    with reference_service(Behaviour(trusted=Trusted(ISSUER, JKU, {key.kid: key}))) as url:
        rows = checked(url, [key])
    assert _row(rows, "J3").verdict is Verdict.PASS
    assert "RS384 was not tried" in _row(rows, "J3").reason


def test_only_the_services_named_are_called() -> None:
    with reference_service(Behaviour(offers=("view", "sign-order"))) as url:
        rows = checked(url, services=["view"])
    assert "/cds-services/view" in _row(rows, "R1").sent
    assert _row(rows, "R1").reason == "as it should be"


def test_a_service_that_is_not_on_offer_is_told_by_name(good: str) -> None:
    with pytest.raises(StartError, match="No service elsewhere is on offer"):
        checked(good, services=["elsewhere"])


def test_services_beyond_the_first_twelve_are_counted() -> None:
    entry = {"hook": "order-sign", "title": "T", "description": "D"}
    many = Behaviour(discovery=lambda _: {"services": [{**entry, "id": f"s{number}"} for number in range(14)]})
    with reference_service(many) as url:
        rows = checked(url)
    assert "2 services beyond the first 12" in _row(rows, "R1").reason


def test_no_other_address_is_contacted_wherever_the_service_sends_one() -> None:
    elsewhere = Behaviour()
    moved = Behaviour(status=307)
    with reference_service(elsewhere) as other, reference_service(moved) as url:
        moved.location = f"{other}/cds-services/sign-order"
        rows = checked(url)
    assert "gets 307, not 200" in _row(rows, "R1").reason
    assert (elsewhere.asked, elsewhere.discovered) == ([], 0)


def test_a_hook_that_no_call_can_be_made_up_for_is_not_called_and_said_so() -> None:
    odd = Behaviour(discovery=lambda body: changed(body, "services/0/hook", "medication-refill"))
    with reference_service(odd) as url:
        rows = checked(url)
    assert _row(rows, "D1").verdict is Verdict.PASS
    assert _row(rows, "R1").verdict is Verdict.NOT_APPLICABLE
    assert "--request" in _row(rows, "R1").reason


def test_a_call_that_is_given_is_sent_to_the_services_of_its_hook() -> None:
    context = {"userId": "Practitioner/1", "patientId": "given"}
    service = Behaviour(offers=("view", "sign-order"))
    with reference_service(service) as url:
        rows = checked(url, given={"order-sign": {"hook": "order-sign", "context": context}})
    assert numbers(rows, Verdict.FAIL) == set()
    patients = {(call.get("hook"), call.get("context", {}).get("patientId") == "given") for call in service.asked}
    assert {("patient-view", False), ("order-sign", True)} <= patients
    assert ("patient-view", True) not in patients


def test_a_call_that_lacks_what_a_service_requires_is_a_warning() -> None:
    with reference_service(Behaviour(frozenset({"P5"}), offers=("signed",))) as url:
        rows = checked(url)
    assert _row(rows, "R1").verdict is Verdict.WARN
    assert "--request" in _row(rows, "R1").reason


def test_without_an_origin_it_is_said_that_no_page_was_tried(good: str) -> None:
    rows = checked(good, origin="")
    assert _row(rows, "Q7").verdict is Verdict.PASS
    assert "--origin" in _row(rows, "Q7").reason


@pytest.mark.parametrize("odd", [[], "text", 7, None, {"services": [None, 7, [], {"id": [1], "hook": {}}]}])
def test_a_discovery_of_odd_types_is_judged_and_fails_nothing_else(odd: Any) -> None:
    with reference_service(Behaviour(discovery=lambda _: odd)) as url:
        rows = checked(url)
    assert numbers(rows, Verdict.FAIL)


@pytest.mark.parametrize(
    ("path", "odd"),
    [
        ("cards", [None, 7, "card", [], {}]),
        ("cards/0/suggestions", [None, 7, {"actions": [None, 7]}]),
        ("cards/0/links", [None, 7, "link"]),
        ("cards/0/overrideReasons", [None, "reason"]),
        ("cards/0/source", [7]),
        ("systemActions", "none"),
        ("extension", [[[]]]),
    ],
)
def test_a_response_of_odd_types_is_judged(path: str, odd: Any) -> None:
    with reference_service(Behaviour(response=lambda body: changed(body, path, odd))) as url:
        rows = checked(url)
    assert "E3" in numbers(rows, Verdict.FAIL)


def test_a_response_that_nests_beyond_all_reading_is_no_json_object() -> None:
    deep: Any = "bottom"
    for _ in range(400):
        deep = {"a": [deep]}
    with reference_service(Behaviour(response=lambda body: {**body, "deep": deep})) as url:
        rows = checked(url)
    assert "no JSON object" in _row(rows, "R1").reason


def test_a_service_whose_id_is_no_segment_of_a_path_is_asked_at_its_own_address_only() -> None:
    odd = Behaviour(discovery=lambda body: changed(body, "services/0/id", "../../elsewhere?x=#\x1b[31m"))
    with reference_service(odd) as url:
        rows = checked(url)
    assert "/cds-services/..%2F..%2Felsewhere%3Fx%3D%23" in _row(rows, "R1").sent
    assert "gets 404, not 200" in _row(rows, "R1").reason
