"""What the record says that an answer of a missing test would do is what happens when that answer comes."""

from decimal import Decimal
from typing import Any

import pytest

from cds_service.core.explanation import NextTestRow, ReportRow, explain
from tests.scenarios.asking import CONTENT, LOINC, ask, hook_request

TEXT = "Large lobulated periarticular calcified masses about both hips with fluid-calcium levels."
IN_DOUBT = "Possible calcification about the right hip. Lobulated well-demarcated periarticular mass."
KNOWN: tuple[tuple[str, float, str], ...] = (("phosphate", 8.2, "mg/dL"),)

Json = dict[str, Any]


def _missing(labs: tuple[tuple[str, float, str], ...]) -> list[Json]:
    tests: list[Json] = ask(hook_request(TEXT, labs)).record.body["reports"][0]["nextTests"]
    return tests


def _inside(low: str | None, high: str | None) -> Decimal:
    """A value well within a stretch."""
    if low is None:
        return Decimal(high or 0) * 3 / 4
    return Decimal(low) * 5 / 4 if high is None else (Decimal(low) + Decimal(high)) / 2


CASES = [
    pytest.param(labs, test, answer, id=f"{len(labs)} known, {test['lab']} {answer[0]} to {answer[1]}")
    for labs in ((), KNOWN)
    for test in _missing(labs)
    for answer in test["answers"]
    if test["lab"] in LOINC and answer[:2] != [None, None]
]


def test_there_are_answers_to_try() -> None:
    assert len(CASES) >= 10


@pytest.mark.parametrize(("labs", "test", "answer"), CASES)
def test_the_answer_does_what_the_record_said(labs: tuple[Any, ...], test: Json, answer: list[Any]) -> None:
    low, high, _, leader, standings = answer
    unit = next(iter(LOINC[test["lab"]]))
    told = ask(hook_request(TEXT, [*labs, (test["lab"], float(_inside(low, high)), unit)]))
    outcomes = {one["rule"].partition("@")[0]: one for one in told.record.body["reports"][0]["outcomes"]}
    came = {name: (outcomes[name]["tier"], outcomes[name]["score"][1]) for name in test["touches"]}
    said = {name: (tier, points) for name, (tier, points) in zip(test["touches"], standings, strict=True)}
    for name, (tier, _) in came.items():
        if tier == "excluded":
            # What is excluded has no place by its points.
            came[name] = said[name] if said[name][0] == tier else came[name]
    assert came == said
    assert told.names[:1] == ([leader] if leader else [])


def _explained(labs: tuple[tuple[str, float, str], ...] = (), **body: Any) -> ReportRow:
    return explain({**ask(hook_request(TEXT, labs)).record.body, **body}, CONTENT.snapshot).reports[0]


def _named(name: str, tests: tuple[NextTestRow, ...]) -> NextTestRow:
    return next(test for test in tests if test.name == name)


def test_the_page_tells_each_answer_with_where_every_etiology_would_stand() -> None:
    test = _named("creatinine with eGFR", _explained().tests)
    assert [answer.result for answer in test.answers] == [
        "low: below 15 mL/min/1.73 m2",
        "low: 15 to 30 mL/min/1.73 m2",
        "low: 30 to 60 mL/min/1.73 m2",
        "normal: above 60 mL/min/1.73 m2",
    ]
    assert {answer.leader for answer in test.answers} == {"Secondary hyperparathyroidism", "Tumoral calcinosis"}
    assert {len(cells) for cells in (test.now, *(answer.standings for answer in test.answers))} == {len(test.touches)}
    place = test.touches.index("Tumoral calcinosis")
    assert [answer.standings[place].moves for answer in test.answers] == ["down", "down", "down", "up"]


def test_bare_words_come_from_low_to_high() -> None:
    words = [answer.result for test in _explained().tests for answer in test.answers if " " not in answer.result]
    assert words == ["low", "normal", "high"]


