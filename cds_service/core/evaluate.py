"""Judges every rule on the facts of one report: its tier, its score with both ends, and every item's verdict."""

from dataclasses import dataclass

from cds_service.core.conditions import Atom
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
    """

    rules: RuleSet
    questions: Questions
    sources: HistorySources

    @classmethod
    def of(cls, rules: RuleSet, sources: HistorySources) -> "Engine":
        """Prepares a rule set."""
        return cls(rules, questions_of(rules), sources)


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
    best, held = best_view(rule, view, engine.rules)
    capped_by = ""
    if held.tier == LIKELY:
        capped_by = _capping_lab(engine, rule, best, range_of)
    low = high = held.score
    if held.tier != NO_ENTRY:
        low, high = score_interval(rule, best, engine.questions, range_of)
    return Outcome(
        rule=rule,
        tier=POSSIBLE if capped_by else held.tier,
        capped_by=capped_by,
        low=low,
        score=held.score,
        high=high,
        entry=rule.entry.verdict(best),
        lesion=best.lesion.id if best.lesion is not None else "",
        supports=tuple(_item_outcome(item, best, held) for item in rule.supports),
        argues_against=tuple(_item_outcome(item, best, held) for item in rule.argues_against),
        excludes=tuple(_item_outcome(item, best, held) for item in rule.excludes),
    )


def best_view(rule: Rule, view: View, rules: RuleSet) -> tuple[View, Standing]:
    """The lesion at which a rule stands best, and how it stands there."""
    lesions: tuple[Lesion | None, ...] = view.facts.lesions or (None,)
    judged = [(at, standing(rule, at, rules.scoring)) for at in map(view.at, lesions)]
    return min(judged, key=lambda pair: (TIER_ORDER[pair[1].tier], -pair[1].score))


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


def _item_outcome(item: Item | Exclusion, view: View, held: Standing) -> ItemOutcome:
    verdict = item.when.verdict(view)
    facts = tuple(dict.fromkeys(ref for atom in item.when.atoms() for ref in _answering(atom, view)))
    return ItemOutcome(item.id, verdict, item.id in held.counted, facts)


def _answering(atom: Atom, view: View) -> list[str]:
    """The facts that exist behind a question: what was there to answer it, whichever way it came out."""
    return [ref for ref in atom.about if _exists(ref, view)]


def _exists(ref: str, view: View) -> bool:
    kind, _, name = ref.partition(":")
    if kind == "lab":
        return name in view.facts.labs
    if kind == "history":
        return name in view.facts.history
    if kind == "finding":
        return view.finding(name) is not Verdict.NOT_STATED
    if kind == "age":
        return view.facts.patient.age_years is not None
    if kind == "sex":
        return view.facts.patient.sex is not None
    lesion = view.lesion
    return lesion is not None and (lesion.region if kind == "site" else lesion.size_mm) is not None
