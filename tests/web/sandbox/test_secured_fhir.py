"""The secured FHIR server of the sandbox: one patient, the scopes that were asked for, and until they are over."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.fhir.access.grant import EXPIRY_MARGIN_MS
from tests.web.sandbox.test_fhir import diagnostics, fhir, ids

SECURED, TOKEN = "/sandbox/secured/fhir", "/sandbox/secured/token"

Json = dict[str, Any]


def authorization(client: FlaskClient, **form: str) -> Json:
    """A token as a hook call carries it."""
    answer = client.post(TOKEN, data={"patient": "tc", **form})
    assert answer.status_code == 200, answer.text
    said = answer.get_json()
    assert said["fhirServer"] == f"http://localhost{SECURED}"
    held: Json = said["fhirAuthorization"]
    return held


def bearer(client: FlaskClient, **form: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {authorization(client, **form)['access_token']}"}


def test_a_token_is_told_as_a_hook_call_carries_it(client: FlaskClient) -> None:
    said = authorization(client, scope="patient/Observation.rs patient/Patient.r", expires_in="60")
    assert said.pop("access_token")
    assert said == {
        "token_type": "Bearer",
        "expires_in": 60,
        "scope": "patient/Observation.rs patient/Patient.r",
        "subject": "calcification-cds",
        "patient": "tc",
    }
    assert authorization(client)["expires_in"] * 1000 > EXPIRY_MARGIN_MS


def test_with_a_token_the_patient_is_read_and_searched(client: FlaskClient) -> None:
    good = bearer(client)
    assert fhir(client.get(f"{SECURED}/Patient/tc", headers=good))["id"] == "tc"
    assert fhir(client.get(f"{SECURED}/Observation?patient=Patient/tc&_count=2", headers=good))["total"] == 28
    assert ids(fhir(client.post(f"{SECURED}/Condition/_search", data={"subject": "tc"}, headers=good))) == [
        "tc-condition"
    ]


def test_a_search_that_names_nobody_finds_the_tokens_patient_only(client: FlaskClient) -> None:
    assert ids(fhir(client.get(f"{SECURED}/Patient", headers=bearer(client)))) == ["tc"]


def test_what_the_server_is_needs_no_token(client: FlaskClient) -> None:
    statement = fhir(client.get(f"{SECURED}/metadata"))
    assert "Bearer" in statement["rest"][0]["security"]["description"]
    assert statement["implementation"]["url"] == f"http://localhost{SECURED}"


@pytest.mark.parametrize(
    "sent", ["", "Basic dGM6dGM=", "Bearer", "Bearer x", "Bearer x.y", "Bearer é.é", "Bearer a.b.c"]
)
@pytest.mark.parametrize("path", ["Patient/tc", "Observation?patient=tc", "Patient/nobody"])
def test_without_a_token_of_ours_it_is_401_whatever_is_asked(sent: str, path: str, client: FlaskClient) -> None:
    answer = client.get(f"{SECURED}/{path}", headers={"Authorization": sent} if sent else {})
    assert diagnostics(fhir(answer, 401))
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="sandbox"')
    assert ("invalid_token" in answer.headers["WWW-Authenticate"]) is bool(sent)


def test_a_changed_token_is_none_of_ours(client: FlaskClient) -> None:
    token = bearer(client)["Authorization"]
    other = bearer(client, patient="renal")["Authorization"]
    mixed = f"{other.partition('.')[0]}.{token.partition('.')[2]}"
    for false in (token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1], mixed):
        assert "not one of" in diagnostics(
            fhir(client.get(f"{SECURED}/Patient/tc", headers={"Authorization": false}), 401)
        )


def test_a_token_ends_when_it_says_or_when_it_was_taken_back(client: FlaskClient) -> None:
    """A minute passes at each look at the clock."""
    lasting = bearer(client, expires_in="3600")
    for form in ({"expires_in": "59"}, {"expires_in": "300", "valid_for": "0"}):
        short = bearer(client, **form)
        assert "expired" in diagnostics(fhir(client.get(f"{SECURED}/Patient/tc", headers=short), 401))
    fhir(client.get(f"{SECURED}/Patient/tc", headers=lasting))


@pytest.mark.parametrize(
    "path", ["Patient/renal", "Observation/renal-pth-3", "Observation?patient=renal", "Condition?subject=Patient/renal"]
)
def test_another_patient_is_refused_and_not_hidden(path: str, client: FlaskClient) -> None:
    assert "another patient" in diagnostics(fhir(client.get(f"{SECURED}/{path}", headers=bearer(client)), 403))


@pytest.mark.parametrize(
    ("scope", "path", "status"),
    [
        ("patient/Observation.rs", "Observation?patient=tc", 200),
        ("patient/Observation.rs", "Patient/tc", 403),
        ("patient/Patient.r", "Patient/tc", 200),
        ("patient/Patient.r", "Patient?_id=tc", 403),
        ("patient/*.s", "Patient/tc", 403),
        ("launch openid patient/*.read", "Patient/tc", 200),
        ("user/*.read", "Condition?patient=tc", 200),
    ],
)
def test_the_scopes_count(scope: str, path: str, status: int, client: FlaskClient) -> None:
    fhir(client.get(f"{SECURED}/{path}", headers=bearer(client, scope=scope)), status)


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"patient": "nobody"}, 404, "No resource"),
        ({}, 404, "No resource"),
        ({"patient": "tc", "scope": "openid"}, 400, "SMART scopes"),
        ({"patient": "tc", "scope": "patient/Observation.rs?category=laboratory"}, 400, "without a query"),
        ({"patient": "tc", "scope": "patient/Patient.write"}, 400, "SMART scopes"),
        ({"patient": "tc", "expires_in": "soon"}, 400, "whole seconds"),
        ({"patient": "tc", "expires_in": "86400"}, 400, "seconds from 0"),
        ({"patient": "tc", "valid_for": "-1"}, 400, "seconds from 0"),
    ],
)
def test_a_token_that_could_be_no_use_is_not_issued(
    form: dict[str, str], status: int, words: str, client: FlaskClient
) -> None:
    assert words in diagnostics(fhir(client.post(TOKEN, data=form), status))
