"""Judges every rule on the facts of one report: its tier, its score with both ends, and every item's verdict."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from cds_service.core.facts import Facts, LabResult, Lesion
from cds_service.core.interval import score_interval
from cds_service.core.rules import ACTIVE, SHADOW, Exclusion, Item, Rule, RuleSet
from cds_service.core.scoring import (
    EXCLUDED,
    LIKELY,
    NO_ENTRY,
    NOT_SHOWN,
    POSSIBLE,
    TIER_ORDER,
    AskedBy,
    Standing,
    Verdicts,
    criteria_of,
    standing,
    verdicts_of,
)
from cds_service.core.unknowns import Questions, RangeOf, Supposing, questions_of
from cds_service.core.verdict import MET, UNKNOWN, Verdict
from cds_service.core.view import HistorySources, View


@dataclass(frozen=True, slots=True)
class Engine:
    """A rule set made ready to judge: compiled once, used for every call.

    Attributes:
        rules: the rule set.
        questions: what its active rules ask of each lab.
        shadow_questions: what they ask together with the rules in shadow, as if these were active.
        sources: which chart lists each history entry can be found in.
        asked_by: the facts that each criterion asks for, by the identity of its value in `rules`.
    """

    rules: RuleSet
    questions: Questions
    shadow_questions: Questions
    sources: HistorySources
    asked_by: AskedBy

    @classmethod
    def of(cls, rules: RuleSet, sources: HistorySources) -> "Engine":
        """Prepares a rule set."""
        asked_by = {id(item): frozenset(facts_asked(item)) for rule in rules.rules for item in criteria_of(rule)}
        active = _questions(rules, (ACTIVE,))
        in_shadow = any(rule.status == SHADOW for rule in rules.rules)
        return cls(rules, active, _questions(rules, (ACTIVE, SHADOW)) if in_shadow else active, sources, asked_by)


def _questions(rules: RuleSet, statuses: tuple[str, ...]) -> Questions:
    """What the rules of these statuses ask; a limit that no active rule sets must not move what an active one says."""
    return questions_of(replace(rules, rules=tuple(rule for rule in rules.rules if rule.status in statuses)))


def facts_asked(item: Item | Exclusion) -> tuple[str, ...]:
    """The facts that a criterion asks for, as "lab:egfr", "finding:lobulated" and the like, without repeats."""
    return tuple(dict.fromkeys(ref for atom in item.when.atoms() for ref in atom.about))


class ItemOutcome(NamedTuple):
    """One item's verdict, and whether it counted: met, and the heaviest of its domain."""

    id: str
    verdict: Verdict
    counted: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """One rule judged on one report, at the lesion where it stands best.

    Attributes:
        capped_by: the lab that keeps a "likely" score at "possible", or "".
        low, score, high: the score, and the ends that the unknowns leave open.
        lesion: id of the lesion, or "" for a report without lesions.
        verdicts: of every criterion, at that lesion.
        counted: ids of the items that count.
    """

    rule: Rule
    tier: str
    capped_by: str
    low: int
    score: int
    high: int
    entry: Verdict
    lesion: str
    verdicts: Verdicts
    counted: frozenset[str]

    @property
    def etiology(self) -> str:
        """The id of the etiology that the rule speaks for."""
        return self.rule.etiology

    def judged(self, items: Iterable[Item | Exclusion]) -> Iterator[ItemOutcome]:
        """The verdict of each of these criteria of the rule."""
        of, counted = self.verdicts.of, self.counted
        return (ItemOutcome(item.id, of[id(item)], item.id in counted) for item in items)


class Stance(NamedTuple):
    """One rule at one lesion: what its criteria say there, and where that puts it."""

    view: View
    verdicts: Verdicts
    standing: Standing


