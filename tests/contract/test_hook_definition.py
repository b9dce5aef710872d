"""The definition of the project's own hook says what the service does."""

import json
import re
from pathlib import Path

import pytest
import requests

from cds_service.errors import InvalidRequest
from tests.scenarios.asking import ask

DEFINITION = (Path(__file__).parents[2] / "HOOK-report-sign.md").read_text("utf-8")
EXAMPLE = json.loads(re.findall(r"```json\n(.*?)```", DEFINITION, re.DOTALL)[0])
FIELDS = dict(re.findall(r"^\| `(\w+)` \| (REQUIRED|OPTIONAL) \|", DEFINITION, re.MULTILINE))


def test_the_example_of_the_definition_is_answered_with_a_card() -> None:
    assert len(ask(EXAMPLE).cards) == 1


def test_the_definition_names_the_fields_of_the_context() -> None:
    assert FIELDS == {
        "userId": "REQUIRED",
        "patientId": "REQUIRED",
        "encounterId": "OPTIONAL",
        "draftReports": "REQUIRED",
        "category": "OPTIONAL",
    }


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_a_field_is_asked_for_if_the_definition_requires_it(field: str) -> None:
    context = {**EXAMPLE["context"], "encounterId": "e1", "category": "Radiology"}
    del context[field]
    request = {**EXAMPLE, "context": context}
    if FIELDS[field] == "OPTIONAL":
        assert ask(request).cards
    else:
        with pytest.raises(InvalidRequest, match=rf"context\.{field} is missing"):
            ask(request)


def test_the_definition_of_the_own_hook_is_served(service_url: str) -> None:
    page = requests.get(f"{service_url}/documents/report-sign", timeout=10)
    assert page.status_code == 200
    assert "<h1><code>io.github.calcification-cds.report-sign</code></h1>" in page.text


def test_discovery_states_the_version_of_the_definition(service_url: str) -> None:
    (version,) = re.findall(r"^\| hookVersion \| (\S+) \|", DEFINITION, re.MULTILINE)
    services = requests.get(f"{service_url}/cds-services", timeout=10).json()["services"]
    stated = {entry["hook"]: entry["hookVersion"] for entry in services}
    assert stated[EXAMPLE["hook"]] == version
