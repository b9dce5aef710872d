from typing import Any

import pytest

from cds_service.errors import InvalidRequest
from cds_service.fhir.request import read_call
from tests.fhir.charts import HOOK, bundle, request

SERVICE = "calcification-report-sign"


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in request().items() if key != name}


def with_context(**context: Any) -> dict[str, Any]:
    return {**request(), "context": context}


def test_a_call_is_read() -> None:
    call = read_call(
        {**request({"patient": None}), "fhirServer": "https://ehr.example/fhir", "extra": 1}, SERVICE, HOOK
    )
    assert (call.service, call.hook, call.patient_id, call.fhir_server) == (
        SERVICE,
        HOOK,
        "p1",
        "https://ehr.example/fhir",
    )
    assert call.prefetch == {"patient": None}
    assert call.raw["extra"] == 1


@pytest.mark.parametrize("sent", ["123", "Patient/123"])
def test_the_patient_is_named_by_id_or_by_reference(sent: str) -> None:
    assert read_call(request(patientId=sent), SERVICE, HOOK).patient_id == "123"


@pytest.mark.parametrize("prefetch", [None, {}])
def test_a_call_without_prefetch_is_a_call(prefetch: object) -> None:
    assert read_call({**request(), "prefetch": prefetch}, SERVICE, HOOK).prefetch == {}


@pytest.mark.parametrize(
    ("body", "member"),
    [
        ([], "The body"),
        ("text", "The body"),
        (None, "The body"),
        (without("hook"), "hook is missing"),
        (without("hookInstance"), "hookInstance is missing"),
        (without("context"), "context is missing"),
        ({**request(), "hook": "patient-view"}, "hook is not the hook of service"),
        ({**request(), "hook": 7}, "hook is not"),
        ({**request(), "hookInstance": "17"}, "hookInstance is not"),
        ({**request(), "context": []}, "context is not"),
        (with_context(patientId="p1"), "context.userId is missing"),
        (with_context(userId="Practitioner/7"), "context.patientId is missing"),
        (with_context(userId="Practitioner/7", patientId="Doe, Jane"), "context.patientId is not"),
        (with_context(userId="Practitioner/7", patientId="Group/1"), "context.patientId is not"),
        (request(draftReports={"resourceType": "DiagnosticReport"}), "context.draftReports"),
        (request(draftReports=[]), "context.draftReports"),
        ({**request(), "fhirAuthorization": {"access_token": "x"}}, "fhirServer is missing"),
        ({**request(), "fhirAuthorization": "x", "fhirServer": "https://h/"}, "fhirAuthorization is not"),
        ({**request(), "fhirServer": "file:///etc"}, "fhirServer is not"),
        ({**request(), "prefetch": []}, "prefetch is not"),
    ],
)
def test_what_is_no_request_is_refused_with_the_member_named(body: object, member: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_call(body, SERVICE, HOOK)
    assert member in refused.value.diagnostics


def test_a_refusal_never_repeats_a_value() -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_call(with_context(userId="Practitioner/7", patientId="Jane Doe 1980"), SERVICE, HOOK)
    assert "Jane" not in refused.value.diagnostics


def test_the_envelope_does_not_look_into_resources() -> None:
    body = request(
        {"calcium": bundle(*({"resourceType": n} for n in range(5000)))}, draftReports=bundle({"no": "type"})
    )
    assert read_call(body, SERVICE, HOOK).patient_id == "p1"
