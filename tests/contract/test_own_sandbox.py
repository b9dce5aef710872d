"""The running demo as an EHR of its own: its synthetic patients, its FHIR server, its tokens."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
import requests

from cds_service.settings import Settings
from cds_service.web.sandbox.opened import open_sandbox
from tests.scenarios.asking import AS_OF, CONTENT

PATIENT = "tumoral-calcinosis-typical"
VIEW = "/cds-services/calcification-patient-view"


def card_summaries(service_url: str, name: str, **form: str) -> list[str]:
    """What the service says when all that it gets is access."""
    said = requests.post(f"{service_url}/sandbox/secured/token", data={"patient": PATIENT, **form}, timeout=30).json()
    instance = str(uuid5(NAMESPACE_URL, name))
    request: dict[str, Any] = {
        "hook": "patient-view",
        "hookInstance": instance,
        "context": {"userId": f"Practitioner/{instance}", "patientId": PATIENT},
        **said,
    }
    answer = requests.post(f"{service_url}{VIEW}", json=request, timeout=30)
    if answer.status_code != 200:
        assert answer.json()["resourceType"] == "OperationOutcome"
        return [str(answer.status_code)]
    return [card["summary"] for card in answer.json()["cards"]]


def test_the_service_fetches_from_its_own_sandbox(service_url: str) -> None:
    patients = requests.get(f"{service_url}/sandbox/fhir/Patient", timeout=60).json()
    assert PATIENT in {entry["resource"]["id"] for entry in patients["entry"]}
    (summary,) = card_summaries(service_url, "with a good token")
    assert "likely tumoral calcinosis" in summary


@pytest.mark.parametrize("form", [{"valid_for": "0"}, {"expires_in": "1"}, {"scope": "patient/Patient.read"}])
def test_without_leave_to_read_reports_the_view_is_refused_and_not_silent(
    form: dict[str, str], service_url: str
) -> None:
    assert card_summaries(service_url, repr(form), **form) == ["412"]


def test_production_has_none() -> None:
    assert open_sandbox(Settings(profile="production"), CONTENT, bytes(32), AS_OF) is None
    demo = open_sandbox(Settings(), CONTENT, bytes(32), AS_OF)
    assert demo is not None
    assert demo.store().read("Patient", PATIENT)["id"] == PATIENT
