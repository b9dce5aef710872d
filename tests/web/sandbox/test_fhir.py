"""The FHIR server of the sandbox: what the service's own templates and the public sandbox ask for, and no more."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cds_service.content.load import Content
from cds_service.hooks import SERVICES
from cds_service.hooks.service import Service
from cds_service.sandbox.parameters import SUPPORTED, Kind
from tests.fhir_r4 import faults
from tests.sandbox.patients import AS_OF, PHOSPHATES, RESOURCES

FHIR = "/sandbox/fhir"
PHOSPHATE = f"{FHIR}/Observation?patient=tc&code=http://loinc.org|2777-1&_sort=-date"
TOKENS = {"context.patientId": "tc", "context.reportId": "tc-report"}

Json = dict[str, Any]


def fhir(answer: TestResponse, status: int = 200) -> Json:
    """The resource in an answer, which is valid R4."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/fhir+json"
    body: Json = answer.get_json(force=True)
    # The published schema lists the versions before the technical correction 4.0.1, which is what is called R4.
    assert faults({**body, "fhirVersion": "4.0.0"} if "fhirVersion" in body else body) == []
    return body


def ids(bundle: Json) -> list[str]:
    return [entry["resource"]["id"] for entry in bundle.get("entry", ()) if entry["search"]["mode"] == "match"]


def pages(client: FlaskClient, url: str) -> Iterator[Json]:
    while url:
        bundle = fhir(client.get(url))
        yield bundle
        url = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), "")


def diagnostics(outcome: Json) -> str:
    assert outcome["resourceType"] == "OperationOutcome"
    return str(outcome["issue"][0]["diagnostics"])


def test_every_resource_can_be_read_and_is_valid(client: FlaskClient) -> None:
    for resource in RESOURCES:
        assert fhir(client.get(f"{FHIR}/{resource['resourceType']}/{resource['id']}")) == resource


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.id)
def test_every_prefetch_template_of_every_service_is_answered(
    service: Service, client: FlaskClient, content: Content
) -> None:
    for key, template in service.prefetch(content).items():
        asked = re.sub(r"\{\{(.*?)\}\}", lambda token: TOKENS[token[1]], template)
        answer = fhir(client.get(f"{FHIR}/{asked}", headers={"Prefer": "handling=strict"}))
        if answer["resourceType"] == "Bundle":
            wanted = {one["id"] for one in RESOURCES if one["resourceType"] == asked.partition("?")[0]}
            assert set(ids(answer)) <= wanted, key
            assert ids(answer) or key in ("enzymes", "serology"), key


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Patient?family=you", ["tc"]),
        ("Patient?name=ada&birthdate=lt1990", ["renal", "silent"]),
        ("Patient?birthdate=1958", ["renal"]),
        ("Patient?identifier=urn:oid:2.999.1|MRN-tc", ["tc"]),
        ("Patient?identifier=|MRN-tc", []),
        ("Patient?_id=tc,silent&_sort=-birthdate", ["tc", "silent"]),
        ("Condition?patient=Patient/tc&clinical-status=active", ["tc-condition"]),
        ("Condition?patient=tc&clinical-status=resolved", []),
        ("Condition?subject=Patient/renal&code=http://hl7.org/fhir/sid/icd-10-cm|", ["renal-condition"]),
        ("Condition?patient=renal&onset-date=ge2020-06", ["renal-condition"]),
        ("Condition?patient=renal&onset-date=gt2020", []),
        ("Observation?patient=renal&code=2777-1,2731-8&date=ge2025", ["renal-phosphate-3", "renal-pth-3"]),
        ("Observation?patient=renal&patient=tc", []),
        ("Encounter?patient=tc&class=AMB&date=2025-12", ["tc-encounter"]),
        ("ImagingStudy?patient=tc&modality=DX", ["tc-study"]),
        ("MedicationStatement?patient=tc&effective=gt2030", ["tc-taken"]),
        ("FamilyMemberHistory?patient=nobody", []),
    ],
)  # fmt: skip
def test_what_a_search_finds(asked: str, found: list[str], client: FlaskClient) -> None:
    bundle = fhir(client.get(f"{FHIR}/{asked}", headers={"Prefer": "handling=strict"}))
    assert (ids(bundle), bundle["total"]) == (found, len(found))
    kind, _, query = asked.partition("?")
    by_form = fhir(client.post(f"{FHIR}/{kind}/_search", data=query, content_type="application/x-www-form-urlencoded"))
    assert ids(by_form) == found


