"""The engine: domains, thresholds, the four states of a finding, lesion binding, intervals, caps and the next test."""

from decimal import Decimal

import pytest

from cds_service.core.conditions import (
    AllOf,
    AnyOf,
    AtSite,
    Bounds,
    Condition,
    HasFinding,
    InHistory,
    LabIs,
    LabWithin,
    Not,
    OfAge,
    OfSize,
    Without,
)
from cds_service.core.differential import alarms, rank
from cds_service.core.evaluate import Outcome, evaluate
from cds_service.core.facts import Facts, Lesion
from cds_service.core.next_tests import next_tests
from cds_service.core.rules import Alarm, Exclusion, Item, Rule
from cds_service.core.verdict import Verdict
from cds_service.core.view import HistorySources, View
from tests.building import PHOSPHATE, engine, facts, item, lab, lesion, no_range, rule, usual_range

LOBULATED = HasFinding(("lobulated",))
DIALYSIS = InHistory(("dialysis",))
PHOSPHATE_HIGH = LabIs("phosphate", "high")
PHOSPHATE_NORMAL = LabIs("phosphate", "normal")
EGFR_BELOW_15 = LabWithin("egfr", Bounds((("below", Decimal(15)),)))
EGFR_AT_LEAST_60 = LabWithin("egfr", Bounds((("at_least", Decimal(60)),)))
MET, NOT_MET, UNKNOWN, NOT_STATED = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.NOT_STATED


def judge(one: Rule, known: Facts) -> Outcome:
    return evaluate(engine(one), known, usual_range).outcomes[0]


@pytest.mark.parametrize(
    ("condition", "known", "verdict"),
    [
        (LOBULATED, facts(lesion("lobulated")), MET),
        (LOBULATED, facts(lesion("-lobulated")), NOT_MET),
        (LOBULATED, facts(lesion("?lobulated")), UNKNOWN),
        (LOBULATED, facts(lesion()), NOT_STATED),
        (LOBULATED, facts(lesion(), findings=["lobulated"]), MET),
        (Not(LOBULATED), facts(lesion()), NOT_STATED),
        (Not(LOBULATED), facts(lesion("-lobulated")), MET),
        (Without(LOBULATED), facts(lesion()), MET),
        (Without(LOBULATED), facts(lesion("lobulated")), NOT_MET),
        (AllOf((LOBULATED, PHOSPHATE_HIGH)), facts(lesion("lobulated")), UNKNOWN),
        (AllOf((LOBULATED, PHOSPHATE_HIGH)), facts(lesion()), NOT_STATED),
        (AnyOf((LOBULATED, PHOSPHATE_HIGH)), facts(lesion()), UNKNOWN),
        (AnyOf((LOBULATED, PHOSPHATE_HIGH)), facts(lesion("lobulated")), MET),
        (AtSite(("hip", "knee")), facts(lesion(at="knee")), MET),
        (AtSite(("hip",)), facts(lesion(at="knee")), NOT_MET),
        (AtSite(("hip",)), facts(lesion(at=None)), NOT_STATED),
        (OfSize(Bounds((("above", Decimal(50)),))), facts(lesion(size="50")), NOT_MET),
        (OfSize(Bounds((("at_least", Decimal(50)),))), facts(lesion(size="50")), MET),
        (OfSize(Bounds((("above", Decimal(50)),))), facts(lesion()), NOT_STATED),
        (OfAge(Bounds((("below", Decimal(10)),))), facts(lesion(), age="9.9"), MET),
        (OfAge(Bounds((("below", Decimal(10)),))), facts(lesion(), age="10"), NOT_MET),
        (OfAge(Bounds((("below", Decimal(10)),))), facts(lesion()), UNKNOWN),
        (DIALYSIS, facts(lesion(), history=["dialysis"]), MET),
        (DIALYSIS, facts(lesion(), history=["-dialysis"]), NOT_MET),
        (DIALYSIS, facts(lesion(), history=["?dialysis"]), UNKNOWN),
        (DIALYSIS, facts(lesion()), NOT_STATED),
        (DIALYSIS, facts(lesion(), lists=()), UNKNOWN),
        (PHOSPHATE_HIGH, facts(lesion()), UNKNOWN),
        (PHOSPHATE_HIGH, facts(lesion(), labs=[lab("phosphate", "4.6", PHOSPHATE)]), MET),
        (PHOSPHATE_HIGH, facts(lesion(), labs=[lab("phosphate", "4.5", PHOSPHATE)]), NOT_MET),
        (PHOSPHATE_NORMAL, facts(lesion(), labs=[lab("phosphate", "4.5", PHOSPHATE)]), MET),
        (PHOSPHATE_HIGH, facts(lesion(), labs=[lab("phosphate", ">4.5", PHOSPHATE)]), MET),
        (PHOSPHATE_HIGH, facts(lesion(), labs=[lab("phosphate", ">4.0", PHOSPHATE)]), UNKNOWN),
        (PHOSPHATE_HIGH, facts(lesion(), labs=[lab("phosphate", "high")]), MET),
        (PHOSPHATE_HIGH, facts(lesion(), labs=[lab("phosphate", "normal")]), NOT_MET),
        (PHOSPHATE_HIGH, facts(lesion(), labs=[lab("phosphate", "9.0")]), UNKNOWN),
        (EGFR_BELOW_15, facts(lesion(), labs=[lab("egfr", "15")]), NOT_MET),
        (EGFR_BELOW_15, facts(lesion(), labs=[lab("egfr", "<15")]), MET),
        (EGFR_BELOW_15, facts(lesion(), labs=[lab("egfr", ">60")]), NOT_MET),
        (LabIs("egfr", "low", 30), facts(lesion(), labs=[lab("egfr", "low", age_days=31)]), UNKNOWN),
        (LabIs("egfr", "low", 30), facts(lesion(), labs=[lab("egfr", "low", age_days=30)]), MET),
        (LabIs("ana", "positive"), facts(lesion(), labs=[lab("ana", "negative")]), NOT_MET),
        (LabIs("ana", "positive"), facts(lesion(), labs=[lab("ana", "positive")]), MET),
    ],
)
def test_a_condition_gives_the_verdict_that_the_facts_allow(
    condition: Condition, known: Facts, verdict: Verdict
) -> None:
    sources = HistorySources({"dialysis": frozenset({"conditions", "procedures"})})
    assert condition.verdict(View.at(known, sources, known.lesions[0])) is verdict


