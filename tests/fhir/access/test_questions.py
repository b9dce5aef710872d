"""Prefetch templates become questions with the values of the call, and nothing that the context says changes them."""

from dataclasses import replace
from typing import Any

import pytest

from cds_service.fhir.access.questions import Question, question, token_values
from cds_service.fhir.prefetch import prefetch_templates
from tests.fhir.access.errands import Asker, call_to
from tests.fhir.access.scripted import always, bundle, fhir
from tests.fhir.charts import history, labs

BASE = "https://fhir.example.org/r4/tenant-7"


def _url(template: str, **context: Any) -> str:
    call = call_to(BASE)
    values = token_values(replace(call, context={**call.context, **context}))
    asked = question(template, values)
    return asked.url(BASE).removeprefix(f"{BASE}/") if asked else ""


@pytest.mark.parametrize(
    ("template", "url"),
    [
        ("Patient/{{context.patientId}}", "Patient/p1"),
        ("Encounter/{{context.encounterId}}", "Encounter/e1"),
        ("Practitioner/{{userPractitionerId}}", "Practitioner/doctor-1"),
        ("Condition?patient={{context.patientId}}&_count=200", "Condition?patient=p1&_count=200"),
        ("Condition?patient=Patient/{{context.patientId}}", "Condition?patient=Patient/p1"),
        (
            "Observation?patient={{context.patientId}}&code=http://loinc.org|1-8,http://loinc.org|2-6&_sort=-date",
            "Observation?patient=p1&code=http://loinc.org%7C1-8,http://loinc.org%7C2-6&_sort=-date",
        ),
        ("Condition?code:in=a b&x=ü", "Condition?code:in=a%20b&x=%C3%BC"),
    ],
)
def test_a_template_is_filled_in(template: str, url: str) -> None:
    assert _url(template) == url


@pytest.mark.parametrize(
    "template",
    [
        "Patient/{{userPatientId}}",
        "PractitionerRole/{{userPractitionerRoleId}}",
        "Encounter/{{context.visitId}}",
        "Condition?patient={{context.patientId}}&encounter={{context.visitId}}",
        "Condition?patient={{context.draftReports.entry[0].resource.id}}",
        "Condition?patient={{%patient.id}}",
        "{{context.patientId}}/x",
        "../Patient/1",
        "Patient",
        "Patient/",
        "Patient/{{context.patientId}}/_history",
        "$everything",
    ],
)
def test_a_template_that_cannot_be_filled_in_is_not_asked(template: str) -> None:
    assert _url(template) == ""


@pytest.mark.parametrize(
    "visit", ["", None, [], {"id": "x"}, 1.5, "x" * 1001, "line\nbreak", "e1/../../admin", "..", "a b"]
)
def test_what_is_no_id_goes_into_no_path(visit: object) -> None:
    assert _url("Encounter/{{context.visitId}}", visitId=visit) == ""


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ("a&patient=p2", "a%26patient%3Dp2"),
        ("a|b,c", "a%7Cb%2Cc"),
        ("../x?y#z", "..%2Fx%3Fy%23z"),
        ("{{context.patientId}}", "%7B%7Bcontext.patientId%7D%7D"),
        ("%26", "%2526"),
        (7, "7"),
        (True, "true"),
    ],
)
def test_a_value_of_the_context_stays_one_value(value: object, encoded: str) -> None:
    assert _url("Condition?x={{context.said}}", said=value) == f"Condition?x={encoded}"


@pytest.mark.parametrize("value", ["half a character \ud800", "line\nbreak", "x" * 1001, "", None, 1.5, []])
def test_what_is_no_plain_value_is_not_asked_about(value: object) -> None:
    assert _url("Condition?x={{context.said}}", said=value) == ""


@pytest.mark.parametrize(
    ("user", "template"),
    [
        ("PractitionerRole/r1", "PractitionerRole/{{userPractitionerRoleId}}"),
        ("Patient/u1", "Patient/{{userPatientId}}"),
        ("RelatedPerson/u2", "RelatedPerson/{{userRelatedPersonId}}"),
    ],
)
def test_the_user_is_known_by_what_they_are(user: str, template: str) -> None:
    assert _url(template, userId=user) == user
    assert _url("Practitioner/{{userPractitionerId}}", userId=user) == ""


@pytest.mark.parametrize("user", ["Practitioner", "Practitioner/", "practitioner/x", "", 7, None])
def test_a_user_of_no_known_kind_is_nobody(user: object) -> None:
    assert _url("Practitioner/{{userPractitionerId}}", userId=user) == ""


def test_a_question_that_cannot_be_asked_leaves_its_key_out() -> None:
    with always(fhir(bundle())) as server, Asker(server.origin) as asker:
        fetched = asker.fetch(call_to(server.base), {"role": ["PractitionerRole/{{userPractitionerRoleId}}"]})
        assert server.connections == 0
    assert (fetched.resources, fetched.failed, fetched.set_aside) == ({}, {}, ())


def test_every_template_of_the_service_can_be_asked() -> None:
    values = token_values(call_to(BASE))
    asked = {key: question(template, values) for key, template in prefetch_templates(labs(), history()).items()}
    assert asked.pop("patient") == Question("Patient", "p1")
    assert {asked_for.letter for asked_for in asked.values() if asked_for} == {"s"}
    assert None not in asked.values()
