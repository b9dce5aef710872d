"""A rule in shadow is judged as if it were active, and moves nothing that is shown."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cds_service.core.conditions import Bounds, Condition, HasFinding, InHistory, LabIs, LabWithin
from cds_service.core.differential import Differential, alarms, may_speak, rank, shadow_alarms
from cds_service.core.evaluate import Engine, evaluate
from cds_service.core.next_tests import next_tests
from cds_service.core.rules import Alarm, Rule
from tests.building import CALCIFIED, engine, facts, item, lab, lesion, rule, usual_range

EGFR_BELOW_15 = LabWithin("egfr", Bounds((("below", Decimal(15)),)))
KNOWN = facts(lesion("soft-tissue-calcification", "lobulated"), labs=[lab("crp", "40")])
KIDNEY = rule("kidney", item("egfr", EGFR_BELOW_15, 4, defining=True), item("calcium", LabIs("calcium", "positive"), 1))
SKIN = rule("skin", prior=1)

ASKING: dict[str, Condition] = {
    "a limit of its own": LabWithin("calcium", Bounds((("above", Decimal(13)),))),
    "another word": LabIs("calcium", "high"),
    "a newer result": LabWithin("crp", Bounds((("above", Decimal(5)),)), within_days=0),
    "a lab that nobody else asks for": LabWithin("alp", Bounds((("above", Decimal(5)),))),
}


def shadow(when: Condition, status: str, name: str = "dark") -> Rule:
    return rule(name, item("own", when, 9, defining=True), status=status)


def shown(judged: Engine) -> tuple[object, ...]:
    """Everything of a differential that a card can tell."""
    evaluation = evaluate(judged, KNOWN, usual_range)
    ranked = rank(evaluation.outcomes, judged.rules.etiologies)
    tests = next_tests(judged, evaluation)
    weak = Differential(evaluation.outcomes, ranked, tests, (), ()).weak
    told = [(one.rule.id, one.tier, one.low, one.score, one.high, one.capped_by) for one in (*ranked, *weak)]
    return told, tests


@pytest.mark.parametrize("status", ["draft", "shadow", "retired"])
@pytest.mark.parametrize("asks", ASKING)
def test_a_rule_that_is_not_active_moves_nothing_that_is_shown(asks: str, status: str) -> None:
    assert shown(engine(KIDNEY, SKIN, shadow(ASKING[asks], status))) == shown(engine(KIDNEY, SKIN))


@pytest.mark.parametrize("asks", ASKING)
def test_a_rule_in_shadow_is_recorded_with_what_it_would_get_if_it_were_active(asks: str) -> None:
    outcomes = [
        evaluate(engine(KIDNEY, SKIN, shadow(ASKING[asks], status)), KNOWN, usual_range).outcomes[-1]
        for status in ("shadow", "active")
    ]
    told = [(one.tier, one.low, one.score, one.high, one.capped_by, one.lesion) for one in outcomes]
    assert told[0] == told[1]


@pytest.mark.parametrize("status", ["shadow", "draft"])
def test_a_rule_in_shadow_beside_the_active_one_of_its_etiology_takes_no_place(status: str) -> None:
    revised = replace(shadow(CALCIFIED, status, "kidney-2"), etiology="kidney")
    assert shown(engine(KIDNEY, SKIN, revised)) == shown(engine(KIDNEY, SKIN))


def alarm(status: str, name: str = "mass") -> Alarm:
    unless = InHistory(("known",))
    return Alarm(name, "1.0.0", status, "t", "d", "q", (), CALCIFIED, unless, "message", ("biopsy",), (), "none")


@pytest.mark.parametrize(
    ("status", "history", "speaks", "quiet", "shadowed"),
    [
        ("active", [], ["mass"], [], []),
        ("active", ["known"], [], ["mass"], []),
        ("shadow", [], [], [], [("mass", True)]),
        ("shadow", ["known"], [], [], [("mass", False)]),
        ("draft", [], [], [], []),
        ("retired", [], [], [], []),
    ],
)
def test_a_must_not_miss_rule_in_shadow_is_judged_and_says_nothing(
    status: str, history: list[str], speaks: list[str], quiet: list[str], shadowed: list[tuple[str, bool]]
) -> None:
    judged = engine(alarms=[alarm(status)])
    known = facts(lesion("soft-tissue-calcification"), history=history)
    spoken, held = alarms(judged, known)
    assert ([one.alarm.id for one in spoken], [one.alarm.id for one in held]) == (speaks, quiet)
    assert [(one.alarm.id, would) for one, would in shadow_alarms(judged, known)] == shadowed


@pytest.mark.parametrize(("status", "asked"), [("active", True), ("shadow", True), ("draft", False)])
def test_the_chart_is_asked_for_what_is_in_shadow_too(status: str, asked: bool) -> None:
    """Or its record would say what it says without a chart, and not what it would say once it is active."""
    known = facts(lesion("soft-tissue-calcification"))
    assert may_speak(engine(alarms=[alarm(status)]), known, ()) is asked


@pytest.mark.parametrize("off", [["kidney"], ["mass"], ["kidney", "mass"], ["skin", "nobody"]])
def test_rules_are_put_into_shadow_by_id_and_the_others_stay(off: list[str]) -> None:
    rules = engine(KIDNEY, SKIN, shadow(HasFinding(("x",)), "draft"), alarms=[alarm("active")]).rules
    after = rules.in_shadow(off)
    told = {one.id: one.status for one in after.rules} | {one.id: one.status for one in after.alarms}
    before = {"kidney": "active", "skin": "active", "dark": "draft", "mass": "active"}
    assert told == {name: "shadow" if name in off else status for name, status in before.items()}
