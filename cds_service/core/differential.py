"""The ranked differential of one report, and the must-not-miss rules that speak."""

from collections.abc import Iterable
from dataclasses import dataclass

from cds_service.core.evaluate import ACTIVE, Engine, Outcome
from cds_service.core.facts import Facts, Lesion
from cds_service.core.next_tests import NextTest
from cds_service.core.rules import Alarm
from cds_service.core.scoring import SHOWN, TIER_ORDER
from cds_service.core.verdict import Verdict
from cds_service.core.view import View


@dataclass(frozen=True, slots=True)
class Spoken:
    """A must-not-miss rule that speaks, and the lesion that makes it."""

    alarm: Alarm
    lesion: str


@dataclass(frozen=True, slots=True)
class Differential:
    """What is said of one report. `ranked` holds the shown outcomes, best first; `outcomes` all of them."""

    outcomes: tuple[Outcome, ...]
    ranked: tuple[Outcome, ...]
    next_tests: tuple[NextTest, ...]
    spoken: tuple[Spoken, ...]
    kept_quiet: tuple[Spoken, ...]


def rank(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """The outcomes that are shown, best first: tier, then score, then prior, then id. Shadow rules are never shown."""
    shown = [outcome for outcome in outcomes if outcome.tier in SHOWN and outcome.rule.status == ACTIVE]
    return tuple(sorted(shown, key=_place))


def _place(outcome: Outcome) -> tuple[int, int, int, str]:
    return TIER_ORDER[outcome.tier], -outcome.score, -outcome.rule.prior, outcome.rule.id


def alarms(engine: Engine, facts: Facts) -> tuple[tuple[Spoken, ...], tuple[Spoken, ...]]:
    """The must-not-miss rules that speak, and those whose `unless` keeps them quiet though their trigger is met."""
    spoken, quiet = [], []
    lesions: tuple[Lesion | None, ...] = facts.lesions or (None,)
    views = [View.at(facts, engine.sources, lesion) for lesion in lesions]
    for alarm in engine.rules.alarms:
        if alarm.status != ACTIVE:
            continue
        met = [at for at in views if alarm.trigger.verdict(at) is Verdict.MET]
        held_back = [at for at in met if alarm.unless is not None and alarm.unless.verdict(at) is Verdict.MET]
        if len(met) > len(held_back):
            spoken.append(Spoken(alarm, _lesion_id(next(at for at in met if at not in held_back))))
        elif met:
            quiet.append(Spoken(alarm, _lesion_id(met[0])))
    return tuple(spoken), tuple(quiet)


def _lesion_id(view: View) -> str:
    return view.lesion.id if view.lesion is not None else ""
