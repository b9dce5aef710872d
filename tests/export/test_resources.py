"""A recorded call as FHIR R4: valid for an independent judge, whole, and pointing to itself only."""

import json
from collections import Counter
from typing import Any

import pytest

from cds_service.export.disguise import Dates, DeIdentified, Disguise, Identified
from cds_service.export.resources import resources_of
from tests.export.recorded import alarming, answered, refused, silent

CALLS = {"answered": answered, "silent": silent, "refused": refused, "alarming": alarming}
DISGUISES: dict[str, Disguise] = {
    "identified": Identified(),
    "year": DeIdentified(bytes(32)),
    "shifted": DeIdentified(bytes(32), Dates.SHIFTED),
}


def resources(call: str, disguise: str = "year") -> list[dict[str, Any]]:
    return list(resources_of(CALLS[call](), DISGUISES[disguise]))


@pytest.mark.parametrize(
    ("call", "types"),
    [
        ("answered", ["AuditEvent", "GuidanceResponse", "ClinicalImpression", "Provenance"]),
        ("silent", ["AuditEvent", "GuidanceResponse", "Provenance"]),
        ("refused", ["AuditEvent", "GuidanceResponse", "Provenance"]),
    ],
)
def test_a_call_gives(call: str, types: list[str]) -> None:
    assert [resource["resourceType"] for resource in resources(call)] == types


def test_what_must_not_be_missed_is_a_detected_issue() -> None:
    issues = [one for one in resources("alarming") if one["resourceType"] == "DetectedIssue"]
    assert issues
    assert all(issue["detail"] and issue["code"]["text"] for issue in issues)


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("call", CALLS)
def test_references_point_to_resources_of_the_same_call(call: str, disguise: str) -> None:
    told = resources(call, disguise)
    own = {f"{one['resourceType']}/{one['id']}" for one in told} | {"#said"}
    found = [value for one in told for value in _references(one)]
    assert set(found) <= own
    assert max(Counter(one["id"] for one in told).values()) == 1


def test_the_differential_stands_in_the_impression_in_its_order() -> None:
    (impression,) = [one for one in resources("answered") if one["resourceType"] == "ClinicalImpression"]
    codes = [finding["itemCodeableConcept"]["coding"][0]["code"] for finding in impression["finding"]]
    assert codes == answered().call.record.body["reports"][0]["ranked"]
    assert impression["finding"][0]["basis"].startswith(("likely", "possible"))


def test_the_missing_tests_are_what_the_guidance_asks_for() -> None:
    call = answered().call.record.body["reports"][0]
    (guidance,) = [one for one in resources("answered") if one["resourceType"] == "GuidanceResponse"]
    assert len(guidance.get("dataRequirement", [])) == len(call["nextTests"]) > 0


def test_a_masked_moment_says_that_it_is_masked() -> None:
    (event, *_) = resources("answered")
    assert "recorded" not in event
    assert event["_recorded"]["extension"][0]["valueCode"] == "masked"
    (event, *_) = resources("answered", "identified")
    assert event["recorded"].startswith("2026-03-09T12:00:00")


def test_a_refused_call_is_a_failure_with_its_reason() -> None:
    event, guidance, _ = resources("refused")
    assert (event["outcome"], event["outcomeDesc"]) == ("4", "hook is missing.")
    assert guidance["status"] == "failure"
    assert guidance["contained"][0]["issue"][0]["diagnostics"] == "hook is missing."


def test_the_same_call_has_the_same_ids_each_time() -> None:
    assert json.dumps(resources("answered")) == json.dumps(resources("answered"))


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["reference"]] if isinstance(value.get("reference"), str) else []
        return own + [found for item in value.values() for found in _references(item)]
    return [found for item in value for found in _references(item)] if isinstance(value, list) else []
