"""The definition of the project's own hook says what the service does."""

import json
import re
from pathlib import Path

import pytest

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
    }


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_a_field_is_asked_for_if_the_definition_requires_it(field: str) -> None:
    context = {**EXAMPLE["context"], "encounterId": "e1"}
    del context[field]
    request = {**EXAMPLE, "context": context}
    if FIELDS[field] == "OPTIONAL":
        assert ask(request).cards
    else:
        with pytest.raises(InvalidRequest, match=rf"context\.{field} is missing"):
            ask(request)
