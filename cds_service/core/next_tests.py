"""The next best test, derived: the missing lab whose answers would move the ranking or a tier most.

Each missing lab is supposed to come out in every way that some rule tells apart, and the rules that ask for it are
judged again, the single-unknown cap included.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from cds_service.core.conditions import Atom
from cds_service.core.evaluate import Engine, Evaluation, Outcome, settle, supposed_stance
from cds_service.core.facts import LabResult
from cds_service.core.ranking import Place, behind_narrower, narrower_names
from cds_service.core.rules import ACTIVE, Rule
from cds_service.core.scoring import EXCLUDED, LIKELY, NO_ENTRY, SHOWN, TIER_ORDER
from cds_service.core.verdict import Verdict
from cds_service.core.view import View, compared_with_range

_LAST_SHOWN = TIER_ORDER[SHOWN[-1]]
_TIERS = sorted(TIER_ORDER, key=TIER_ORDER.__getitem__)


class Supposed(NamedTuple):
    """One way in which a missing lab could come out, and what would follow.

    Attributes:
        low, high: the values that it stands for, in the lab's unit; None is open, and both are None for a bare word.
        word: the word that they read as; empty where no reference range tells.
        leader: the etiology that would come first; empty where none would be shown.
        standings: tier and points of each etiology in `NextTest.touches`.
    """

    low: Decimal | None
    high: Decimal | None
    word: str
    leader: str
    standings: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class NextTest:
    """A missing lab, and what its answers would move.

    Attributes:
        lab: lab id.
        leaders: the etiologies that could come first, by answer, without repeats.
        moved: the etiologies whose tier depends on the answer.
        swing: the points that its answers move, summed over the etiologies that it could show.
        touches: the etiologies that some answer moves in tier or points, and that are shown now or by some answer.
        answers: every way in which it could come out, from low to high; neighbours that change nothing are one.
    """

    lab: str
    leaders: tuple[str, ...]
    moved: tuple[str, ...]
    swing: int
    touches: tuple[str, ...] = ()
    answers: tuple[Supposed, ...] = ()


def next_tests(engine: Engine, evaluation: Evaluation) -> tuple[NextTest, ...]:
    """The missing labs that would move something, the most telling first.

    The test whose answers put the most different etiologies first is the most telling, then the one that moves the
    most tiers, then the one that moves the most points.
    """
    entered = [one for one in evaluation.outcomes if one.tier != NO_ENTRY and one.rule.status == ACTIVE]
    base = {one.etiology: Place(TIER_ORDER[one.tier], -one.score, -one.rule.prior) for one in entered}
    within_reach = _within_reach(engine, entered)
    found = []
    for lab, asking in engine.questions.rules_asking.items():
        touched = [rule for rule, _ in asking if rule.etiology in within_reach]
        if touched and _is_open(lab, asking, evaluation.stances[touched[0].id][0].view):
            found.append(_telling(engine, lab, touched, base, evaluation))
    telling = [test for test in found if test.moved or len(test.leaders) > 1]
    return tuple(sorted(telling, key=lambda test: (-len(test.leaders), -len(test.moved), -test.swing, test.lab)))


def _within_reach(engine: Engine, entered: list[Outcome]) -> set[str]:
    """The etiologies that one test could show, or put first: what even the best answer to everything leaves out is not.

    Beside one that is likely already, another matters only if it is shown, or could become likely, too.
    """
    scoring = engine.rules.scoring
    decided = any(one.tier == LIKELY for one in entered)
    needed = scoring.likely_points if decided else scoring.possible_points
    return {one.etiology for one in entered if one.tier in SHOWN or one.high >= needed}


def _is_open(lab: str, asking: tuple[tuple[Rule, tuple[Atom, ...]], ...], view: View) -> bool:
    """Whether a question about this lab is still unknown: no result, one too old, or one that leaves the limit open."""
    if lab not in view.facts.labs:
        return True
    return any(atom.verdict(view) is Verdict.UNKNOWN for _, atoms in asking for atom in atoms)


def _telling(
    engine: Engine, lab: str, touched: list[Rule], base: Mapping[str, Place], evaluation: Evaluation
) -> NextTest:
    results = evaluation.supposing.lab_answers(lab, None)
    worlds = [
        {**base, **{rule.etiology: _place(engine, rule, result, evaluation) for rule in touched}} for result in results
    ]
    narrower = narrower_names(engine.rules.etiologies)
    leaders = [
        min((place, etiology) for etiology, place in behind_narrower(world, narrower).items()) for world in worlds
    ]
    by_etiology = {rule.etiology: [world[rule.etiology] for world in worlds] for rule in touched}
    touches = tuple(
        name
        for name, places in by_etiology.items()
        if set(places) != {base.get(name)} and any(map(_is_shown, (base[name], *places)))
    )
    return NextTest(
        lab,
        leaders=tuple(dict.fromkeys(etiology for place, etiology in leaders if _is_shown(place))),
        moved=tuple(etiology for etiology, places in by_etiology.items() if _matters(base[etiology], places)),
        swing=sum(_swing(places) for places in by_etiology.values()),
        touches=touches,
        answers=_answers(
            evaluation.supposing.stretches(lab) or [(None, None)] * len(results), results, worlds, leaders, touches
        ),
    )


def _answers(
    stretches: Iterable[tuple[Decimal | None, Decimal | None]],
    results: Iterable[LabResult],
    worlds: Iterable[Mapping[str, Place]],
    leaders: Iterable[tuple[Place, str]],
    touches: tuple[str, ...],
) -> tuple[Supposed, ...]:
    told = (
        Supposed(
            low,
            high,
            compared_with_range(result),
            etiology if _is_shown(place) else "",
            tuple((_TIERS[world[name].tier], -world[name].minus_score) for name in touches),
        )
        for (low, high), result, world, (place, etiology) in zip(stretches, results, worlds, leaders, strict=True)
    )
    return tuple(_joined(told))


def _joined(answers: Iterable[Supposed]) -> list[Supposed]:
    """The answers, neighbouring stretches of values of which the same follows made one."""
    joined: list[Supposed] = []
    for answer in answers:
        before = joined[-1] if joined else None
        if before is None or answer.low is None or before[2:] != answer[2:]:
            joined.append(answer)
        else:
            joined[-1] = before._replace(high=answer.high)
    return joined


def _place(engine: Engine, rule: Rule, result: LabResult, evaluation: Evaluation) -> Place:
    stances = [
        supposed_stance(engine, rule, stance, result, evaluation.supposing) for stance in evaluation.stances[rule.id]
    ]
    settled = settle(engine, rule, stances, evaluation.supposing)
    score = settled.stance.standing.score
    if settled.tier == EXCLUDED:
        # An exclusion takes the etiology off the card, so it moves at least as much as falling below the threshold.
        score = min(score, engine.rules.scoring.possible_points - 1)
    return Place(TIER_ORDER[settled.tier], -score, -rule.prior)


def _matters(now: Place, places: list[Place]) -> bool:
    """Whether the answers move the tier of an etiology that is shown already, or could make it likely.

    That a rare etiology might become possible is no reason to order a test.
    """
    tiers = {min(place.tier, _LAST_SHOWN + 1) for place in places}
    return len(tiers) > 1 and (_is_shown(now) or TIER_ORDER[LIKELY] in tiers)


def _is_shown(place: Place) -> bool:
    return place.tier <= _LAST_SHOWN


def _swing(places: list[Place]) -> int:
    """The points between the best and the worst answer for an etiology that some answer would show."""
    if not any(_is_shown(place) for place in places):
        return 0
    scores = [place.minus_score for place in places]
    return max(scores) - min(scores)
