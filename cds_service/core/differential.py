"""The ranked differential of one report, and the must-not-miss rules that speak."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cds_service.core.evaluate import Engine, Outcome
from cds_service.core.facts import Facts, Lesion
from cds_service.core.next_tests import NextTest
from cds_service.core.ranking import Place, behind_narrower, held_behind, narrower_names
from cds_service.core.rules import ACTIVE, SHADOW, Alarm, Etiology, Pattern
from cds_service.core.scoring import NO_ENTRY, NOT_SHOWN, SHOWN, TIER_ORDER
from cds_service.core.verdict import Verdict
from cds_service.core.view import HistorySources, View


@dataclass(frozen=True, slots=True)
class Spoken:
    """A must-not-miss rule that speaks, and the lesion that makes it."""

    alarm: Alarm
    lesion: str


@dataclass(frozen=True, slots=True)
class Differential:
    """What is said of one report. `ranked` holds the shown outcomes, best first; `outcomes` all of them.

    `patterns` are those of several labs that are there: context for readers; they score only where a rule asks.
    `shadow` holds the must-not-miss rules in shadow whose trigger is met, each with whether it would have spoken.
    """

    outcomes: tuple[Outcome, ...]
    ranked: tuple[Outcome, ...]
    next_tests: tuple[NextTest, ...]
    spoken: tuple[Spoken, ...]
    kept_quiet: tuple[Spoken, ...]
    patterns: tuple[Pattern, ...] = ()
    shadow: tuple[tuple[Spoken, bool], ...] = ()

    @property
    def weak(self) -> tuple[Outcome, ...]:
        """The etiologies that something speaks for beside the entry finding, and not enough to be shown; best first."""
        short = (one for one in self.outcomes if one.tier == NOT_SHOWN and one.rule.status == ACTIVE)
        weak = (one for one in short if any(item.id in one.counted for item in one.rule.supports))
        return tuple(sorted(weak, key=lambda one: (-one.score, -one.rule.prior, one.rule.id)))


def rank(outcomes: Iterable[Outcome], etiologies: Mapping[str, Etiology]) -> tuple[Outcome, ...]:
    """The outcomes that are shown, best first: tier, then score, then prior, then id. Shadow rules are never shown.

    A broader name comes after its narrower ones of the same tier, whatever the points.
    """
    shown = [outcome for outcome in outcomes if outcome.tier in SHOWN and outcome.rule.status == ACTIVE]
    settled = behind_narrower(_places(shown), narrower_names(etiologies))
    return tuple(sorted(shown, key=lambda outcome: (settled[outcome.etiology], outcome.rule.id)))


def moved_behind(outcome: Outcome, ranked: Iterable[Outcome], etiologies: Mapping[str, Etiology]) -> str:
    """The narrower etiology that a shown one was put behind though its points are as many or more; "" for none."""
    return held_behind(outcome.etiology, _places(ranked), narrower_names(etiologies))


def _places(outcomes: Iterable[Outcome]) -> dict[str, Place]:
    return {one.etiology: Place(TIER_ORDER[one.tier], -one.score, -one.rule.prior) for one in outcomes}


def patterns_there(patterns: Iterable[Pattern], facts: Facts, sources: HistorySources) -> tuple[Pattern, ...]:
    """The patterns of several labs that are known to be there."""
    view = View.at(facts, sources, None)
    return tuple(pattern for pattern in patterns if pattern.when.verdict(view) is Verdict.MET)


def may_speak(engine: Engine, facts: Facts, outcomes: Iterable[Outcome]) -> bool:
    """Whether anything could be said if what is unknown were known: the entry of a rule, or an alarm, is open.

    Rules in shadow count: what is recorded of them is to be what they would say once they are active.
    """
    if any(outcome.tier != NO_ENTRY for outcome in outcomes):
        return True
    lesions: tuple[Lesion | None, ...] = facts.lesions or (None,)
    views = [View.at(facts, engine.sources, lesion) for lesion in lesions]
    judged = [alarm for alarm in engine.rules.alarms if alarm.status in (ACTIVE, SHADOW)]
    return any(alarm.trigger.verdict(view) in (Verdict.MET, Verdict.UNKNOWN) for alarm in judged for view in views)


def alarms(engine: Engine, facts: Facts) -> tuple[tuple[Spoken, ...], tuple[Spoken, ...]]:
    """The must-not-miss rules that speak, and those whose `unless` keeps them quiet though their trigger is met."""
    return _triggered(engine, facts, ACTIVE)


def shadow_alarms(engine: Engine, facts: Facts) -> tuple[tuple[Spoken, bool], ...]:
    """The must-not-miss rules in shadow whose trigger is met, each with whether it would speak if it were active."""
    would, quiet = _triggered(engine, facts, SHADOW)
    return (*((one, True) for one in would), *((one, False) for one in quiet))


def _triggered(engine: Engine, facts: Facts, status: str) -> tuple[tuple[Spoken, ...], tuple[Spoken, ...]]:
    """The must-not-miss rules of a status whose trigger is met: those that nothing holds back, and the others."""
    spoken, quiet = [], []
    lesions: tuple[Lesion | None, ...] = facts.lesions or (None,)
    views = [View.at(facts, engine.sources, lesion) for lesion in lesions]
    for alarm in engine.rules.alarms:
        if alarm.status != status:
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
