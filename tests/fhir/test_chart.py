import re
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds_service.core.facts import Missing
from cds_service.fhir.prefetch import prefetch_templates
from tests.fhir.charts import (
    LOINC,
    PATIENT,
    Json,
    bundle,
    chart,
    condition,
    history,
    labs,
    observation,
    patient,
    quantity,
    reasons,
)

OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "forbidden"}]}
REMARK = {"resourceType": "OperationOutcome", "issue": [{"severity": "information", "code": "informational"}]}
CALCIUM = observation("calcium", quantity(9.8, "mg/dL"))
PHOSPHATE = observation("phosphate", quantity(7.8, "mg/dL"))


@pytest.mark.parametrize(
    ("prefetch", "missing"),
    [
        ({}, Missing.NOT_PROVIDED),
        ({"calcium": None}, Missing.NONE_ON_FILE),
        ({"calcium": bundle()}, Missing.NONE_ON_FILE),
        ({"calcium": {"resourceType": "Bundle", "type": "searchset", "total": 0}}, Missing.NONE_ON_FILE),
        ({"calcium": bundle(PHOSPHATE)}, Missing.NONE_ON_FILE),
        ({"calcium": bundle(REMARK)}, Missing.NONE_ON_FILE),
        ({"calcium": OUTCOME}, Missing.NOT_READABLE),
        ({"calcium": REMARK}, Missing.NOT_READABLE),
        ({"calcium": bundle(OUTCOME)}, Missing.NOT_READABLE),
        ({"calcium": bundle(PHOSPHATE, OUTCOME)}, Missing.NOT_READABLE),
        ({"calcium": "text"}, Missing.NOT_READABLE),
        ({"calcium": [1]}, Missing.NOT_READABLE),
        ({"calcium": {"resourceType": 1}}, Missing.NOT_READABLE),
        ({"calcium": bundle({**CALCIUM, "status": "entered-in-error"})}, Missing.SET_ASIDE),
    ],
)
def test_not_provided_none_on_file_and_not_readable_are_told_apart(prefetch: Json, missing: Missing) -> None:
    assert chart(prefetch).missing_labs["calcium"] is missing


@pytest.mark.parametrize(
    "value",
    [
        CALCIUM,
        bundle(CALCIUM),
        bundle(CALCIUM, kind="collection"),
        bundle(bundle(CALCIUM)),
        bundle(CALCIUM, REMARK),
        bundle({"resourceType": "FooType"}, None, "x", {}, {"resourceType": 5}, CALCIUM),
    ],
)
def test_results_are_found_however_they_are_wrapped(value: Json) -> None:
    assert "calcium" in chart({"anything": value}).labs


def test_every_lab_is_either_there_or_missing_for_a_reason() -> None:
    read = chart({"calcium": bundle(CALCIUM)})
    assert set(read.labs) | set(read.missing_labs) == set(labs().labs)
    assert not set(read.labs) & set(read.missing_labs)


@pytest.mark.parametrize(
    ("prefetch", "lists"),
    [
        ({}, set()),
        ({"conditions": None}, {"conditions"}),
        ({"conditions": bundle(), "procedures": None, "medications": OUTCOME}, {"conditions", "procedures"}),
        ({"conditions": bundle(condition("Gout"), OUTCOME)}, set()),
        ({"problems": bundle(condition("Gout"))}, {"conditions"}),
        ({"family": bundle()}, {"family"}),
        ({"x": bundle({"resourceType": "Encounter", "id": "e1", "subject": PATIENT})}, set()),
        ({"x": bundle({"resourceType": "MedicationAdministration", "id": "a1", "subject": PATIENT})}, set()),
    ],
)
def test_only_lists_that_were_read_whole_count_as_read(prefetch: Json, lists: set[str]) -> None:
    assert chart(prefetch).history_lists == lists


def test_another_patient_s_record_is_never_used() -> None:
    read = chart(
        {"patient": patient(identifier="p2"), "calcium": bundle({**CALCIUM, "subject": {"reference": "Patient/p2"}})}
    )
    assert read.patient.age_years is None
    assert not read.labs
    assert len(reasons(read)) == 2


@pytest.mark.parametrize(
    ("patients", "age", "sex", "asides"),
    [
        ([patient(), patient()], 46, "female", 0),
        ([patient(), patient(born=None)], 46, "female", 0),
        ([patient(), patient(born="1950-01-01")], None, "female", 1),
        ([patient(), patient(sex="male")], 46, None, 1),
    ],
)
@pytest.mark.parametrize("backwards", [False, True])
def test_patients_who_contradict_each_other_are_not_believed(
    patients: list[Json], age: int | None, sex: str | None, asides: int, backwards: bool
) -> None:
    read = chart({"all": bundle(*(patients[::-1] if backwards else patients))})
    assert (read.patient.age_years, read.patient.sex, len(reasons(read))) == (age, sex, asides)