class Settled(NamedTuple):
    """Where a rule stands at its best lesion, once the single-unknown cap has been put on."""

    stance: Stance
    capped_by: str

    @property
    def tier(self) -> str:
        """The tier, after the cap."""
        return POSSIBLE if self.capped_by else self.stance.standing.tier


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All rules judged on one report.

    Attributes:
        outcomes: one for each rule in force, in the order of the rule set.
        stances: how each rule stands at every lesion, by rule id; the next best test is derived from them.
        supposing: the supposed answers for this patient, to what active rules ask.
    """

    outcomes: tuple[Outcome, ...]
    stances: Mapping[str, tuple[Stance, ...]]
    supposing: Supposing


def evaluate(engine: Engine, facts: Facts, range_of: RangeOf) -> Evaluation:
    """Judges all rules that are active or in shadow.

    Args:
        engine: the rules, prepared.
        facts: everything the call knows about one report.
        range_of: the default reference range of a lab for this patient, for supposing results of missing labs.
    """
    lesions: tuple[Lesion | None, ...] = facts.lesions or (None,)
    views = [View.at(facts, engine.sources, lesion) for lesion in lesions]
    supposing = {
        ACTIVE: Supposing(engine.questions, range_of),
        SHADOW: Supposing(engine.shadow_questions, range_of),
    }
    in_force = [rule for rule in engine.rules.rules if rule.status in supposing]
    stances = {rule.id: _stances(engine, rule, views) for rule in in_force}
    settled = [settle(engine, rule, stances[rule.id], supposing[rule.status]) for rule in in_force]
    outcomes = (_outcome(rule, best, supposing[rule.status]) for rule, best in zip(in_force, settled, strict=True))
    return Evaluation(tuple(outcomes), stances, supposing[ACTIVE])


def _stances(engine: Engine, rule: Rule, views: list[View]) -> tuple[Stance, ...]:
    """How a rule stands at every lesion with its entry finding; without one, at the first lesion, to say why not."""
    entries = [(view, rule.entry.verdict(view)) for view in views]
    entered = [pair for pair in entries if pair[1] in (MET, UNKNOWN)] or entries[:1]
    return tuple(_stance(engine, rule, verdicts_of(rule, view, entry), view) for view, entry in entered)


def supposed_stance(engine: Engine, rule: Rule, stance: Stance, result: LabResult, supposing: Supposing) -> Stance:
    """How a rule would stand at the same lesion if a lab came out so."""
    view = supposing.supposed(stance.view, result)
    return _stance(engine, rule, stance.verdicts.again(rule, view, f"lab:{result.lab}", engine.asked_by), view)


def settle(engine: Engine, rule: Rule, stances: Iterable[Stance], supposing: Supposing) -> Settled:
    """The lesion at which a rule stands best, and the lab that keeps it from likely there."""
    best = min(stances, key=lambda stance: (TIER_ORDER[stance.standing.tier], -stance.standing.score))
    return Settled(best, _capping_lab(engine, rule, best, supposing) if best.standing.tier == LIKELY else "")


def _stance(engine: Engine, rule: Rule, verdicts: Verdicts, view: View) -> Stance:
    return Stance(view, verdicts, standing(rule, verdicts, view, engine.rules.scoring))


def _capping_lab(engine: Engine, rule: Rule, stance: Stance, supposing: Supposing) -> str:
    """The first lab whose single bad answer would take the etiology below possible; "" where there is none."""
    for lab, views in supposing.labs_open(criteria_of(rule), stance.view).items():
        for view in views:
            verdicts = stance.verdicts.again(rule, view, f"lab:{lab}", engine.asked_by)
            if standing(rule, verdicts, view, engine.rules.scoring).tier in (NOT_SHOWN, EXCLUDED):
                return lab
    return ""


def _outcome(rule: Rule, settled: Settled, supposing: Supposing) -> Outcome:
    stance = settled.stance
    held = stance.standing
    low = high = held.score
    if held.tier != NO_ENTRY:
        low, high = score_interval(rule, stance.verdicts, stance.view, supposing)
    return Outcome(
        rule=rule,
        tier=settled.tier,
        capped_by=settled.capped_by,
        low=low,
        score=held.score,
        high=high,
        entry=stance.verdicts.entry,
        lesion=stance.view.lesion.id if stance.view.lesion is not None else "",
        verdicts=stance.verdicts,
        counted=held.counted,
    )
