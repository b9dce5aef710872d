"""The record over HTTP: as OpenAPI says, page by page, de-identified unless asked, and on record itself."""

import csv
import io
import json
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from cds_service.audit.opened import Audit
from tests.export.recorded import SECRETS, answered, silent
from tests.scenarios.asking import CONTENT

API = "/audit/api"
CALL = answered().call.record


@pytest.fixture
def reader(audit: Audit, client: FlaskClient) -> FlaskClient:
    """An auditor before a record of one answered and five silent calls."""
    audit.store.put_content(CONTENT.version, CONTENT.snapshot)
    audit.store.append(CALL)
    for number in range(5):
        audit.store.append(replace(silent().call.record, call_id=f"silent-{number}"))
    return client


def test_calls_come_page_by_page_each_once(reader: FlaskClient) -> None:
    first = reader.get(f"{API}/calls?limit=4").get_json()
    second = reader.get(f"{API}/calls?limit=4&after={first['next']}").get_json()
    told = first["calls"] + second["calls"]
    assert second["next"] is None
    assert len({row["call"] for row in told}) == len(told) == 6


@pytest.mark.parametrize("path", [f"{API}/calls", f"{API}/calls/{CALL.call_id}", f"{API}/calls/{CALL.call_id}/fhir"])
def test_identifiers_leave_only_when_asked_for(path: str, reader: FlaskClient) -> None:
    # The record holds no feedback here, and the client stands in every answer that names identifiers.
    kept_back = [secret for secret in SECRETS.values() if "iller" not in secret and "MILLER" not in secret]
    assert not any(secret in reader.get(path).text for secret in kept_back)
    assert "county-hospital" in reader.get(f"{path}?identified=true").text


@pytest.mark.parametrize("kind", ["ndjson", "csv"])
def test_a_table_comes_whole(kind: str, reader: FlaskClient) -> None:
    answer = reader.get(f"{API}/tables/outcomes.{kind}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="outcomes.{kind}"'
    lines = answer.text.splitlines()
    rows = [json.loads(line) for line in lines] if kind == "ndjson" else list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 6 * 18
    assert {row["rule"] for row in rows} == {rule.id for rule in CONTENT.engine.rules.rules}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/calls?since=yesterday", 400),
        ("/calls?since=99999-01-01", 400),
        ("/calls?limit=0", 400),
        ("/calls?limit=501", 400),
        ("/calls?limit=²", 400),
        ("/calls?after=-1", 400),
        ("/calls?identified=yes", 400),
        ("/calls/none", 404),
        ("/calls/none/fhir", 404),
        ("/tables/secrets.csv", 404),
        ("/tables/calls.parquet", 404),
    ],
)
def test_what_cannot_be_given_is_refused(path: str, status: int, reader: FlaskClient) -> None:
    assert reader.get(API + path).status_code == status


def test_answers_are_as_the_document_says(reader: FlaskClient) -> None:
    document = reader.get(f"{API}/openapi.json").get_json()
    for path in ("/calls", "/calls/{id}", "/calls/{id}/fhir"):
        described = document["paths"][API + path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        schema = {**described, "components": document["components"]}
        for query in ("", "?identified=true"):
            address = API + path.replace("{id}", CALL.call_id) + query
            Draft202012Validator(schema).validate(reader.get(address).get_json())


def test_each_reading_is_put_on_record_before_anything_is_shown(reader: FlaskClient, audit: Audit) -> None:
    for path in ("/calls", "/tables/labs.csv", f"/calls/{CALL.call_id}"):
        reader.get(API + path)
    looks = [(look.what, look.call_id) for look in reversed(audit.looks.newest(9))]
    assert looks == [("records", ""), ("export of labs", ""), ("record", CALL.call_id)]


def test_the_page_describes_every_column(reader: FlaskClient) -> None:
    page = reader.get("/audit/export").text
    assert "Keyed hash of the patient id" in page
    assert f"{API}/tables/calls.csv" in page
