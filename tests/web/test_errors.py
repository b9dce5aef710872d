"""What is wrong with a request is said with the right status, as an OperationOutcome, without patient data."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from fhir.resources.R4B.operationoutcome import OperationOutcome
from flask import Flask
from flask.testing import FlaskClient

from cds_service import errors
from cds_service.audit.store import Store
from cds_service.web.errors import STATUS
from tests.web.calls import URL, diagnostics, good_call

JSON = "application/json"

WRONG = [
    ("not JSON", b"{", JSON, 400),
    ("no body", b"", JSON, 400),
    ("not UTF-8", b"\xff\xfe{}\x9d", JSON, 400),
    ("NaN", b'{"hook": NaN}', JSON, 400),
    ("Infinity", b'{"hook": -Infinity}', JSON, 400),
    ("a number beyond all bounds", b'{"hook": 1e999}', JSON, 400),
    ("a comment", b'{"hook": 1} // hook', JSON, 400),
    ("an array", b"[]", JSON, 400),
    ("nesting without end", b"[" * 200_000, JSON, 400),
    ("no hook", good_call(hook=None), JSON, 400),
    ("no hookInstance", good_call(hookInstance=None), JSON, 400),
    ("a hookInstance that is no UUID", good_call(hookInstance="call 7"), JSON, 400),
    ("no context", good_call(context=None), JSON, 400),
    ("another hook", good_call(hook="patient-view"), JSON, 400),
    ("a token without a server", good_call(fhirAuthorization={"access_token": "x"}), JSON, 400),
    ("text", good_call(), "text/plain", 415),
    ("a form", good_call(), "application/x-www-form-urlencoded", 415),
    ("no media type", good_call(), None, 415),
]


@pytest.mark.parametrize(("what", "body", "media_type", "status"), WRONG, ids=[case[0] for case in WRONG])
def test_a_wrong_call_is_refused_and_on_record(
    what: str, body: bytes | dict[str, Any], media_type: str | None, status: int, client: FlaskClient, store: Store
) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body)
    answer = client.post(URL, data=data, content_type=media_type)
    assert answer.status_code == status, what
    assert [kept.record.outcome for kept in store.recent(10)] == ["refused"]
    _require_operation_outcome(answer.data, answer.content_type)


def test_a_body_over_the_limit_is_refused_and_on_record(build: Callable[..., Flask], store: Store) -> None:
    client = build(max_body_bytes=2000).test_client()
    answer = client.post(URL, data=b" " * 2001, content_type=JSON)
    assert answer.status_code == 413
    assert "2000 bytes" in diagnostics(answer)
    assert [kept.record.outcome for kept in store.recent(10)] == ["refused"]


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [
        ("POST", "/cds-services/calcification-of-everything", 404, None),
        ("POST", "/cds-services/calcification-of-everything/feedback", 404, None),
        ("GET", "/calls/no-such-call", 404, None),
        ("GET", "/nothing/here", 404, None),
        ("GET", URL, 405, "OPTIONS, POST"),
        ("PUT", URL, 405, "OPTIONS, POST"),
        ("POST", "/cds-services", 405, "GET, HEAD, OPTIONS"),
        ("GET", f"{URL}/feedback", 405, "OPTIONS, POST"),
    ],
)
def test_a_wrong_address_or_method_is_refused(
    method: str, path: str, status: int, allowed: str | None, client: FlaskClient
) -> None:
    answer = client.open(path, method=method, json=good_call() if method == "POST" else None)
    assert (answer.status_code, answer.headers.get("Allow")) == (status, allowed)
    _require_operation_outcome(answer.data, answer.content_type)


_CHROMIUM = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        (_CHROMIUM, "text/html"),
        ("*/*", "application/fhir+json"),
        ("application/json, text/plain, */*", "application/fhir+json"),
        ("application/fhir+json;q=1.0, text/html;q=0.5", "application/fhir+json"),
        ("", "application/fhir+json"),
    ],
)
def test_a_browser_gets_a_page_and_a_program_json(accept: str, mimetype: str, client: FlaskClient) -> None:
    answer = client.get("/calls/no-such-call", headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (404, mimetype)


def test_no_refusal_repeats_what_the_call_said(client: FlaskClient) -> None:
    answer = client.post(URL, json=good_call(hookInstance="Jane Doe", context={"patientId": {"name": "Jane Doe"}}))
    assert "Doe" not in answer.text


def test_every_error_has_its_row() -> None:
    assert set(STATUS) == set(errors.RequestError.__subclasses__())


def _require_operation_outcome(data: bytes, content_type: str) -> None:
    assert content_type == "application/fhir+json"
    outcome = OperationOutcome.model_validate_json(data)
    assert outcome.issue[0].diagnostics