def test_a_search_by_form_is_the_same_search(client: FlaskClient) -> None:
    form = {
        "patient": "tc",
        "code": "http://loinc.org|2777-1,http://loinc.org|17861-6",
        "_sort": "-date",
        "_count": "3",
    }
    by_form = fhir(client.post(f"{FHIR}/Observation/_search", data=form))
    assert by_form == fhir(client.get(f"{FHIR}/Observation", query_string=form))
    assert len(ids(by_form)) == 3


def test_pages_follow_one_another_to_the_end(client: FlaskClient) -> None:
    read = list(pages(client, f"{PHOSPHATE}&_count=10"))
    assert [len(ids(page)) for page in read] == [10, 10, 5]
    assert {page["total"] for page in read} == {PHOSPHATES}
    assert [one for page in read for one in ids(page)] == [f"tc-phosphate-{10 * n}" for n in range(PHOSPHATES)]
    assert read[0]["link"][0]["url"] == f"http://localhost{PHOSPHATE.replace('|', '%7C')}&_count=10"


def test_a_count_of_none_tells_the_number_only(client: FlaskClient) -> None:
    bundle = fhir(client.get(f"{PHOSPHATE}&_count=0"))
    assert (bundle["total"], "entry" in bundle, len(bundle["link"])) == (PHOSPHATES, False, 1)


@pytest.mark.parametrize("ignored", ["favourite=blue", "_sort=favourite", "_include=Observation:patient"])
def test_what_is_not_understood_is_ignored_and_named_or_refused(ignored: str, client: FlaskClient) -> None:
    name = ignored.partition("=")[0]
    bundle = fhir(client.get(f"{FHIR}/Condition?patient=tc&{ignored}"))
    assert ids(bundle) == ["tc-condition"]
    assert bundle["link"][0]["url"].endswith("/Condition?patient=tc")
    (warning,) = (entry["resource"] for entry in bundle["entry"] if entry["search"]["mode"] == "outcome")
    assert name in diagnostics(warning)
    strict = client.get(f"{FHIR}/Condition?patient=tc&{ignored}", headers={"Prefer": "return=minimal, handling=strict"})
    assert name in diagnostics(fhir(strict, 400))


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("Patient/nobody", 404, "Search for its type"),
        ("Medication/1", 404, "There are Patient"),
        ("Medication", 404, "There are Patient"),
        ("Patient/tc/_history/1", 404, ""),
        ("Observation?code:in=x", 400, "modifier :in"),
        ("Observation?date=yesterday", 400, "no date"),
        ("Observation?_count=many", 400, "whole number"),
        ("Patient?_format=xml", 406, "JSON only"),
    ],
)
def test_errors_are_outcomes_that_say_what_to_do(path: str, status: int, words: str, client: FlaskClient) -> None:
    assert words in diagnostics(fhir(client.get(f"{FHIR}/{path}"), status))


def test_nothing_can_be_written(client: FlaskClient) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        assert diagnostics(fhir(client.open(f"{FHIR}/Patient/tc", method=method), 405))
    assert diagnostics(fhir(client.post(f"{FHIR}/Patient", json={}), 405))
    assert "form" in diagnostics(fhir(client.post(f"{FHIR}/Patient/_search", json={"_id": "tc"}), 415))