def test_a_reference_by_the_bundle_s_own_url_is_the_patient() -> None:
    entry = {"fullUrl": "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "resource": patient()}
    held = {
        "resourceType": "Bundle",
        "entry": [entry, {"resource": {**CALCIUM, "subject": {"reference": entry["fullUrl"]}}}],
    }
    assert "calcium" in chart({"all": held}).labs


def order(code: Json | None, **more: object) -> Json:
    return {"resourceType": "ServiceRequest", "id": "s1", "status": "active", "subject": PATIENT, "code": code, **more}


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (order({"coding": [{"system": "http://loinc.org", "code": "2731-8"}]}), {"pth"}),
        (order({"text": "PTH, intact"}), {"pth"}),
        (order({"coding": [{"system": "http://loinc.org", "code": "2160-0"}]}), {"creatinine", "egfr"}),
        (order({"text": "Basic metabolic panel"}), {"creatinine", "egfr", "urea", "calcium"}),
        (order({"text": "PTH"}, status="completed"), set()),
        (order({"text": "PTH"}, subject={"reference": "Patient/p2"}), set()),
        (order({"text": "Chest radiograph"}), set()),
        (order(None), set()),
    ],
)
def test_tests_on_order_are_known(resource: Json, expected: set[str]) -> None:
    assert chart({"orders": bundle(resource)}).orders == expected


# ---- prefetch templates --------------------------------------------------------------------------------------------


def test_there_are_twelve_templates_in_the_portable_subset() -> None:
    templates = prefetch_templates(labs(), history())
    assert list(templates) == [
        "patient",
        "conditions",
        "procedures",
        "medications",
        "family",
        "orders",
        "calcium",
        "phosphate",
        "pth",
        "renal",
        "enzymes",
        "serology",
    ]
    for template in templates.values():
        assert set(re.findall(r"{{(.*?)}}", template)) == {"context.patientId"}
        names = re.findall(r"[?&]([^=&]+)=", template)
        assert len(names) == len(set(names)), "some clients fold a repeated parameter"
        assert set(names) <= {"patient", "code", "status", "_sort", "_count"}


def test_the_templates_ask_for_every_code_that_is_matched() -> None:
    asked = " ".join(prefetch_templates(labs(), history()).values())
    assert all(f"http://loinc.org|{code}" in asked for code in (*labs().by_code, *LOINC.values()))


# ---- hostile input ---------------------------------------------------------------------------------------------------

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["mg/dL", "Patient/p1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["value", "unit", "code", "coding", "text"]), inner)
    ),
    max_leaves=6,
)
ELEMENTS = (
    "code",
    "subject",
    "status",
    "valueQuantity",
    "valueString",
    "valueRatio",
    "valueRange",
    "valueCodeableConcept",
    "component",
    "valueInteger",
    "interpretation",
    "referenceRange",
    "effectiveDateTime",
    "effectivePeriod",
    "id",
    "dataAbsentReason",
    "verificationStatus",
    "onsetDateTime",
    "medicationCodeableConcept",
    "birthDate",
    "gender",
    "onsetAge",
    "onsetString",
    "abatementRange",
    "clinicalStatus",
    "reasonCode",
    "reasonReference",
    "medicationReference",
    "contained",
    "dosageInstruction",
    "relationship",
    "condition",
    "period",
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(
        [
            "Observation",
            "Condition",
            "Procedure",
            "MedicationRequest",
            "Patient",
            "ServiceRequest",
            "Encounter",
            "FamilyMemberHistory",
            "MedicationAdministration",
        ]
    ),
    st.dictionaries(st.sampled_from(ELEMENTS), VALUES, max_size=4),
)
def test_no_resource_can_fail_the_call(kind: str, elements: dict[str, Any]) -> None:
    base = {**CALCIUM, "resourceType": kind, "id": "p1", **elements}
    assert chart({"x": bundle(base, PHOSPHATE)}).labs["phosphate"]


def test_deep_nesting_costs_one_resource_only() -> None:
    deep: Json = {}
    for _ in range(900):
        deep = {"extension": [deep]}
    nested = bundle(CALCIUM)
    for _ in range(50):
        nested = bundle(nested)
    bad = {**CALCIUM, "code": {**CALCIUM["code"], **deep}, "valueQuantity": {"value": deep, "unit": "mg/dL"}}
    read = chart({"a": nested, "b": bundle(bad, PHOSPHATE)})
    assert list(read.labs) == ["phosphate"]


def test_five_thousand_results_are_no_burden() -> None:
    many = bundle(*({**CALCIUM, "id": f"o{n}", "effectiveDateTime": f"20{n % 26:02}-01-01"} for n in range(5000)))
    started = time.perf_counter()
    read = chart({"calcium": many})
    assert time.perf_counter() - started < 2
    assert read.labs["calcium"].effective == "2025-01-01"
