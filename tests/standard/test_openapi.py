"""The OpenAPI document holds the same schemas as /schemas, and every reference in it leads somewhere."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from cds_service.standard.message_schemas import MESSAGES, NAMES, faults
from cds_service.standard.openapi import openapi, served_schema
from tests.standard.messages import GOOD, LEFT_OUT, changed

BASE = "https://cds.example.org"
DOCUMENT = openapi(BASE, "2.0.1", ["orders"], asks_for_tokens=True)
SPOILED = [
    ("discovery", "services/0/id", LEFT_OUT),
    ("request", "hookInstance", "4711"),
    ("response", "cards/0/overrideReasons/0/display", LEFT_OUT),
    ("feedback", "feedback/0/outcome", "banana"),
]


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from [item] if key == "$ref" else _references(item)
    for item in value if isinstance(value, list) else ():
        yield from _references(item)


def _validator(message: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{message}", "components": DOCUMENT["components"]})


def test_every_reference_leads_to_a_part_of_the_document() -> None:
    parts = DOCUMENT["components"]["schemas"]
    assert {reference.removeprefix("#/components/schemas/") for reference in _references(DOCUMENT)} <= parts.keys()


@pytest.mark.parametrize("message", MESSAGES)
def test_the_document_takes_what_the_schemas_take(message: str) -> None:
    assert _validator(message).is_valid(GOOD[message])


@pytest.mark.parametrize(("message", "path", "value"), SPOILED)
def test_the_document_refuses_what_the_schemas_refuse(message: str, path: str, value: Any) -> None:
    spoiled = changed(GOOD[message], path, value)
    assert list(faults(message, spoiled))
    assert not _validator(message).is_valid(spoiled)


@pytest.mark.parametrize(("message", "path", "value"), SPOILED)
def test_served_schemas_refer_to_each_other_by_their_addresses(message: str, path: str, value: Any) -> None:
    served = [served_schema(name, BASE) for name in NAMES]
    registry: Registry[Any] = Registry().with_resources(
        [(each["$id"], Resource.from_contents(each)) for each in served]
    )
    validator = Draft202012Validator({"$ref": f"{BASE}/schemas/{message}.schema.json"}, registry=registry)
    assert validator.is_valid(GOOD[message])
    assert not validator.is_valid(changed(GOOD[message], path, value))


def test_production_asks_for_a_token_and_the_demo_may_be_given_one() -> None:
    assert DOCUMENT["security"] == [{"clientToken": []}]
    assert {} in openapi(BASE, "2.0.1", [], asks_for_tokens=False)["security"]


def test_the_services_on_offer_are_named_only_where_they_may_be() -> None:
    def named(document: dict[str, Any]) -> Any:
        return document["paths"]["/cds-services/{id}"]["parameters"][0]["schema"].get("enum")

    assert named(DOCUMENT) == ["orders"]
    assert named(openapi(BASE, "2.0.1", [], asks_for_tokens=True)) is None
