"""The labs of synthetic patients go together as those of real ones do."""

import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

import pytest

from cds_service.synthetic.story import SyntheticPatient
from tests.synthetic.asking import STORIES, of_type
from tests.synthetic.mixes import even, realistic

EVERY_STORY = 400
"""Patients among whom each story is met several times."""

LABS = STORIES[0].world.labs


def series(patient: SyntheticPatient, lab: str) -> list[tuple[str, float]]:
    """The final results of a lab in its own unit, by time."""
    found = []
    for each in of_type(patient, "Observation"):
        for coding in each["code"].get("coding", ()):
            known = LABS.by_code.get(coding["code"])
            quantity = each.get("valueQuantity")
            if known is not None and known.lab == lab and quantity and each["status"] == "final":
                conversion = LABS.conversion(lab, quantity["code"])
                assert conversion is not None
                found.append((each["effectiveDateTime"], quantity["value"] * float(conversion[0])))
    return sorted(found)


def newest(patient: SyntheticPatient, lab: str) -> float | None:
    found = series(patient, lab)
    return found[-1][1] if found else None


def ranks(values: Sequence[float]) -> list[float]:
    """The place of each value, from 1; equal values share the middle of their places."""
    order = sorted(values)
    return [(bisect_left(order, value) + bisect_right(order, value) + 1) / 2 for value in values]


def rank_correlation(pairs: Sequence[tuple[float, float]]) -> float:
    """Spearman's."""
    return statistics.correlation(ranks([one for one, _ in pairs]), ranks([other for _, other in pairs]))


def both(patients: Sequence[SyntheticPatient], one: str, other: str) -> list[tuple[float, float]]:
    found = [(newest(patient, one), newest(patient, other)) for patient in patients]
    return [(first, second) for first, second in found if first is not None and second is not None]


def of_story(part: str) -> list[SyntheticPatient]:
    return [patient for patient in even(EVERY_STORY) if part in patient.story]


def test_pth_rises_as_the_kidneys_fail() -> None:
    pairs = both([*realistic(1500), *even(EVERY_STORY)], "egfr", "pth")
    assert len(pairs) > 150
    assert rank_correlation(pairs) < -0.4


def test_calcium_and_phosphate_move_together_in_hypervitaminosis_d() -> None:
    for patient in of_story("hypervitaminosis-d-typical"):
        calcium, phosphate, pth = (newest(patient, lab) for lab in ("calcium", "phosphate", "pth"))
        assert calcium is not None
        assert phosphate is not None
        assert pth is not None
        assert calcium > 11
        assert phosphate > 4.6
        assert pth < 15
        before = {lab: series(patient, lab)[0][1] for lab in ("calcium", "phosphate")}
        assert calcium > before["calcium"]
        assert phosphate > before["phosphate"]


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ("silent-primary-hyperparathyroidism", {"calcium": ">10.2", "pth": ">65", "phosphate": "<2.8"}),
        ("tumoral-calcinosis-typical", {"phosphate": ">4.6", "pth": "<65", "egfr": ">60", "calcium": "<10.3"}),
        ("secondary-hyperparathyroidism-typical", {"phosphate": ">4.6", "pth": ">65"}),
    ],
)
def test_the_patterns_of_mineral_metabolism_hold_in_every_patient(story: str, expected: dict[str, str]) -> None:
    patients = of_story(story)
    assert patients
    for patient in patients:
        for lab, limit in expected.items():
            value = newest(patient, lab)
            assert value is not None
            assert (value > float(limit[1:])) == (limit[0] == ">"), (patient.patient_id, lab, value)


def test_a_failing_kidney_is_seen_to_fail() -> None:
    for patient in of_story("secondary-hyperparathyroidism-early"):
        rates = [rate for _, rate in series(patient, "egfr")]
        assert len(rates) >= 8
        assert rates[0] > 40
        assert rates[-1] < 25


def test_a_reported_rate_belongs_to_the_creatinine_beside_it() -> None:
    for patient in realistic(400):
        creatinine, rates = dict(series(patient, "creatinine")), dict(series(patient, "egfr"))
        together = [(creatinine[moment], rates[moment]) for moment in sorted(creatinine.keys() & rates.keys())]
        for (one, rate), (other, other_rate) in pairwise(together):
            if one > other * 1.2:
                assert rate <= other_rate


def test_laboratory_records_reach_back_years_and_have_gaps() -> None:
    patients = of_story("secondary-hyperparathyroidism-typical")
    lengths = {len(series(patient, "phosphate")) for patient in patients}
    assert min(lengths) > 20
    assert len(lengths) > 1
