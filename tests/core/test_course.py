"""The course of a lab: trends that are more than noise, limits that have been met for long, and what is unknown."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cds_service.core.conditions import AllOf, Bounds, Condition, LabWithin, Without
from cds_service.core.course import FALLING, RISING, LabSustained, LabTrend, TrendTerms
from cds_service.core.evaluate import evaluate
from cds_service.core.evidence import describe, facts_there
from cds_service.core.facts import EarlierResult, Facts, LabResult
from cds_service.core.labels import Labels
from cds_service.core.next_tests import next_tests
from cds_service.core.statements import Attributes
from cds_service.core.verdict import MET, NOT_MET, UNKNOWN, Verdict
from cds_service.core.view import HistorySources, View
from tests.building import engine, facts, item, lab, lesion, no_range, rule

TERMS = TrendTerms(Decimal("0.25"), Decimal(20), least_days=14, window_days=180)
RISES, FALLS = LabTrend("alp", RISING, TERMS), LabTrend("alp", FALLING, TERMS)
LASTS = LabSustained("egfr", Bounds((("below", Decimal(60)),)), 90)


def course(name: str, newest: str, *earlier: tuple[str, int], age_days: int | None = 1) -> LabResult:
    """A result and earlier ones, each with how many days before the newest it was taken."""
    points = tuple(
        EarlierResult("", (age_days or 0) + days, value)
        for text, days in earlier
        if (value := lab(name, text).value) is not None
    )
    return replace(lab(name, newest, age_days=age_days), series=points)


def known(*results: LabResult) -> Facts:
    return facts(lesion("soft-tissue-calcification"), labs=results)


def verdict(condition: Condition, *results: LabResult) -> Verdict:
    held = known(*results)
    return condition.verdict(View.at(held, HistorySources({}), held.lesions[0]))


@pytest.mark.parametrize(
    ("results", "rises", "falls"),
    [
        ([], UNKNOWN, UNKNOWN),
        ([course("alp", "120")], UNKNOWN, UNKNOWN),
        ([course("alp", "high", ("80", 30))], UNKNOWN, UNKNOWN),
        ([course("alp", "120", ("80", 30), age_days=None)], UNKNOWN, UNKNOWN),
        ([course("alp", "100", ("80", 30))], MET, NOT_MET),
        ([course("alp", "99", ("80", 30))], NOT_MET, NOT_MET),
        ([course("alp", "80", ("100", 30))], NOT_MET, NOT_MET),
        ([course("alp", "75", ("100", 30))], NOT_MET, MET),
        ([course("alp", "30", ("20", 30))], NOT_MET, NOT_MET),
        ([course("alp", "120", ("80", 14))], MET, NOT_MET),
        ([course("alp", "120", ("80", 13))], UNKNOWN, UNKNOWN),
        ([course("alp", "120", ("80", 180))], MET, NOT_MET),
        ([course("alp", "120", ("80", 181))], UNKNOWN, UNKNOWN),
        ([course("alp", "120", ("110", 20), ("80", 40))], MET, NOT_MET),
        ([course("alp", "120", ("300", 20), ("80", 40))], NOT_MET, NOT_MET),
        ([course("alp", "120", ("60", 20), ("300", 40))], NOT_MET, NOT_MET),
        ([course("alp", ">120", ("80", 30))], MET, NOT_MET),
        ([course("alp", ">90", ("80", 30))], UNKNOWN, NOT_MET),
        ([course("alp", "120", ("<80", 30))], MET, NOT_MET),
        ([course("alp", "120", (">80", 30))], UNKNOWN, UNKNOWN),
    ],
    ids=[
        "no result", "one result", "a bare word", "undated", "exactly a quarter more", "less than a quarter more",
        "a fifth less", "exactly a quarter less", "half more and yet a small amount", "just far enough apart",
        "too close", "at the end of the window", "before the window", "rising all the way", "fallen back since",
        "risen again since", "at least so high", "perhaps so high", "from less than that", "from more than that",
    ],
)  # fmt: skip
def test_a_trend_is_more_than_noise(results: list[LabResult], rises: Verdict, falls: Verdict) -> None:
    assert (verdict(RISES, *results), verdict(FALLS, *results)) == (rises, falls)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([], UNKNOWN),
        ([course("egfr", "25")], UNKNOWN),
        ([course("egfr", "60", ("25", 120))], NOT_MET),
        ([course("egfr", "25", ("27", 90))], MET),
        ([course("egfr", "25", ("27", 89))], UNKNOWN),
        ([course("egfr", "25", ("27", 30), ("27", 120))], MET),
        ([course("egfr", "25", ("60", 30), ("27", 120))], NOT_MET),
        ([course("egfr", "25", ("60", 90))], NOT_MET),
        ([course("egfr", "25", ("60", 91))], UNKNOWN),
        ([course("egfr", "25", ("27", 60), ("90", 200))], UNKNOWN),
        ([course("egfr", "25", ("27", 120), ("90", 300))], MET),
        ([course("egfr", "25", (">30", 60), ("27", 120))], UNKNOWN),
        ([course("egfr", "<15", ("<15", 120))], MET),
        ([course("egfr", "<90", ("27", 120))], UNKNOWN),
        ([course("egfr", "25", ("27", 120), age_days=None)], UNKNOWN),
    ],
)
def test_a_limit_is_met_for_long_by_two_results_with_none_between_that_fails_it(
    results: list[LabResult], expected: Verdict
) -> None:
    assert verdict(LASTS, *results) is expected


def test_an_unknown_course_opens_the_interval_and_asks_for_no_test() -> None:
    asks = rule("r", item("lasts", LASTS, 3), item("rises", RISES, 2), prior=-1)
    judged = engine(asks)
    evaluation = evaluate(judged, known(course("egfr", "25"), course("alp", "90")), no_range)
    outcome = evaluation.outcomes[0]
    assert (outcome.low, outcome.score, outcome.high) == (-1, -1, 4)
    assert next_tests(judged, evaluation) == ()


def test_a_known_course_closes_the_interval() -> None:
    asks = rule("r", item("lasts", LASTS, 3))
    outcome = evaluate(engine(asks), known(course("egfr", "25", ("27", 120))), no_range).outcomes[0]
    assert (outcome.low, outcome.score, outcome.high) == (3, 3, 3)


def test_an_unknown_lab_may_yet_have_any_course() -> None:
    asks = rule("r", item("lasts", LASTS, 3), item("not rising", Without(RISES), 1))
    outcome = evaluate(engine(asks), known(), no_range).outcomes[0]
    assert (outcome.low, outcome.score, outcome.high) == (0, 1, 4)


def test_supposing_what_a_comparator_allows_keeps_the_earlier_results() -> None:
    below_30 = LabWithin("egfr", Bounds((("below", Decimal(30)),)))
    asks = rule("r", item("low for long", AllOf((LASTS, below_30)), 3))
    outcome = evaluate(engine(asks), known(course("egfr", "<45", ("27", 120))), no_range).outcomes[0]
    assert (outcome.low, outcome.score, outcome.high) == (0, 0, 3)


def test_the_evidence_tells_the_earlier_results() -> None:
    held = known(course("egfr", "25", ("27", 120), (">60", 300)))
    labels = Labels({"egfr": "eGFR"}, {"egfr": "mL/min"}, {}, {}, {}, {}, Attributes(frozenset(), frozenset()))
    refs = filter(facts_there(held, None).__contains__, LASTS.about)
    told = describe(refs, held, None, labels)
    assert told == "eGFR 25, 2025-12-31; before: 27 (120 days earlier), >60 (300 days earlier)"