def test_within_a_domain_only_the_heaviest_met_item_counts() -> None:
    kidney = rule(
        "kidney",
        item("ckd", InHistory(("ckd",)), 3, "kidney"),
        item("dialysis", DIALYSIS, 4, "kidney"),
        item("lobulated", LOBULATED, 1),
    )
    outcome = judge(kidney, facts(lesion("soft-tissue-calcification", "lobulated"), history=["ckd", "dialysis"]))
    assert outcome.score == 5
    assert outcome.counted == {"dialysis", "lobulated"}


@pytest.mark.parametrize(
    ("supports", "tier"),
    [
        ([item("a", LOBULATED, 2), item("b", DIALYSIS, 2)], "likely"),
        ([item("a", LOBULATED, 2), item("b", HasFinding(("mass",)), 2)], "possible"),
        ([item("a", LOBULATED, 4, defining=True)], "likely"),
        ([item("a", LOBULATED, 4)], "possible"),
        ([item("a", LOBULATED, 1), item("b", DIALYSIS, 2)], "possible"),
    ],
    ids=["two kinds", "one kind", "a defining sign", "heavy but one kind", "three points"],
)
def test_likely_asks_for_four_points_and_two_kinds_of_evidence_or_a_defining_sign(
    supports: list[Item], tier: str
) -> None:
    known = facts(lesion("soft-tissue-calcification", "lobulated", "mass"), history=["dialysis"])
    assert judge(rule("r", *supports), known).tier == tier


@pytest.mark.parametrize(
    ("lesions", "tier"),
    [
        ([lesion("soft-tissue-calcification", "lobulated")], "likely"),
        ([lesion("?soft-tissue-calcification", "lobulated")], "possible"),
        ([lesion("-soft-tissue-calcification", "lobulated")], "no entry"),
        ([lesion("lobulated")], "no entry"),
        ([], "no entry"),
    ],
    ids=["present", "uncertain", "denied", "not stated", "no lesion"],
)
def test_the_entry_finding_gates_the_etiology_and_an_uncertain_one_caps_it(lesions: list[Lesion], tier: str) -> None:
    strong = rule("r", item("a", LOBULATED, 5), item("b", DIALYSIS, 5))
    assert judge(strong, facts(*lesions, history=["dialysis"])).tier == tier


