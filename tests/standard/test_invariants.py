"""The 12 invariants of the logical models of 3.0: each holds for a good message and is broken by a bad one."""

from typing import Any

import pytest

from cds_service.standard.invariants import INVARIANTS, broken
from cds_service.standard.message_schemas import faults
from tests.standard.messages import GOOD, LEFT_OUT, changed

BROKEN = {
    "cds-r-1": ("fhirServer", LEFT_OUT, "the message"),
    "cds-r-2": ("fhirAuthorization/patient", LEFT_OUT, "fhirAuthorization"),
    "cds-resp-1": ("cards/0/suggestions/1/isRecommended", True, "cards[0]"),
    "cds-resp-2": ("cards/0/suggestions/0/actions/1/resourceId", LEFT_OUT, "cards[0].suggestions[0].actions[1]"),
    "cds-resp-3": ("cards/0/links/0/appContext", "a=1", "cards[0].links[0]"),
    "cds-resp-4": ("cards/0/overrideReasons/0/display", LEFT_OUT, "cards[0].overrideReasons[0]"),
    "cds-resp-5": ("cards/0/suggestions/0/actions/0/description", LEFT_OUT, "cards[0].suggestions[0]"),
    "cds-resp-6": ("cards/0/selectionBehavior", LEFT_OUT, "cards[0]"),
    "cds-resp-7": ("cards/0/suggestions/0/actionSelectionBehavior", "some", "cards[0].suggestions[0]"),
    "cds-fb-1": ("feedback/0/outcome", "banana", "feedback[0]"),
    "cds-fb-2": ("feedback/0/acceptedSuggestions", LEFT_OUT, "feedback[0]"),
    "cds-fb-3": ("feedback/1/overrideReason", {"extension": {"org.example.x": 1}}, "feedback[1].overrideReason"),
}
ADVISORY = {"cds-r-2", "cds-resp-2"}


def test_every_invariant_of_the_models_is_there() -> None:
    assert INVARIANTS.keys() == BROKEN.keys()


def test_a_good_message_breaks_none() -> None:
    assert [found for message, value in GOOD.items() for found in broken(message, value)] == []


@pytest.mark.parametrize("key", BROKEN)
def test_a_bad_message_breaks_the_one_that_it_is_bad_in(key: str) -> None:
    path, value, place = BROKEN[key]
    message = INVARIANTS[key].message
    found = [(invariant.key, where) for invariant, where in broken(message, changed(GOOD[message], path, value))]
    assert found == [(key, place)]


@pytest.mark.parametrize("key", sorted(BROKEN.keys() - {"cds-r-2"}))
def test_the_schema_says_it_too_where_a_schema_can(key: str) -> None:
    path, value, _ = BROKEN[key]
    message = INVARIANTS[key].message
    assert list(faults(message, changed(GOOD[message], path, value))) != []


def test_only_what_the_models_call_an_error_is_binding() -> None:
    assert {key for key, invariant in INVARIANTS.items() if not invariant.binding} == ADVISORY


@pytest.mark.parametrize(
    ("message", "path", "value"),
    [
        ("request", "fhirAuthorization", LEFT_OUT),
        ("request", "fhirAuthorization/scope", "user/Observation.read"),
        ("response", "cards/0/selectionBehavior", "any"),
        ("response", "cards/0/suggestions", LEFT_OUT),
        ("response", "systemActions/0/description", LEFT_OUT),
        ("feedback", "feedback/1/overrideReason", LEFT_OUT),
        ("feedback", "feedback/1/overrideReason/reason", LEFT_OUT),
    ],
)
def test_what_an_invariant_does_not_speak_of_it_lets_pass(message: str, path: str, value: Any) -> None:
    assert list(broken(message, changed(GOOD[message], path, value))) == []


@pytest.mark.parametrize("odd", [None, 7, "text", [], {}, {"cards": 1}, {"cards": [None, [1]], "feedback": [3]}])
def test_a_message_of_odd_types_breaks_none_and_fails_nothing(odd: Any) -> None:
    assert [found for message in GOOD for found in broken(message, odd)] == []
