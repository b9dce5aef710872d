"""Calls to send in tests."""

from typing import Any

from werkzeug.test import TestResponse

from cds_service.web.sample import sample_request
from tests.web.conftest import HOOK, SERVICE

URL = f"/cds-services/{SERVICE}"


def good_call(**changed: Any) -> dict[str, Any]:
    """A call that gets a card; members that a test wants otherwise come in by name, None takes one out."""
    body = {**sample_request(HOOK, "Radiograph", "Calcified mass about the hip."), **changed}
    return {key: value for key, value in body.items() if value is not None}


def diagnostics(answer: TestResponse) -> str:
    """What an OperationOutcome says is wrong."""
    words: str = answer.get_json()["issue"][0]["diagnostics"]
    return words
