"""The schemas and the OpenAPI document as they are fetched."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cds_service.web.errors import STATUS
from tests.web.conftest import SERVICE

OF_PAGES = {
    "ForeignForm", "NotAcceptable", "NotSignedIn", "RoleMissing", "SignInAway", "SignInFailed", "SignInTooOften",
    "ScopeMissing", "SearchRefused", "TokenRefused", "UnknownCall", "UnknownContent", "UnknownResource", "UnknownRule",
}  # fmt: skip


def test_the_index_lists_schemas_that_are_all_served_under_their_own_id(client: FlaskClient) -> None:
    listed = client.get("/schemas").json
    assert listed is not None
    assert len(listed["schemas"]) == 5
    for entry in listed["schemas"]:
        path = entry["url"].removeprefix("http://127.0.0.1:8080")
        answer = client.get(path)
        assert (answer.status_code, answer.mimetype) == (200, "application/schema+json")
        assert answer.json is not None
        assert (answer.json["$id"], answer.json["title"]) == (entry["url"], entry["title"])


def test_a_schema_that_does_not_exist_is_not_found(client: FlaskClient) -> None:
    assert client.get("/schemas/card.schema.json").status_code == 404


@pytest.mark.parametrize("path", ["/schemas", "/schemas/response.schema.json", "/openapi.json"])
def test_production_serves_them_without_a_token_and_under_its_own_address(
    path: str, build: Callable[..., Flask]
) -> None:
    app = build(profile="production", base_url="https://cds.example.org/radiology/")
    answer = app.test_client().get(path, headers={"Host": "elsewhere.example"})
    assert answer.status_code == 200
    assert "https://cds.example.org/radiology" in answer.text
    assert SERVICE not in answer.text


def test_the_demo_names_its_services_in_the_openapi_document(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    assert document is not None
    assert document["paths"]["/cds-services/{id}"]["parameters"][0]["schema"]["enum"] == [SERVICE]


def test_every_error_answer_of_a_call_stands_in_the_openapi_document(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    assert document is not None
    described = document["paths"]["/cds-services/{id}"]["post"]["responses"]
    answered = {str(int(status)) for error, (status, _) in STATUS.items() if error.__name__ not in OF_PAGES}
    assert answered | {"200", "500"} == described.keys()


def test_the_first_page_leads_to_both(client: FlaskClient) -> None:
    page = client.get("/", headers={"Accept": "text/html"}).text
    assert 'href="/schemas"' in page
    assert 'href="/openapi.json"' in page
