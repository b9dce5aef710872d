"""The JSON Schemas take what the standard allows and refuse what it does not."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cds_service.errors import InvalidRequest
from cds_service.fhir.request import read_call
from cds_service.standard.message_schemas import MESSAGES, NAMES, faults, schema
from tests.contract.calls import HOOK
from tests.standard.messages import GOOD, LEFT_OUT, REQUEST, Json, changed

NOWHERE: list[Any] = [None, "", [], {}]
REQUIRED_OF_A_TOKEN = ("access_token", "token_type", "expires_in", "scope", "subject")
REQUIRED_OF_A_CARD = ("summary", "indicator", "source", "selectionBehavior")
REQUIRED_OF_FEEDBACK = ("card", "outcome", "outcomeTimestamp", "acceptedSuggestions")

REFUSED = [
    ("discovery", "services", None),
    *(("discovery", f"services/0/{member}", LEFT_OUT) for member in ("hook", "description", "id")),
    *(("discovery", f"services/0/{member}", value) for member in GOOD["discovery"]["services"][0] for value in NOWHERE),
    ("discovery", "services/0/prefetch/patient", ["Patient"]),
    ("discovery", "services/0/version", "newest"),
    ("discovery", "services/0/unknown", {"deep": [{"deeper": None}]}),
    *(("request", member, LEFT_OUT) for member in ("hook", "hookInstance", "context", "fhirServer")),
    *(("request", member, value) for member in REQUEST for value in NOWHERE),
    ("request", "hookInstance", "4711"),
    ("request", "fhirServer", "ehr.example.org"),
    *(("request", f"fhirAuthorization/{member}", LEFT_OUT) for member in REQUIRED_OF_A_TOKEN),
    ("request", "fhirAuthorization/token_type", "MAC"),
    ("request", "fhirAuthorization/expires_in", "300"),
    ("request", "context/userId", LEFT_OUT),
    ("request", "context/patientId", "a b"),
    ("request", "context/draftReports", {"resourceType": "DiagnosticReport"}),
    ("request", "prefetch/patient", "Patient/1"),
    ("response", "cards", LEFT_OUT),
    ("response", "cards", {}),
    ("response", "systemActions", []),
    *(("response", f"cards/0/{member}", LEFT_OUT) for member in REQUIRED_OF_A_CARD),
    *(("response", f"cards/0/{member}", value) for member in GOOD["response"]["cards"][0] for value in NOWHERE),
    ("response", "cards/0/summary", "a" * 140),
    ("response", "cards/0/indicator", "hard-stop"),
    ("response", "cards/0/source/label", LEFT_OUT),
    ("response", "cards/0/source/url", "/about"),
    ("response", "cards/0/source/topic/system", LEFT_OUT),
    ("response", "cards/0/selectionBehavior", "exactly-one"),
    ("response", "cards/0/suggestions/1/isRecommended", True),
    ("response", "cards/0/suggestions/0/label", LEFT_OUT),
    ("response", "cards/0/suggestions/0/actionSelectionBehavior", "some"),
    ("response", "cards/0/suggestions/0/actions", []),
    ("response", "cards/0/suggestions/0/actions/0/type", "replace"),
    ("response", "cards/0/suggestions/0/actions/0/description", LEFT_OUT),
    ("response", "cards/0/suggestions/0/actions/0/resource", LEFT_OUT),
    ("response", "cards/0/suggestions/0/actions/0/resource", {"status": "draft"}),
    ("response", "cards/0/suggestions/0/actions/1/resourceId", LEFT_OUT),
    ("response", "cards/0/suggestions/0/actions/1/resource", {"resourceType": "ServiceRequest"}),
    ("response", "cards/0/overrideReasons/0/display", LEFT_OUT),
    ("response", "cards/0/links/0/appContext", "a=1"),
    ("response", "cards/0/links/0/url", "why"),
    ("response", "cards/0/links/0/type", "relative"),
    ("response", "cards/0/extension/org.example.kind", None),
    ("feedback", "feedback", []),
    *(("feedback", f"feedback/0/{member}", LEFT_OUT) for member in REQUIRED_OF_FEEDBACK),
    ("feedback", "feedback/0/outcome", "banana"),
    ("feedback", "feedback/0/outcomeTimestamp", "2026-01-31T09:30:00"),
    ("feedback", "feedback/0/outcomeTimestamp", "2026-13-31T09:30:00Z"),
    ("feedback", "feedback/0/acceptedSuggestions/0/id", LEFT_OUT),
    ("feedback", "feedback/1/overrideReason", {}),
    ("feedback", "feedback/1/overrideReason/reason/code", LEFT_OUT),
]  # fmt: skip

TAKEN = [
    ("discovery", "services", []),
    *(("discovery", "services/0/version", version) for version in ("STU2", "2.0.1", "3.0.0", "3.0.0-ballot")),
    ("discovery", "services/0/unknown", {"deep": [1, False]}),
    ("request", "prefetch/patient", None),
    ("request", "prefetch", LEFT_OUT),
    ("request", "context/unknown", ["ServiceRequest/1"]),
    ("request", "context/draftReports", {"resourceType": "Bundle", "entry": [], "x": None}),
    ("response", "cards", []),
    ("response", "systemActions", LEFT_OUT),
    ("response", "systemActions/0/description", LEFT_OUT),
    ("response", "cards/0/summary", "a" * 139),
    ("response", "cards/0/source/topic", LEFT_OUT),
    ("response", "cards/0/selectionBehavior", "any"),
    ("response", "cards/0/suggestions/0/actions/0/resource", {"resourceType": "Patient", "name": [{"_given": [None]}]}),
    ("feedback", "feedback/1/overrideReason", LEFT_OUT),
    ("feedback", "feedback/1/overrideReason/reason/system", LEFT_OUT),
    ("feedback", "feedback/1/overrideReason/userComment", LEFT_OUT),
]


def _whole(path: str, value: object) -> str:
    return f"{path} {'left out' if value is LEFT_OUT else repr(value)[:30]}"


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_with_every_member_is_taken(message: str) -> None:
    assert list(faults(message, GOOD[message])) == []


@pytest.mark.parametrize(("message", "path", "value"), REFUSED, ids=[_whole(path, value) for _, path, value in REFUSED])
def test_a_message_that_breaks_the_standard_is_refused(message: str, path: str, value: Any) -> None:
    assert list(faults(message, changed(GOOD[message], path, value))) != []


@pytest.mark.parametrize(("message", "path", "value"), TAKEN, ids=[_whole(path, value) for _, path, value in TAKEN])
def test_what_the_standard_leaves_open_is_taken(message: str, path: str, value: Any) -> None:
    assert list(faults(message, changed(GOOD[message], path, value))) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_a_schema_of_draft_2020_12(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))


def test_a_fault_names_the_place_and_nothing_of_what_is_said() -> None:
    spoiled = changed(GOOD["response"], "cards/0/summary", "planted-marker" * 20)
    assert list(faults("response", spoiled)) == ["cards[0].summary: is too long"]


def _places(value: Any, path: str = "") -> Iterator[str]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield f"{path}{key}"
        if "/" not in str(key):
            yield from _places(child, f"{path}{key}/")


ODD = [LEFT_OUT, None, "", 0, -1.5, True, "a", "a b", "4711", [], ["a"], {}, {"a": 1}, {"resourceType": "Bundle"}]
REWORKED = [changed(REQUEST, path, value) for path in _places(REQUEST) for value in ODD]


def _read(request: Json) -> bool:
    try:
        read_call(request, "a-service", request.get("hook", HOOK))
    except InvalidRequest:
        return False
    return True


def test_whatever_the_whole_schema_takes_the_envelope_of_the_hot_path_takes() -> None:
    taken = [request for request in REWORKED if not list(faults("request", request))]
    assert len(taken) > len(REWORKED) / 4
    assert [request for request in taken if not _read(request)] == []
