"""The laboratory of every named patient reaches back five years."""

from datetime import date, datetime, timedelta

import pytest

from cds_service.fhir.systems import UCUM
from cds_service.synthetic.story import SyntheticPatient
from tests.scenarios.asking import AS_OF
from tests.synthetic.asking import STORIES, Json, met, named, of_type

NOT_BLED = ["undecided-without-labs"]
"""Whose point is that nobody has taken blood."""
_FIVE_YEARS, _HALF_A_YEAR = timedelta(days=5 * 365), timedelta(days=183)


def results(patient: SyntheticPatient) -> list[Json]:
    kinds = [
        each for each in of_type(patient, "Observation") if each["category"][0]["coding"][0]["code"] == "laboratory"
    ]
    return sorted(kinds, key=lambda each: taken(each))


def taken(result: Json) -> datetime:
    return datetime.fromisoformat(result["effectiveDateTime"])


@pytest.mark.parametrize("story", [story.id for story in STORIES if story.id not in NOT_BLED])
def test_labs_reach_back_five_years_or_to_birth_and_go_on(story: str) -> None:
    patient = named()[story]
    born = date.fromisoformat(patient.resources[0]["birthDate"])
    begins = max(AS_OF.date() - _FIVE_YEARS, born)
    moments = [taken(each).date() for each in results(patient)]
    assert born <= moments[0] <= begins + _HALF_A_YEAR
    longest = max(later - sooner for sooner, later in zip(moments, [*moments[1:], AS_OF.date()], strict=True))
    assert longest < timedelta(days=4 * 365)


@pytest.mark.parametrize("story", NOT_BLED)
def test_who_was_never_bled_has_no_labs_and_gets_no_likely_etiology(story: str) -> None:
    assert results(named()[story]) == []
    assert met(story).story.laboratory.follow_up == ("none",)
    assert met(story).told.likely == []


def test_a_story_without_a_past_says_so() -> None:
    assert [
        story.id for story in STORIES if not story.laboratory.follow_up or "none" in story.laboratory.follow_up
    ] == [*NOT_BLED]


def test_laboratories_send_conventional_units_and_si() -> None:
    units = {
        quantity["code"]
        for patient in named().values()
        for each in results(patient)
        if (quantity := each.get("valueQuantity")) and quantity.get("system") == UCUM
    }
    assert {"mg/dL", "mmol/L", "umol/L", "g/dL", "g/L", "pg/mL", "pmol/L"} <= units
