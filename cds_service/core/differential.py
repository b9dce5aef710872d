"""The ranked differential of one report, the next best tests, and the must-not-miss rules that speak."""

from collections.abc import Iterable
from dataclasses import dataclass

from cds_service.core.evaluate import ACTIVE, Engine, Outcome, best_view
from cds_service.core.facts import Facts, Lesion
from cds_service.core.rules import Alarm, Rule
from cds_service.core.scoring import LIKELY, NO_ENTRY, SHOWN, TIER_ORDER
from cds_service.core.unknowns import RangeOf, all_atoms, lab_unknown
from cds_service.core.verdict import Verdict
from cds_service.core.view import View


@dataclass(frozen=True, slots=True)
class NextTest:
    """A missing lab, and what its answers would move.

    Attributes:
        lab: lab id.
        leaders: the etiologies that could come first, by answer, without repeats.
        moved: the etiologies whose tier depends on the answer.
        swing: the points that its answers move, summed over the etiologies that it could show.
    """

    lab: str
    leaders: tuple[str, ...]
    moved: tuple[str, ...]
    swing: int


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


def next_tests(engine: Engine, facts: Facts, outcomes: tuple[Outcome, ...], range_of: RangeOf) -> tuple[NextTest, ...]:
    """The missing labs whose answers would move the ranking or a tier, the most telling first.

    Each missing lab is supposed to come out in every way that some rule tells apart; the test whose answers put the
    most different etiologies first is the most telling, then the one that moves the most tiers, then the most points.
    """
    entered = [outcome for outcome in outcomes if outcome.tier != NO_ENTRY and outcome.rule.status == ACTIVE]
    view = View(facts, engine.sources, None)
    base = {outcome.etiology: (TIER_ORDER[outcome.tier], -outcome.score, -outcome.rule.prior) for outcome in entered}
    found = []
    for lab, asking in engine.questions.rules_asking.items():
        touched = [rule for rule in asking if rule.etiology in base]
        if touched and _is_open(lab, touched, view):
            found.append(_telling(engine, lab, touched, base, view, range_of))
    telling = [test for test in found if test.moved or len(test.leaders) > 1]
    return tuple(sorted(telling, key=lambda test: (-len(test.leaders), -len(test.moved), -test.swing, test.lab)))


def _is_open(lab: str, asking: list[Rule], view: View) -> bool:
    """Whether a question about this lab is still unknown: no result, one too old, or one that leaves the limit open."""
    if lab not in view.facts.labs:
        return True
    atoms = (atom for rule in asking for atom in all_atoms(rule))
    return any(f"lab:{lab}" in atom.about and atom.verdict(view) is Verdict.UNKNOWN for atom in atoms)


_Places = dict[str, tuple[int, int, int]]


def _telling(engine: Engine, lab: str, touched: list[Rule], base: _Places, view: View, range_of: RangeOf) -> NextTest:
    worlds: list[_Places] = []
    for supposed in lab_unknown(lab, None, engine.questions, range_of).views(view):
        places = dict(base)
        for rule in touched:
            held = best_view(rule, supposed, engine.rules)[1]
            places[rule.etiology] = (TIER_ORDER[held.tier], -held.score, -rule.prior)
        worlds.append(places)
    last_shown = TIER_ORDER[SHOWN[-1]]
    leaders = [min((place, etiology) for etiology, place in world.items()) for world in worlds]
    moved = [rule.etiology for rule in touched if _matters(rule.etiology, base, worlds)]
    swing = 0
    for rule in touched:
        if any(world[rule.etiology][0] <= last_shown for world in worlds):
            scores = [world[rule.etiology][1] for world in worlds]
            swing += max(scores) - min(scores)
    first = dict.fromkeys(etiology for place, etiology in leaders if place[0] <= last_shown)
    return NextTest(lab, tuple(first), tuple(moved), swing)


def _matters(etiology: str, base: _Places, worlds: list[_Places]) -> bool:
    """Whether the answers move the tier of an etiology that is shown already, or could make it likely.

    That a rare etiology might become possible is no reason to order a test.
    """
    last_shown = TIER_ORDER[SHOWN[-1]]
    tiers = {min(world[etiology][0], last_shown + 1) for world in worlds}
    return len(tiers) > 1 and (base[etiology][0] <= last_shown or TIER_ORDER[LIKELY] in tiers)


def alarms(engine: Engine, facts: Facts) -> tuple[tuple[Spoken, ...], tuple[Spoken, ...]]:
    """The must-not-miss rules that speak, and those whose `unless` keeps them quiet though their trigger is met."""
    spoken, quiet = [], []
    view = View(facts, engine.sources, None)
    lesions: tuple[Lesion | None, ...] = facts.lesions or (None,)
    for alarm in engine.rules.alarms:
        if alarm.status != ACTIVE:
            continue
        met = [at for at in map(view.at, lesions) if alarm.trigger.verdict(at) is Verdict.MET]
        held_back = [at for at in met if alarm.unless is not None and alarm.unless.verdict(at) is Verdict.MET]
        if len(met) > len(held_back):
            spoken.append(Spoken(alarm, _lesion_id(next(at for at in met if at not in held_back))))
        elif met:
            quiet.append(Spoken(alarm, _lesion_id(met[0])))
    return tuple(spoken), tuple(quiet)


def _lesion_id(view: View) -> str:
    return view.lesion.id if view.lesion is not None else ""


