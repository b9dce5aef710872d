"""The cases that rules carry: small sets of facts with the verdicts a clinician expects, judged on every check."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cds_service.content.case_facts import FactsOfCase
from cds_service.content.files import alarm_files, cases_of, name_of, rule_files
from cds_service.content.load import Content
from cds_service.content.schemas import Schemas
from cds_service.content.yaml_source import Path_, Source, read_source
from cds_service.core.differential import alarms, rank
from cds_service.core.evaluate import Outcome, evaluate
from cds_service.core.facts import Facts
from cds_service.core.next_tests import next_tests
from cds_service.core.scoring import criteria_of
from cds_service.core.verdict import Verdict
from cds_service.errors import ContentError, Problem

_VERDICTS = {
    "met": Verdict.MET,
    "not_met": Verdict.NOT_MET,
    "unknown": Verdict.UNKNOWN,
    "not_stated": Verdict.NOT_STATED,
}


@dataclass(frozen=True, slots=True)
class CaseVerdict:
    """How one case came out.

    Attributes:
        rule: id of the rule whose case it is.
        problems: what differs from what the rule expects, or cannot be read; nothing when it is as expected.
        facts: as the case gives them; empty where the file cannot be read.
        expected: what its author expects, by the keys of the file.
        told: what the engine says, by the same keys.
    """

    file: str
    rule: str
    name: str
    problems: tuple[Problem, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    expected: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)


def judge_cases(content: Content, rules_dir: Path, schemas: Schemas) -> list[CaseVerdict]:
    """Judges the cases of every rule and every must-not-miss rule."""
    verdicts = []
    for path in [*rule_files(rules_dir), *alarm_files(rules_dir)]:
        rule = read_source(path, name_of(path, rules_dir)).data["id"]
        verdicts += _judge_file(content, cases_of(path), name_of(cases_of(path), rules_dir), rule, schemas)
    return verdicts


def _judge_file(content: Content, path: Path, name: str, rule: str, schemas: Schemas) -> list[CaseVerdict]:
    if not path.exists():
        cure = "Write cases that are met, not met, exactly on each limit, and unknown."
        missing = Problem(name, 1, "(file)", "is missing: no rule without a case.", cure)
        return [CaseVerdict(name, rule, "(file)", (missing,))]
    try:
        source = read_source(path, name)
    except ContentError as error:
        return [CaseVerdict(name, rule, "(file)", error.problems)]
    problems = schemas.problems("cases", source)
    if problems:
        return [CaseVerdict(name, rule, "(file)", tuple(problems))]
    return [_judge(content, source, rule, place) for place in range(len(source.data["cases"]))]


def _judge(content: Content, source: Source, rule: str, place: int) -> CaseVerdict:
    case = source.data["cases"][place]
    builder = FactsOfCase(content, source, ("cases", place, "facts"))
    facts = builder.build(case["facts"])
    expected = case["expect"]
    if builder.problems:
        return CaseVerdict(source.name, rule, case["name"], tuple(builder.problems), case["facts"], expected)
    told = (
        _told_by_alarm(content, facts, rule) if "speaks" in expected else _told_by_rule(content, facts, rule, expected)
    )
    path: Path_ = ("cases", place, "expect")
    wrong = [
        source.problem(
            (*path, key), f"{case['name']!r} gives {key} {told[key]}, not {value}.", "Correct the rule, or the case."
        )
        for key, value in expected.items()
        if key in told and told[key] != value
    ]
    return CaseVerdict(source.name, rule, case["name"], tuple(wrong), case["facts"], expected, told)


def _told_by_alarm(content: Content, facts: Facts, rule: str) -> dict[str, Any]:
    spoken, _ = alarms(content.engine, facts)
    return {"speaks": any(one.alarm.id == rule for one in spoken)}


def _told_by_rule(content: Content, facts: Facts, rule: str, expected: Mapping[str, Any]) -> dict[str, Any]:
    range_of = content.labs.range_for(facts.patient)
    evaluation = evaluate(content.engine, facts, range_of)
    outcomes = evaluation.outcomes
    outcome = next((one for one in outcomes if one.rule.id == rule), None)
    if outcome is None:
        return {"tier": "not judged (its status is draft or retired)"}
    told: dict[str, Any] = {
        "tier": outcome.tier,
        "score": outcome.score,
        "low": outcome.low,
        "high": outcome.high,
        "capped_by": outcome.capped_by,
    }
    for key, verdict in _VERDICTS.items():
        if key in expected:
            told[key] = _with_verdict(outcome, expected[key], verdict)
    if "first" in expected:
        ranked = rank(outcomes, content.engine.rules.etiologies)
        told["first"] = ranked[0].etiology if ranked else "nothing"
    if "next_test" in expected:
        tests = next_tests(content.engine, evaluation)
        told["next_test"] = tests[0].lab if tests else "none"
    return told


def _with_verdict(outcome: Outcome, expected: Iterable[str], verdict: Verdict) -> list[str]:
    """The expected items that have this verdict, so that a list equal to the expected one means all of them do."""
    having = {item.id for item in outcome.judged(criteria_of(outcome.rule)) if item.verdict is verdict}
    return [item for item in expected if item in having]
