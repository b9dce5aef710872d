"""Whatever stands in a call, the service answers it or says what is wrong: never 500, and nothing of it in a log."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.calls import URL
from tests.fuzz.calls import GOOD, INSTEAD, OTHER_HOOKS, mutated
from tests.fuzz.effort import tries
from tests.fuzz.installation import whole_service
from tests.signed_in import SignedIn

CONSOLE = ("/audit", "/audit/quality", "/audit/calls", "/audit/answers", "/audit/api/tables/statements.csv")
ANSWERED = {200, 400, 412, 413}


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The whole service, its record in a folder of this module; whatever was sent, the console counts and lists it."""
    app = whole_service(tmp_path_factory.mktemp("hostile"))
    app.test_client_class = SignedIn
    yield app.test_client()
    assert [app.test_client().get(path).status_code for path in CONSOLE] == [200] * len(CONSOLE)
    app.extensions["store"].close()


def choosing(data: st.DataObject) -> Callable[[int], int]:
    return lambda count: data.draw(st.integers(0, count - 1))


def send(caller: FlaskClient, path: str, body: Any) -> int:
    return caller.post(path, data=json.dumps(body), content_type="application/json").status_code


def test_the_calls_to_begin_with_are_good(caller: FlaskClient) -> None:
    assert [send(caller, URL, body) for body in GOOD] == [200] * len(GOOD)
    assert {send(caller, f"/cds-services/{service}", body) for service, body in OTHER_HOOKS} == {200}


@tries(300)
@given(st.data())
def test_a_call_with_anything_in_the_place_of_anything_is_answered(caller: FlaskClient, data: st.DataObject) -> None:
    body = mutated(choosing(data))
    status = send(caller, URL, body)
    assert status in ANSWERED
    if status == 200:
        instance = body["hookInstance"]
        page = next(found for found in caller.application.extensions["store"].recent(1))
        assert page.record.hook_instance == instance
        assert caller.get(f"/calls/{page.record.call_id}").status_code == 200


@tries(300)
@given(st.sampled_from(OTHER_HOOKS), st.data())
def test_a_call_of_another_hook_with_anything_in_the_place_of_anything_is_answered(
    caller: FlaskClient, good: tuple[str, Any], data: st.DataObject
) -> None:
    service, body = good
    assert send(caller, f"/cds-services/{service}", mutated(choosing(data), [body])) in ANSWERED
    newest = caller.application.extensions["store"].recent(1)[0].record
    assert caller.get(f"/calls/{newest.call_id}").status_code == 200


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20)
    | st.sampled_from(INSTEAD),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip
FEEDBACK = st.fixed_dictionaries(
    {"card": JSON_VALUES | st.just("c"), "outcome": st.sampled_from(["accepted", "overridden"]) | JSON_VALUES},
    optional={
        "outcomeTimestamp": st.just("2026-01-01T10:00:00.000Z") | JSON_VALUES,
        "acceptedSuggestions": st.lists(st.fixed_dictionaries({"id": JSON_VALUES | st.just("s")})) | JSON_VALUES,
        "overrideReason": st.fixed_dictionaries({}, optional={"reason": JSON_VALUES, "userComment": JSON_VALUES})
        | JSON_VALUES,
    },
)


@tries(200)
@given(st.lists(FEEDBACK, max_size=3) | JSON_VALUES)
def test_feedback_of_any_shape_is_answered(caller: FlaskClient, items: Any) -> None:
    assert send(caller, f"{URL}/feedback", {"feedback": items}) in ANSWERED
    assert caller.get("/").status_code == 200


@tries(200)
@given(st.binary(max_size=200) | JSON_VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_answered(caller: FlaskClient, raw: bytes) -> None:
    assert caller.post(URL, data=raw, content_type="application/json").status_code in ANSWERED