def test_evidence_of_two_lesions_does_not_add_up() -> None:
    both = rule("r", item("a", LOBULATED, 3), item("b", HasFinding(("fingertip",)), 2))
    hip = lesion("soft-tissue-calcification", "lobulated")
    hand = lesion("soft-tissue-calcification", "fingertip", at="hand")
    outcome = judge(both, facts(hip, hand))
    assert (outcome.score, outcome.lesion) == (3, "hip")


def test_the_score_interval_runs_over_what_can_be_ordered_and_not_over_what_is_not_mentioned() -> None:
    asks = rule(
        "r",
        item("high", PHOSPHATE_HIGH, 4, "phosphate"),
        item("silent", HasFinding(("resorption",)), 3),
        item("unsure", LOBULATED, 2),
        against=[item("normal", PHOSPHATE_NORMAL, 2, "phosphate")],
    )
    outcome = judge(asks, facts(lesion("soft-tissue-calcification", "?lobulated")))
    assert (outcome.low, outcome.score, outcome.high) == (-2, 0, 4)


def test_a_known_lab_closes_the_interval() -> None:
    asks = rule("r", item("high", PHOSPHATE_HIGH, 4), against=[item("normal", PHOSPHATE_NORMAL, 2)])
    outcome = judge(asks, facts(lesion("soft-tissue-calcification"), labs=[lab("phosphate", "7", PHOSPHATE)]))
    assert (outcome.low, outcome.score, outcome.high) == (4, 4, 4)


def test_a_comparator_leaves_open_only_what_it_allows() -> None:
    asks = rule("r", item("low", EGFR_BELOW_15, 4, "kidney"), against=[item("normal", EGFR_AT_LEAST_60, 3, "kidney")])
    outcome = judge(asks, facts(lesion("soft-tissue-calcification"), labs=[lab("egfr", ">30")]))
    assert (outcome.low, outcome.score, outcome.high) == (-3, 0, 0)


@pytest.mark.parametrize(
    ("result", "low", "score", "high"),
    [("<16", 0, 0, 4), ("<15", 4, 4, 4), (">30", -3, 0, 0), ("<60", 0, 0, 4), (">10", -3, 0, 4)],
)
def test_the_ends_of_a_comparator_are_among_what_is_supposed(result: str, low: int, score: int, high: int) -> None:
    asks = rule("r", item("low", EGFR_BELOW_15, 4, "kidney"), against=[item("normal", EGFR_AT_LEAST_60, 3, "kidney")])
    outcome = judge(asks, facts(lesion("soft-tissue-calcification"), labs=[lab("egfr", result)]))
    assert (outcome.low, outcome.score, outcome.high) == (low, score, high)


def test_history_that_was_not_read_is_unknown_and_opens_the_interval() -> None:
    asks = rule("r", item("dialysis", DIALYSIS, 4))
    assert judge(asks, facts(lesion("soft-tissue-calcification"), lists=())).high == 4


STRONG = (item("a", LOBULATED, 3), item("b", InHistory(("young",)), 2))


@pytest.mark.parametrize(
    ("against", "excludes", "tier", "capped_by"),
    [
        ([item("normal", EGFR_BELOW_15, 6)], [], "possible", "egfr"),
        ([item("normal", EGFR_BELOW_15, 5)], [], "likely", ""),
        ([], [Exclusion("kidney", "kidney failure", "estimate", "", EGFR_BELOW_15)], "possible", "egfr"),
    ],
    ids=["one answer takes it below possible", "no answer does", "one answer excludes it"],
)
def test_an_unknown_lab_that_could_sink_it_alone_keeps_an_etiology_at_possible(
    against: list[Item], excludes: list[Exclusion], tier: str, capped_by: str
) -> None:
    capped = rule("r", *STRONG, against=against, excludes=excludes)
    outcome = judge(capped, facts(lesion("soft-tissue-calcification", "lobulated"), history=["young"]))
    assert (outcome.tier, outcome.capped_by) == (tier, capped_by)


def test_an_exclusion_that_is_met_rules_the_etiology_out_whatever_the_score() -> None:
    excluded = rule("r", *STRONG, excludes=[Exclusion("d", "dialysis", "estimate", "", DIALYSIS)])
    known = facts(lesion("soft-tissue-calcification", "lobulated"), history=["young", "dialysis"])
    assert judge(excluded, known).tier == "excluded"


