import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from cds_service.synthetic.story import SyntheticPatient
from cds_service.synthetic.synthesize import synthesize
from tests.scenarios.asking import AS_OF
from tests.synthetic.asking import STORIES, named, of_type
from tests.synthetic.mixes import even, realistic
from tests.synthetic.r4 import faults

EVERYBODY = {
    "the named patients": lambda: tuple(named().values()),
    "a realistic population": lambda: realistic(200),
    "an even mix of stories": lambda: even(60),
}
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}\Z")


@pytest.fixture(params=EVERYBODY, scope="module")
def patients(request: pytest.FixtureRequest) -> tuple[SyntheticPatient, ...]:
    return EVERYBODY[request.param]()


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def test_every_resource_is_r4_by_hl7s_own_schema(patients: tuple[SyntheticPatient, ...]) -> None:
    assert faults(resource for patient in patients for resource in patient.resources) == []


def test_the_judge_does_find_faults() -> None:
    (patient,) = realistic(1)
    broken = {**patient.resources[0], "gender": "neither", "colour": "blue"}
    assert len(faults([broken])) > 0


def test_ids_are_valid_and_given_once(patients: tuple[SyntheticPatient, ...]) -> None:
    given = [(resource["resourceType"], resource["id"]) for patient in patients for resource in patient.resources]
    assert [name for _, name in given if not _ID.match(name)] == []
    assert len(set(given)) == len(given)


def test_what_is_referred_to_is_there(patients: tuple[SyntheticPatient, ...]) -> None:
    for patient in patients:
        there = {f"{resource['resourceType']}/{resource['id']}" for resource in patient.resources}
        assert set(references(patient.resources)) <= there


def test_the_patient_comes_first_and_one_report_is_unsigned(patients: tuple[SyntheticPatient, ...]) -> None:
    for patient in patients:
        assert patient.resources[0]["resourceType"] == "Patient"
        assert patient.resources[0]["id"] == patient.patient_id
        statuses = {report["id"]: report["status"] for report in of_type(patient, "DiagnosticReport")}
        assert statuses.pop(f"{patient.patient_id}-report") == "preliminary"
        assert set(statuses.values()) <= {"final"}


def test_everything_says_that_nobody_stands_behind_it(patients: tuple[SyntheticPatient, ...]) -> None:
    tags = [resource["meta"]["tag"][0]["code"] for patient in patients for resource in patient.resources]
    assert set(tags) == {"HTEST"}


def test_laboratory_results_are_as_us_core_asks(patients: tuple[SyntheticPatient, ...]) -> None:
    results = [each for patient in patients for each in of_type(patient, "Observation")]
    assert {each["status"] for each in results} <= {"final", "preliminary", "cancelled"}
    for each in results:
        assert each["category"][0]["coding"][0]["code"] in ("laboratory", "vital-signs")
        assert re.search(r"T\d\d:\d\d:00[+-]\d\d:\d\d\Z", each["effectiveDateTime"])
        assert ("dataAbsentReason" in each) == (each["status"] == "cancelled")
        assert ("valueQuantity" in each or "valueString" in each) != (each["status"] == "cancelled")


def test_nothing_happened_after_the_report() -> None:
    for patient in even(60):
        (report,) = [each for each in of_type(patient, "DiagnosticReport") if each["status"] == "preliminary"]
        days = [str(each["effectiveDateTime"])[:10] for each in of_type(patient, "Observation")]
        assert max(days, default="") <= report["issued"][:10]


def test_nothing_happened_before_birth(patients: tuple[SyntheticPatient, ...]) -> None:
    for patient in patients:
        born = patient.resources[0]["birthDate"]
        days = [
            each[key][:10]
            for each in patient.resources
            for key in ("effectiveDateTime", "onsetDateTime", "performedDateTime", "authoredOn")
            if key in each
        ]
        assert min(days) >= born, patient.patient_id


def test_a_small_child_has_a_small_record() -> None:
    (grown,) = [story for story in STORIES if story.id == "secondary-hyperparathyroidism-early"]
    child = synthesize(replace(grown, age=(2, 3)), 1, AS_OF)
    born = child.resources[0]["birthDate"]
    taken = [each["effectiveDateTime"][:10] for each in of_type(child, "Observation")]
    assert len(taken) > 20
    assert min(taken) > born


def test_each_hospital_sends_in_its_own_way() -> None:
    observations = [each for patient in even(120) for each in of_type(patient, "Observation")]
    units = {each["valueQuantity"]["code"] for each in observations if "valueQuantity" in each}
    assert {"mg/dL", "mmol/L", "pg/mL", "pmol/L", "umol/L"} <= units
    assert any("comparator" in each.get("valueQuantity", {}) for each in observations)
    assert {"referenceRange" in each for each in observations} == {True, False}
    assert {"final", "cancelled"} <= {each["status"] for each in observations}


def test_a_result_is_flagged_by_the_range_beside_it() -> None:
    flags = set()
    for patient in even(120):
        for each in of_type(patient, "Observation"):
            if "referenceRange" not in each or "comparator" in each["valueQuantity"]:
                continue
            (limits,), value = each["referenceRange"], each["valueQuantity"]["value"]
            flag = each.get("interpretation", [{"coding": [{"code": ""}]}])[0]["coding"][0]["code"]
            high = "high" in limits and value > limits["high"]["value"]
            low = "low" in limits and value < limits["low"]["value"]
            assert flag == ("H" if high else "L" if low else ""), each
            flags.add(flag)
    assert flags == {"H", "L", ""}
