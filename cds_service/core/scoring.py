"""Points of one rule at one lesion.

Within a domain only the heaviest met item counts, separately for and against: dialysis, eGFR 8 and "CKD stage 5" are
one fact seen three ways, not three facts.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cds_service.core.rules import Exclusion, Item, Rule, Scoring
from cds_service.core.verdict import MET, UNKNOWN, Verdict
from cds_service.core.view import View

LIKELY, POSSIBLE, NOT_SHOWN, EXCLUDED, NO_ENTRY = "likely", "possible", "not shown", "excluded", "no entry"
"""The tiers of an etiology, best first."""

SHOWN = (LIKELY, POSSIBLE)
TIER_ORDER = {tier: place for place, tier in enumerate((LIKELY, POSSIBLE, NOT_SHOWN, EXCLUDED, NO_ENTRY))}

AskedBy = Mapping[int, frozenset[str]]
"""The facts that each criterion asks for ("lab:egfr", "finding:lobulated"), by the identity of its value."""


class Verdicts(NamedTuple):
    """What every criterion of a rule says in one view, by the identity of the criterion's value; and its entry."""

    entry: Verdict
    of: Mapping[int, Verdict]

    def again(self, rule: Rule, view: View, about: str, asked_by: AskedBy) -> "Verdicts":
        """The verdicts in a view that differs in one fact only: just the criteria that ask for it are judged again."""
        changed = {id(item): item.when.verdict(view) for item in criteria_of(rule) if about in asked_by[id(item)]}
        return Verdicts(self.entry, {**self.of, **changed})


class Standing(NamedTuple):
    """Where a rule stands: its points, the ids of the items that count, and the tier that these give."""

    tier: str
    score: int
    counted: frozenset[str]


def criteria_of(rule: Rule) -> tuple[Item | Exclusion, ...]:
    """Items and exclusions of a rule, in the order of its file."""
    return (*rule.supports, *rule.argues_against, *rule.excludes)


def verdicts_of(rule: Rule, view: View, entry: Verdict) -> Verdicts:
    """Judges every criterion of a rule; its entry has been judged already."""
    return Verdicts(entry, {id(item): item.when.verdict(view) for item in criteria_of(rule)})


def heaviest(items: Iterable[Item]) -> dict[str, Item]:
    """The heaviest item of each domain, by domain; the first in the file wins among equals."""
    found: dict[str, Item] = {}
    for item in items:
        held = found.get(item.domain)
        if held is None or item.weight > held.weight:
            found[item.domain] = item
    return found


def standing(rule: Rule, verdicts: Verdicts, view: View, scoring: Scoring) -> Standing:
    """Where a rule stands by these verdicts, without regard to what is unknown."""
    of = verdicts.of
    supporting = heaviest(item for item in rule.supports if of[id(item)] is MET)
    opposing = heaviest(item for item in rule.argues_against if of[id(item)] is MET)
    gained = sum(item.weight for item in supporting.values())
    score = rule.prior + gained - sum(item.weight for item in opposing.values())
    counted = frozenset(item.id for group in (supporting, opposing) for item in group.values())
    return Standing(_tier(rule, verdicts, score, supporting, view, scoring), score, counted)


def _tier(rule: Rule, verdicts: Verdicts, score: int, supporting: dict[str, Item], view: View, scoring: Scoring) -> str:
    if verdicts.entry not in (MET, UNKNOWN):
        return NO_ENTRY
    if any(verdicts.of[id(exclusion)] is MET for exclusion in rule.excludes):
        return EXCLUDED
    if score < scoring.possible_points:
        return NOT_SHOWN
    if score < scoring.likely_points or verdicts.entry is UNKNOWN:
        return POSSIBLE
    defining = any(item.defining for item in supporting.values())
    enough_kinds = len(kinds_of_evidence(supporting.values(), view)) >= scoring.likely_kinds
    return LIKELY if defining or enough_kinds else POSSIBLE


def kinds_of_evidence(items: Iterable[Item], view: View) -> frozenset[str]:
    """The kinds of evidence, of imaging, labs and history, that meet these items."""
    return frozenset(atom.kind for item in items for atom in item.when.atoms() if atom.verdict(view) is MET)
