"""A response leaves without null or empty members, with its resources untouched, and nothing is cut in silence."""

from typing import Any

import pytest

from cds_service.fhir.response import response
from cds_service.standard.message_schemas import faults
from tests.contract.calls import CHART, call
from tests.scenarios.asking import ask

RESOURCE = {"resourceType": "DiagnosticReport", "id": "", "x": None, "presentedForm": [], "name": [{"_given": [None]}]}


@pytest.mark.parametrize("hollow", [None, "", [], {}, [None], {"a": {"b": [""]}}])
def test_what_is_null_or_empty_does_not_leave_and_its_place_is_told(hollow: Any) -> None:
    built = response([{"summary": "Look", "detail": hollow}])
    assert built.cards == [{"summary": "Look"}]
    assert built.dropped[-1] == "cards[0].detail"


@pytest.mark.parametrize("kept", [False, 0, " ", [0], {"a": False}])
def test_what_says_something_leaves(kept: Any) -> None:
    built = response([{"summary": "Look", "extension": {"org.example.x": kept}}])
    assert built.cards[0]["extension"] == {"org.example.x": kept}
    assert built.dropped == ()


def test_the_resource_of_an_action_is_the_one_that_came_in() -> None:
    action = {"type": "update", "description": "", "resource": RESOURCE}
    built = response([{"summary": "Look", "suggestions": [{"label": "Do", "actions": [action]}]}])
    assert built.cards[0]["suggestions"][0]["actions"][0]["resource"] is RESOURCE
    assert built.dropped == ("cards[0].suggestions[0].actions[0].description",)


@pytest.mark.parametrize(("length", "overlong"), [(139, ()), (140, ("cards[0].summary",))])
def test_a_summary_that_is_too_long_is_told_and_not_cut(length: int, overlong: tuple[str, ...]) -> None:
    built = response([{"summary": "a" * length}])
    assert built.overlong == overlong
    assert len(built.cards[0]["summary"]) == length


@pytest.mark.parametrize("prefetch", [None, CHART, {"renal": {"resourceType": "OperationOutcome"}}])
def test_the_cards_of_the_service_lose_nothing_and_keep_the_schema(prefetch: Any) -> None:
    built = response(ask(call(prefetch=prefetch)).cards)
    assert (built.dropped, built.overlong) == ((), ())
    assert list(faults("response", {"cards": built.cards})) == []