@pytest.mark.parametrize(
    ("accept", "status"),
    [("application/json+fhir", 200), ("text/html,application/xml;q=0.9,*/*;q=0.8", 200), ("application/fhir+xml", 406)],
)
def test_old_names_of_json_are_known_and_xml_is_not_written(accept: str, status: int, client: FlaskClient) -> None:
    fhir(client.get(f"{FHIR}/Patient/tc", headers={"Accept": accept}), status)


def test_the_capability_statement_lists_what_works_and_nothing_else(client: FlaskClient) -> None:
    statement = fhir(client.get(f"{FHIR}/metadata"))
    assert (statement["date"], statement["fhirVersion"]) == (AS_OF.isoformat(timespec="seconds"), "4.0.1")
    (rest,) = statement["rest"]
    told = {one["type"]: {param["name"] for param in one["searchParam"]} for one in rest["resource"]}
    example = {"token": "x", "reference": "tc", "date": "2026", "string": "x", "number": "1"}
    strict = {"Prefer": "handling=strict"}
    for resource in rest["resource"]:
        assert [one["code"] for one in resource["interaction"]] == ["read", "search-type"]
        for param in resource["searchParam"]:
            url = f"{FHIR}/{resource['type']}?{param['name']}={example[param['type']]}"
            assert "entry" not in fhir(client.get(url, headers=strict)) or param["type"] in ("reference", "date")
        for name in {name for names in told.values() for name in names} - told[resource["type"]]:
            fhir(client.get(f"{FHIR}/{resource['type']}?{name}=x", headers=strict), 400)
    assert {param["name"] for param in rest["searchParam"]} == {"_count", "_sort", "_format"}


def test_every_parameter_tells_resources_apart(client: FlaskClient) -> None:
    """A parameter that found everything, or nothing whatever is asked, would be none."""
    for kind, parameters in SUPPORTED.items():
        everything = fhir(client.get(f"{FHIR}/{kind}"))["total"]
        for parameter in parameters:
            other = {Kind.DATE: "1800-01-01", Kind.REFERENCE: "Patient/nobody"}.get(parameter.kind, "nothing-like-it")
            assert fhir(client.get(f"{FHIR}/{kind}?{parameter.name}={other}"))["total"] == 0 < everything


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost:8100", True),
        ("http://127.0.0.1:3000", True),
        ("http://[::1]:3000", True),
        ("https://ehr.example.org", True),
        ("https://evil.example", False),
        ("http://localhost.evil.example", False),
        ("null", False),
    ],
)
def test_pages_of_this_machine_may_read(origin: str, allowed: bool, serve: Callable[..., FlaskClient]) -> None:
    client = serve(cors_origins="https://ehr.example.org")
    answer = client.get(f"{FHIR}/Patient", headers={"Origin": origin})
    assert answer.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
    preflight = client.options(f"{FHIR}/Patient/_search", headers={"Origin": origin})
    assert ("Prefer" in preflight.headers.get("Access-Control-Allow-Headers", "")) is allowed


@pytest.mark.parametrize("headers", [{"Host": "ehr.example.org"}, {"X-Forwarded-For": "10.0.0.1", "Host": "10.0.0.1"}])
def test_strangers_are_refused_as_everywhere_in_the_demo(headers: dict[str, str], client: FlaskClient) -> None:
    assert client.get(f"{FHIR}/Patient", headers=headers).status_code == 403


def test_without_a_sandbox_nothing_is_there(build: Callable[..., Flask]) -> None:
    client = build().test_client()
    addresses = (f"{FHIR}/metadata", f"{FHIR}/Patient", "/sandbox/secured/fhir/metadata", "/sandbox/secured/token")
    assert [client.get(address).status_code for address in addresses] == [404] * 4


def test_links_are_on_the_name_that_the_caller_used(client: FlaskClient) -> None:
    bundle = fhir(client.get(f"{FHIR}/Patient?_count=1", headers={"Host": "127.0.0.1:8081"}))
    places = {urlsplit(link["url"]).netloc for link in bundle["link"]} | {
        urlsplit(bundle["entry"][0]["fullUrl"]).netloc
    }
    assert places == {"127.0.0.1:8081"}
