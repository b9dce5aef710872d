"""The CDS services answer good calls, repeat their answers, and keep a record before they speak."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from cds_service.audit.engine import open_engine
from cds_service.audit.store import Store
from cds_service.errors import InvalidRequest, ReportMissing
from cds_service.settings import Settings
from tests.conftest import NOON
from tests.web.calls import URL, diagnostics, good_call
from tests.web.conftest import HOOK, SERVICE, OneAnswer


def test_discovery_lists_what_is_on_offer(client: FlaskClient) -> None:
    answer = client.get("/cds-services")
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    assert [(service["id"], service["hook"]) for service in answer.get_json()["services"]] == [(SERVICE, HOOK)]


def test_a_good_call_gets_its_cards_and_nothing_else(client: FlaskClient) -> None:
    answer = client.post(URL, json=good_call())
    assert answer.status_code == 200
    assert answer.json == {"cards": [{"uuid": "card-1", "summary": "as of 2026-01-01T12:00:00.000Z"}]}


def test_the_record_is_kept_by_the_time_the_answer_is_there(client: FlaskClient, store: Store) -> None:
    client.post(URL, json=good_call())
    (kept,) = store.recent(10)
    assert (kept.record.call_id, kept.record.outcome, kept.record.duration_us) == ("call-1", "card", 3000)


@pytest.mark.parametrize("media_type", ["application/json", "application/fhir+json", "application/json; charset=utf-8"])
def test_json_is_taken_under_each_of_its_names(media_type: str, client: FlaskClient) -> None:
    assert client.post(URL, data=json.dumps(good_call()), content_type=media_type).status_code == 200


def test_a_repeated_call_is_judged_as_of_the_first(client: FlaskClient, service: OneAnswer, store: Store) -> None:
    first = client.post(URL, json=good_call())
    again = client.post(URL, json=good_call())
    assert first.data == again.data
    assert [arrival.as_of for _, arrival in service.asked] == [NOON, NOON]
    assert [arrival.received_at - NOON for _, arrival in service.asked] == [timedelta(), timedelta(minutes=1)]
    assert len(store.recent(10)) == 2


def test_a_new_access_token_does_not_make_another_call(client: FlaskClient, service: OneAnswer) -> None:
    for token in ("one", "two"):
        access = {"access_token": token, "token_type": "Bearer", "expires_in": 300, "scope": "x", "subject": "y"}
        client.post(URL, json=good_call(fhirServer="https://fhir.example.org", fhirAuthorization=access))
    assert len({arrival.fingerprint for _, arrival in service.asked}) == 1


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidRequest("Send context.patientId."), 400),
        (ReportMissing("Send the report."), 412),
        (ZeroDivisionError("Ms Doe, born 1970"), 500),
    ],
)
def test_a_call_that_gets_no_answer_is_on_record_with_its_reason(
    error: Exception, status: int, client: FlaskClient, service: OneAnswer, store: Store
) -> None:
    service.raises = error
    answer = client.post(URL, json=good_call())
    (kept,) = store.recent(10)
    reason = getattr(error, "diagnostics", "unexpected error")
    assert answer.status_code == status
    assert (kept.record.outcome, kept.record.body) == ("refused", {"refused": reason})
    assert kept.record.hook_instance == good_call()["hookInstance"]


def test_what_an_unexpected_error_says_stays_inside(
    client: FlaskClient, service: OneAnswer, caplog: pytest.LogCaptureFixture
) -> None:
    service.raises = ZeroDivisionError("Ms Doe, born 1970")
    answer = client.post(URL, json=good_call())
    assert "Doe" not in answer.text
    assert "Doe" not in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_no_answer_leaves_when_its_record_cannot_be_kept(client: FlaskClient, settings: Settings) -> None:
    engine = open_engine(settings.database_url, "FULL")
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE cards"))
    engine.dispose()
    answer = client.post(URL, json=good_call())
    assert answer.status_code == 503
    assert "cards" not in answer.get_json()


def _feedback(**changed: Any) -> dict[str, Any]:
    said = {"card": "card-1", "outcome": "overridden", "outcomeTimestamp": "2026-01-01T12:05:00Z"}
    return {"feedback": [{**said, **changed}]}


def test_feedback_is_kept_with_its_call(client: FlaskClient, store: Store) -> None:
    client.post(URL, json=good_call())
    answer = client.post(f"{URL}/feedback", json=_feedback())
    assert answer.status_code == 200
    assert [item.outcome for item in store.feedback_for("call-1")] == ["overridden"]


def test_feedback_on_an_unknown_card_is_taken_too(client: FlaskClient) -> None:
    assert client.post(f"{URL}/feedback", json=_feedback(card="card-9")).status_code == 200


def test_feedback_of_another_shape_is_refused(client: FlaskClient) -> None:
    answer = client.post(f"{URL}/feedback", json=_feedback(outcome="banana"))
    assert answer.status_code == 400
    assert "feedback[0].outcome" in diagnostics(answer)
