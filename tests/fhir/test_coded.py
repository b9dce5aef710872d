"""Coded findings with components, and what becomes of text and codes that disagree."""

from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from cds_service.core.facts import Reading, State
from cds_service.core.findings import merged_readings, read_report
from cds_service.fhir.coded import coded_reading
from tests.fhir.test_report import reader

_RADLEX = "http://radlex.org"
_SNOMED = "http://snomed.info/sct"
_SOFT = "soft-tissue-calcification"
_CALCIFICATION = {"coding": [{"system": _RADLEX, "code": "RID5196"}]}
_LOBULATED = {"coding": [{"system": _RADLEX, "code": "RID39133"}]}
_AMORPHOUS = {"coding": [{"system": _RADLEX, "code": "RID29214"}]}


def observation(name: str = "o1", site: str = "", **parts: Any) -> dict[str, Any]:
    sited = {"bodySite": {"text": site}} if site else {}
    return {"id": name, "code": _CALCIFICATION, **sited, **parts}


def read(text: str, *observations: dict[str, Any]) -> Reading:
    return merged_readings(read_report(text, reader()), coded_reading({}, observations, reader()))


def states(reading: Reading) -> dict[str, State]:
    return {f"{lesion.id} {name}": found.state for lesion in reading.lesions for name, found in lesion.findings.items()}


@pytest.mark.parametrize(
    ("component", "concept", "state"),
    [
        ({"code": _LOBULATED, "valueBoolean": True}, "lobulated", State.PRESENT),
        ({"code": _LOBULATED, "valueBoolean": False}, "lobulated", State.DENIED),
        ({"code": {"text": "pattern"}, "valueCodeableConcept": _AMORPHOUS}, "amorphous", State.PRESENT),
        (
            {
                "code": _LOBULATED,
                "valueCodeableConcept": {"coding": [{"system": _SNOMED, "code": "2667000", "display": "Absent"}]},
            },
            "lobulated",
            State.DENIED,
        ),
        ({"code": _LOBULATED, "valueString": "Indeterminate"}, "lobulated", State.UNCERTAIN),
    ],
)
def test_a_component_is_a_finding_where_its_observation_is(
    component: dict[str, Any], concept: str, state: State
) -> None:
    coded = read("", observation(site="Left hip", component=[component]))
    assert states(coded)[f"hip:left {concept}"] is state


@pytest.mark.parametrize(
    ("quantity", "millimetres"),
    [
        ({"value": 4.5, "unit": "cm", "code": "cm"}, Decimal(45)),
        ({"value": 12, "unit": "mm"}, Decimal(12)),
        ({"value": 12, "unit": "kg"}, None),
        ({"value": "12", "unit": "mm"}, None),
        ({}, None),
    ],
)
def test_a_component_gives_the_size_or_is_set_aside(quantity: dict[str, Any], millimetres: Decimal | None) -> None:
    sized = {"code": {"text": "Lesion size"}, "valueQuantity": quantity}
    coded = coded_reading({}, [observation(site="Left hip", component=[sized])], reader())
    assert coded.lesions[0].size_mm == millimetres
    assert bool(coded.set_aside) is (millimetres is None)


@pytest.mark.parametrize(
    ("text", "coded", "state", "by", "other", "other_by"),
    [
        ("Calcification about the left hip.", False, State.PRESENT, "report", State.DENIED, "Observation/o1"),
        ("No calcification about the left hip.", True, State.PRESENT, "Observation/o1", State.DENIED, "report"),
        (
            "Possible calcification about the left hip.",
            True,
            State.PRESENT,
            "Observation/o1",
            State.UNCERTAIN,
            "report",
        ),
        (
            "Possible calcification about the left hip.",
            False,
            State.UNCERTAIN,
            "report",
            State.DENIED,
            "Observation/o1",
        ),
    ],
)
@pytest.mark.parametrize("site", ["Left hip", ""])
def test_text_and_code_that_disagree_are_both_kept(
    text: str, coded: bool, state: State, by: str, other: State, other_by: str, site: str
) -> None:
    both = read(text, observation(site=site, valueBoolean=coded))
    found = both.lesions[0].findings[_SOFT]
    assert (found.state, {span.resource for span in found.spans}) == (state, {by})
    assert {(said.state, said.span.resource) for said in found.disputed_by()} == {(other, other_by)}
    assert [item.resource for item in both.set_aside] == [other_by]


def test_text_and_code_that_agree_are_one_finding_with_the_words_of_both() -> None:
    both = read("Calcification about the left hip.", observation(site="Left hip"))
    found = both.lesions[0].findings[_SOFT]
    assert {span.resource for span in found.spans} == {"report", "Observation/o1"}
    assert (found.disputed_by(), both.set_aside) == ((), ())


def test_a_code_without_a_site_speaks_of_the_one_lesion_of_the_text() -> None:
    both = read("Soft tissue calcification about the left hip.", {"id": "o1", "code": _LOBULATED})
    assert states(both)["hip:left lobulated"] is State.PRESENT
    assert [lesion.id for lesion in both.lesions] == ["hip:left"]


def test_the_order_of_observations_changes_nothing_that_is_judged() -> None:
    observations = [
        observation("o1", "Left hip", valueBoolean=False),
        observation("o2", "Left hip"),
        observation("o3", "Left hip", valueString="equivocal"),
    ]
    said = {
        (found.state, frozenset(found.outweighed))
        for order in permutations(observations)
        for found in [coded_reading({}, order, reader()).lesions[0].findings[_SOFT]]
    }
    assert len(said) == 1
    assert next(iter(said))[0] is State.PRESENT
