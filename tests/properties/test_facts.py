"""Properties of facts and of the engine, over generated facts."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta, timezone
from typing import TypeVar

from hypothesis import assume, given
from hypothesis import strategies as st

from cds_service.core.conditions import AllOf, AnyOf, Condition, HasFinding
from cds_service.core.evaluate import Evaluation, evaluate
from cds_service.core.facts import Facts, Finding, LabResult, Missing, SetAside, Span, State
from cds_service.core.facts_json import facts_from_json, facts_to_json
from cds_service.core.rules import Rule
from cds_service.core.scoring import NO_ENTRY, TIER_ORDER
from tests.properties.generated import ENGINE, facts, results, steady
from tests.scenarios.asking import CONTENT

T = TypeVar("T")


def judged(known: Facts) -> Evaluation:
    return evaluate(ENGINE, known, CONTENT.labs.range_for(known.patient))


def asked_for(condition: Condition) -> set[str]:
    """Every finding that a condition asks for."""
    return {name for atom in condition.atoms() if isinstance(atom, HasFinding) for name in atom.findings}


def asked_affirmatively(condition: Condition) -> Iterator[str]:
    """The findings that can only help to meet a condition."""
    if isinstance(condition, HasFinding):
        yield from condition.findings
    elif isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from asked_affirmatively(part)


def only_supports(rule: Rule) -> set[str]:
    """The findings that support an etiology and nowhere speak against it."""
    helping = [rule.entry, *(item.when for item in rule.supports)]
    turning = [*(item.when for item in rule.argues_against), *(exclusion.when for exclusion in rule.excludes)]
    against = {name for condition in turning for name in asked_for(condition)}
    affirmed = {name for condition in helping for name in asked_affirmatively(condition)}
    turned = {name for condition in helping for name in asked_for(condition) - set(asked_affirmatively(condition))}
    return affirmed - against - turned


SUPPORTS = {rule.id: only_supports(rule) for rule in ENGINE.rules.rules}


@steady(250)
@given(facts(), st.data())
def test_denying_a_present_finding_never_raises_a_score_that_it_supports(known: Facts, data: st.DataObject) -> None:
    present = [
        (place, name)
        for place, lesion in enumerate(known.lesions)
        for name, finding in lesion.findings.items()
        if finding.state is State.PRESENT
    ]
    assume(present)
    place, name = data.draw(st.sampled_from(present))
    before, after = judged(known), judged(denied(known, place, name))
    for rule in ENGINE.rules.rules:
        if name in SUPPORTS[rule.id]:
            was = {stance.view.lesion.id: stance.standing for stance in before.stances[rule.id] if stance.view.lesion}
            now = {stance.view.lesion.id: stance.standing for stance in after.stances[rule.id] if stance.view.lesion}
            for lesion in was.keys() & now.keys():
                assert now[lesion].score <= was[lesion].score
                assert TIER_ORDER[now[lesion].tier] >= TIER_ORDER[was[lesion].tier]


def denied(known: Facts, place: int, name: str) -> Facts:
    """The facts with one finding of one lesion denied."""
    lesion = known.lesions[place]
    stated = {**lesion.findings, name: replace(lesion.findings[name], state=State.DENIED)}
    changed = replace(lesion, findings=stated)
    return replace(known, lesions=(*known.lesions[:place], changed, *known.lesions[place + 1 :]))


@steady(250)
@given(facts(), st.data())
def test_forgetting_a_known_lab_opens_the_interval_to_the_old_score(known: Facts, data: st.DataObject) -> None:
    assume(known.labs and known.lesions)
    name = data.draw(st.sampled_from(sorted(known.labs)))
    labs = {lab: result for lab, result in known.labs.items() if lab != name}
    unknown = replace(known, labs=labs, missing_labs={**known.missing_labs, name: Missing.NONE_ON_FILE})
    then = {outcome.rule.id: outcome for outcome in judged(unknown).outcomes}
    for was in judged(known).outcomes:
        now = then[was.rule.id]
        if now.tier == NO_ENTRY:
            continue  # a rule that is not entered has no interval: nothing is said of it
        assert now.low <= was.score <= now.high, (was.rule.id, name)


@steady(200)
@given(facts(comparators=False), results("egfr", comparators=False), results("alp", comparators=False))
def test_forgetting_earlier_results_opens_the_interval_to_the_old_score(
    known: Facts, rate: LabResult, alp: LabResult
) -> None:
    known = replace(known, labs={**known.labs, "egfr": rate, "alp": alp})
    forgotten = {lab: replace(result, series=()) for lab, result in known.labs.items()}
    then = {outcome.rule.id: outcome for outcome in judged(replace(known, labs=forgotten)).outcomes}
    for was in judged(known).outcomes:
        now = then[was.rule.id]
        if now.tier != NO_ENTRY:
            assert now.low <= was.score <= now.high, was.rule.id


@steady(150)
@given(facts())
def test_a_result_that_is_shown_and_not_judged_counts_as_unknown(known: Facts) -> None:
    shown = {lab: replace(result, unused="too old") for lab, result in known.labs.items()}
    told = [
        [(one.rule.id, one.tier, one.low, one.score, one.high) for one in judged(each).outcomes]
        for each in (replace(known, labs=shown), replace(known, labs={}))
    ]
    assert told[0] == told[1]


@steady(150)
@given(facts())
def test_the_order_of_facts_never_matters(known: Facts) -> None:
    other = replace(
        known,
        labs=reversed_order(known.labs),
        history=reversed_order(known.history),
        findings=reversed_order(known.findings),
        lesions=tuple(replace(lesion, findings=reversed_order(lesion.findings)) for lesion in known.lesions),
    )
    told = [
        [(one.rule.id, one.tier, one.low, one.score, one.high) for one in judged(each).outcomes]
        for each in (known, other)
    ]
    assert told[0] == told[1]


def reversed_order(held: Mapping[str, T]) -> dict[str, T]:
    """The same, told the other way round."""
    return dict(reversed(list(held.items())))


texts = st.text(max_size=20)


@st.composite
def any_facts(draw: st.DrawFn) -> Facts:
    """Facts with texts of any kind, sizes with decimals, several spans, and things set aside."""
    spans = st.builds(Span, st.integers(0, 99), st.integers(0, 99), texts, texts)
    quoted = draw(st.lists(spans, max_size=3).map(tuple))

    def quoting(held: dict[str, Finding]) -> dict[str, Finding]:
        return {name: replace(finding, spans=quoted) for name, finding in held.items()}

    known = draw(facts())
    several = tuple(
        replace(lesion, label=draw(texts), size_mm=draw(_sizes), findings=quoting(dict(lesion.findings)))
        for lesion in known.lesions
    )
    return replace(
        known,
        as_of=draw(_moments),
        patient=replace(known.patient, age_years=draw(_sizes)),
        lesions=several,
        findings=quoting(dict(known.findings)),
        set_aside=tuple(draw(st.lists(st.builds(SetAside, texts, texts), max_size=2))),
        labs={name: replace(lab, sent=draw(texts), conversion=draw(texts)) for name, lab in known.labs.items()},
    )


_sizes = st.none() | st.decimals(0, 500, allow_nan=False, allow_infinity=False, places=3)
# Fixed offsets: Python calls two equal moments unequal where one stands in a zone's repeated hour.
_moments = st.datetimes(timezones=st.integers(-720, 840).map(lambda minutes: timezone(timedelta(minutes=minutes))))


@steady(150)
@given(any_facts())
def test_facts_come_back_from_json_as_they_went(known: Facts) -> None:
    assert facts_from_json(json.loads(json.dumps(facts_to_json(known)))) == known