def test_a_record_without_answers_still_names_its_missing_tests() -> None:
    body = ask(hook_request(TEXT)).record.body
    for test in body["reports"][0]["nextTests"]:
        del test["touches"], test["answers"]
    rows = explain(body, CONTENT.snapshot).reports[0].tests
    assert [row.answers for row in rows] == [()] * len(rows)
    assert rows[0].leaders


@pytest.mark.parametrize("labs", [(), KNOWN, (*KNOWN, ("egfr", 8.0, "mL/min/{1.73_m2}"))])
def test_the_steps_of_every_rule_lead_from_its_prior_to_its_score(labs: tuple[tuple[str, float, str], ...]) -> None:
    for rule in _explained(labs).rules:
        assert (rule.steps[-1].after if rule.steps else rule.prior) == rule.score
        assert [step.before for step in rule.steps] == [rule.prior, *(step.after for step in rule.steps[:-1])][
            : len(rule.steps)
        ]


@pytest.mark.parametrize(
    ("text", "labs", "why"),
    [
        (TEXT, (), "its evidence is of too few kinds"),
        (IN_DOUBT, (*KNOWN, ("egfr", 95.0, "mL/min/{1.73_m2}")), "its entry criterion is uncertain"),
        (TEXT, (*KNOWN, ("egfr", 95.0, "mL/min/{1.73_m2}")), ""),
    ],
)
def test_a_score_that_would_do_for_likely_is_told_why_it_is_possible_only(
    text: str, labs: tuple[tuple[str, float, str], ...], why: str
) -> None:
    told = explain(ask(hook_request(text, labs)).record.body, CONTENT.snapshot)
    (rule,) = [rule for rule in told.reports[0].rules if rule.rule_id == "tumoral-calcinosis"]
    assert rule.score >= told.likely
    assert rule.held_back(told.likely).startswith(why)
    assert bool(rule.held_back(told.likely)) == (rule.tier != "likely")


def test_criteria_tell_the_distance_to_their_limit_what_they_lack_and_their_source() -> None:
    rules = {rule.rule_id: rule for rule in _explained((*KNOWN, ("egfr", 8.0, "mL/min/{1.73_m2}"))).rules}
    kidney = {item.label: item for item in rules["tumoral-calcinosis"].supports}
    assert kidney["eGFR 60 or more"].distance == "eGFR 52 below 60"
    assert kidney["phosphate high"].source == "HPO"
    assert kidney["intact FGF23 low"].lacks == "FGF23: not provided"
    assert "lobulated" in rules["tumoral-calcinosis"].entry_evidence


def test_a_rule_that_was_switched_off_is_marked_and_one_that_was_not_judged_is_named() -> None:
    body = ask(hook_request(TEXT)).record.body
    alarm = next(iter(CONTENT.snapshot["alarms"]))
    told = explain({**body, "switchedOff": ["tumoral-calcinosis", alarm, "gone"]}, CONTENT.snapshot)
    status = {rule.rule_id: rule.status for rule in told.reports[0].rules}
    assert status["tumoral-calcinosis"] == "switched off"
    assert status["secondary-hyperparathyroidism"] == "active"
    assert told.switched_off == (CONTENT.snapshot["alarms"][alarm]["title"], "gone")


def test_a_snapshot_of_older_content_without_sources_and_limits_is_still_explained() -> None:
    rules = {
        name: {
            key: [{part: held for part, held in item.items() if part not in ("source", "limits")} for item in value]
            if key in ("supports", "argues_against", "excludes")
            else value
            for key, value in rule.items()
            if key != "entry_asks"
        }
        for name, rule in CONTENT.snapshot["rules"].items()
    }
    older = explain(ask(hook_request(TEXT)).record.body, {**CONTENT.snapshot, "rules": rules})
    assert {item.distance + item.source for rule in older.reports[0].rules for item in rule.supports} == {""}
