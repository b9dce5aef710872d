"""Judges every rule on the facts of one report: its tier, its score with both ends, and every item's verdict."""

from collections.abc import Mapping
from dataclasses import dataclass

from cds_service.core.facts import Facts, Lesion
from cds_service.core.interval import score_interval
from cds_service.core.rules import Exclusion, Item, Rule, RuleSet
from cds_service.core.scoring import EXCLUDED, LIKELY, NO_ENTRY, NOT_SHOWN, POSSIBLE, TIER_ORDER, Standing, standing
from cds_service.core.unknowns import Questions, RangeOf, questions_of, unknowns_of
from cds_service.core.verdict import Verdict
from cds_service.core.view import HistorySources, View

ACTIVE, SHADOW = "active", "shadow"


@dataclass(frozen=True, slots=True)
class Engine:
    """A rule set made ready to judge: compiled once, used for every call.

    Attributes:
        rules: the rule set.
        questions: what its rules ask of each lab.
        sources: which chart lists each history entry can be found in.
        asked_by: the facts that each criterion asks for, by the identity of its value in `rules`.
    """

    rules: RuleSet
    questions: Questions
    sources: HistorySources
    asked_by: Mapping[int, tuple[str, ...]]

    @classmethod
    def of(cls, rules: RuleSet, sources: HistorySources) -> "Engine":
        """Prepares a rule set."""
        return cls(rules, questions_of(rules), sources, _asked_by(rules))


def _asked_by(rules: RuleSet) -> dict[int, tuple[str, ...]]:
    found = {}
    for rule in rules.rules:
        items: tuple[Item | Exclusion, ...] = (*rule.supports, *rule.argues_against, *rule.excludes)
        for item in items:
            found[id(item)] = tuple(dict.fromkeys(ref for atom in item.when.atoms() for ref in atom.about))
    return found


@dataclass(frozen=True, slots=True)
class ItemOutcome:
    """One item's verdict: whether it counted (met, and heaviest of its domain), and the facts that answered it."""

    id: str
    verdict: Verdict
    counted: bool
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One rule judged on one report, at the lesion where it stands best.

    Attributes:
        capped_by: the lab that keeps a "likely" score at "possible", or "".
        low, score, high: the score, and the ends that the unknowns leave open.
        lesion: id of the lesion, or "" for a report without lesions.
    """

    rule: Rule
    tier: str
    capped_by: str
    low: int
    score: int
    high: int
    entry: Verdict
    lesion: str
    supports: tuple[ItemOutcome, ...]
    argues_against: tuple[ItemOutcome, ...]
    excludes: tuple[ItemOutcome, ...]

    @property
    def etiology(self) -> str:
        """The id of the etiology that the rule speaks for."""
        return self.rule.etiology


def evaluate(engine: Engine, facts: Facts, range_of: RangeOf) -> tuple[Outcome, ...]:
    """Judges all rules that are active or in shadow, in the order of the rule set.

    Args:
        engine: the rules, prepared.
        facts: everything the call knows about one report.
        range_of: the default reference range of a lab for this patient, for supposing results of missing labs.
    """
    view = View(facts, engine.sources, None)
    in_force = (rule for rule in engine.rules.rules if rule.status in (ACTIVE, SHADOW))
    return tuple(_outcome(engine, rule, view, range_of) for rule in in_force)


def _outcome(engine: Engine, rule: Rule, view: View, range_of: RangeOf) -> Outcome:
    settled = settle(engine, rule, view, range_of)
    best, held = settled.view, settled.standing
    there = facts_there(best)
    low = high = held.score
    if held.tier != NO_ENTRY:
        low, high = score_interval(rule, best, engine.questions, range_of)
    return Outcome(
        rule=rule,
        tier=settled.tier,
        capped_by=settled.capped_by,
        low=low,
        score=held.score,
        high=high,
        entry=rule.entry.verdict(best),
        lesion=best.lesion.id if best.lesion is not None else "",
        supports=_item_outcomes(rule.supports, best, held, engine, there),
        argues_against=_item_outcomes(rule.argues_against, best, held, engine, there),
        excludes=_item_outcomes(rule.excludes, best, held, engine, there),
    )


@dataclass(frozen=True, slots=True)
class Settled:
    """Where a rule stands at its best lesion, once the single-unknown cap has been put on."""

    view: View
    standing: Standing
    capped_by: str

    @property
    def tier(self) -> str:
        """The tier, after the cap."""
        return POSSIBLE if self.capped_by else self.standing.tier


def settle(engine: Engine, rule: Rule, view: View, range_of: RangeOf) -> Settled:
    """The lesion at which a rule stands best, how it stands there, and the lab that keeps it from likely."""
    lesions: tuple[Lesion | None, ...] = view.facts.lesions or (None,)
    judged = [(at, standing(rule, at, engine.rules.scoring)) for at in map(view.at, lesions)]
    best, held = min(judged, key=lambda pair: (TIER_ORDER[pair[1].tier], -pair[1].score))
    return Settled(best, held, _capping_lab(engine, rule, best, range_of) if held.tier == LIKELY else "")


def _capping_lab(engine: Engine, rule: Rule, view: View, range_of: RangeOf) -> str:
    """The first lab whose single bad answer would take the etiology below possible; "" where there is none."""
    criteria: tuple[Item | Exclusion, ...] = (*rule.supports, *rule.argues_against, *rule.excludes)
    for unknown in unknowns_of(criteria, view, engine.questions, range_of):
        if not unknown.name.startswith("lab:"):
            continue
        tiers = {standing(rule, supposed, engine.rules.scoring).tier for supposed in unknown.views(view)}
        if tiers & {NOT_SHOWN, EXCLUDED}:
            return unknown.name.removeprefix("lab:")
    return ""


def _item_outcomes(
    items: tuple[Item, ...] | tuple[Exclusion, ...], view: View, held: Standing, engine: Engine, there: frozenset[str]
) -> tuple[ItemOutcome, ...]:
    """Every item's verdict, with those of the facts it asks for that were there to answer it."""
    return tuple(
        ItemOutcome(
            item.id,
            item.when.verdict(view),
            item.id in held.counted,
            tuple(ref for ref in engine.asked_by[id(item)] if ref in there),
        )
        for item in items
    )


def facts_there(view: View) -> frozenset[str]:
    """Every fact that a question could be answered by, in this view: "lab:egfr", "finding:lobulated", "age" and so on."""
    facts, lesion = view.facts, view.lesion
    there = {f"lab:{lab}" for lab in facts.labs} | {f"history:{entry}" for entry in facts.history}
    there |= {f"finding:{finding}" for finding in facts.findings}
    if facts.patient.age_years is not None:
        there.add("age")
    if facts.patient.sex is not None:
        there.add("sex")
    if lesion is not None:
        there |= {f"finding:{finding}" for finding in lesion.findings}
        if lesion.region is not None:
            there.add("site")
        if lesion.size_mm is not None:
            there.add("size")
    return frozenset(there)