def test_the_ranking_goes_by_tier_then_score_then_prior_then_id() -> None:
    rules = [
        rule("d-weak", prior=0),
        rule("c-common", item("x", LOBULATED, 1), prior=1),
        rule("b-rare", item("x", LOBULATED, 3), prior=-1),
        rule("a-rare", item("x", LOBULATED, 3), prior=-1),
        rule("z-likely", *STRONG),
        rule("not-shown", prior=-1),
        rule("in-shadow", *STRONG, status="shadow"),
    ]
    known = facts(lesion("soft-tissue-calcification", "lobulated"), history=["young"])
    ranked = rank(evaluate(engine(*rules), known, no_range).outcomes, {})
    assert [outcome.etiology for outcome in ranked] == ["z-likely", "c-common", "a-rare", "b-rare", "d-weak"]


def test_a_draft_rule_is_not_judged_and_a_shadow_rule_is_judged_but_not_shown() -> None:
    outcomes = evaluate(engine(rule("draft", status="draft"), rule("dark", status="shadow")), facts(lesion()), no_range)
    assert [outcome.etiology for outcome in outcomes.outcomes] == ["dark"]


def test_the_next_best_test_is_the_one_whose_answers_move_the_ranking_most() -> None:
    judged = engine(
        rule("uraemic", item("kidney", EGFR_BELOW_15, 4), item("p", PHOSPHATE_HIGH, 1)),
        rule("tumoral", item("healthy", EGFR_AT_LEAST_60, 2), item("p", PHOSPHATE_HIGH, 1)),
        rule("dystrophic", prior=1),
    )
    known = facts(lesion("soft-tissue-calcification"))
    tests = next_tests(judged, evaluate(judged, known, usual_range))
    assert [test.lab for test in tests] == ["egfr"]
    assert set(tests[0].leaders) == {"uraemic", "tumoral", "dystrophic"}


def test_a_test_that_cannot_move_anything_is_not_suggested() -> None:
    judged = engine(rule("r", item("p", PHOSPHATE_HIGH, 1), prior=1))
    known = facts(lesion("soft-tissue-calcification"))
    assert next_tests(judged, evaluate(judged, known, usual_range)) == ()


@pytest.mark.parametrize(
    ("prior", "defining", "suggested"),
    [(0, True, ["egfr"]), (-1, False, []), (-1, True, []), (-5, True, [])],
    ids=["a shown one could become likely", "a rare one could become possible", "only possible", "nothing at all"],
)
def test_a_test_is_suggested_for_what_is_shown_or_could_become_likely(
    prior: int, defining: bool, suggested: list[str]
) -> None:
    judged = engine(rule("r", item("kidney", EGFR_BELOW_15, 4, defining=defining), prior=prior))
    known = facts(lesion("soft-tissue-calcification"))
    tests = next_tests(judged, evaluate(judged, known, no_range))
    assert [test.lab for test in tests] == suggested


def test_a_result_too_old_for_the_question_is_suggested_again() -> None:
    recent = LabWithin("egfr", Bounds((("below", Decimal(15)),)), within_days=365)
    judged = engine(rule("r", item("kidney", recent, 4, defining=True)))
    known = facts(lesion("soft-tissue-calcification"), labs=[lab("egfr", "8", age_days=400)])
    tests = next_tests(judged, evaluate(judged, known, no_range))
    assert [test.lab for test in tests] == ["egfr"]


@pytest.mark.parametrize(
    ("stated", "history", "spoken", "quiet"),
    [
        (["enlarging", "soft-tissue-calcification"], [], ["mass"], []),
        (["enlarging", "soft-tissue-calcification"], ["known"], [], ["mass"]),
        (["enlarging"], [], [], []),
    ],
    ids=["trigger met", "held back by unless", "trigger not met"],
)
def test_a_must_not_miss_rule_speaks_on_its_trigger_unless_it_is_held_back(
    stated: list[str], history: list[str], spoken: list[str], quiet: list[str]
) -> None:
    trigger = AllOf((HasFinding(("enlarging",)), HasFinding(("soft-tissue-calcification",))))
    alarm = Alarm(
        "mass", "1.0.0", "active", "t", "d", "q", (), trigger, InHistory(("known",)), "message", (), (), "none"
    )
    found = alarms(engine(alarms=[alarm]), facts(lesion(*stated), history=history))
    assert [[one.alarm.id for one in group] for group in found] == [spoken, quiet]
