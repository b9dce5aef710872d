"""Points of one rule in one view of the facts.

Within a domain only the heaviest met item counts, separately for and against: dialysis, eGFR 8 and "CKD stage 5" are
one fact seen three ways, not three facts.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cds_service.core.rules import Item, Rule, Scoring
from cds_service.core.verdict import Verdict
from cds_service.core.view import View

LIKELY, POSSIBLE, NOT_SHOWN, EXCLUDED, NO_ENTRY = "likely", "possible", "not shown", "excluded", "no entry"
"""The tiers of an etiology, best first."""

SHOWN = (LIKELY, POSSIBLE)
TIER_ORDER = {tier: place for place, tier in enumerate((LIKELY, POSSIBLE, NOT_SHOWN, EXCLUDED, NO_ENTRY))}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one rule stands in one view: its points, and the tier that the points and the kinds of evidence give."""

    tier: str
    score: int
    counted: frozenset[str]


def counted_items(items: Iterable[Item], view: View) -> dict[str, Item]:
    """The heaviest met item of each domain, by domain; the first in the file wins among equals."""
    heaviest: dict[str, Item] = {}
    for item in items:
        held = heaviest.get(item.domain)
        if (held is None or item.weight > held.weight) and item.when.verdict(view) is Verdict.MET:
            heaviest[item.domain] = item
    return heaviest


def kinds_of_evidence(items: Iterable[Item], view: View) -> frozenset[str]:
    """The kinds of evidence, of imaging, labs and history, that meet these items."""
    return frozenset(atom.kind for item in items for atom in item.when.atoms() if atom.verdict(view) is Verdict.MET)


def standing(rule: Rule, view: View, scoring: Scoring) -> Standing:
    """Judges one rule in one view, without regard to what is unknown."""
    entry = rule.entry.verdict(view)
    supporting = counted_items(rule.supports, view)
    opposing = counted_items(rule.argues_against, view)
    score = (
        rule.prior + sum(item.weight for item in supporting.values()) - sum(item.weight for item in opposing.values())
    )
    counted = frozenset(item.id for group in (supporting, opposing) for item in group.values())
    return Standing(_tier(rule, entry, score, supporting, view, scoring), score, counted)


def _tier(rule: Rule, entry: Verdict, score: int, supporting: dict[str, Item], view: View, scoring: Scoring) -> str:
    if entry not in (Verdict.MET, Verdict.UNKNOWN):
        return NO_ENTRY
    if any(exclusion.when.verdict(view) is Verdict.MET for exclusion in rule.excludes):
        return EXCLUDED
    if score < scoring.possible_points:
        return NOT_SHOWN
    # An uncertain entry finding, or an exclusion that nobody has ruled out, is enough for "possible" at most; the
    # exclusion is dealt with by the single-unknown cap, which supposes each answer in turn.
    if score < scoring.likely_points or entry is Verdict.UNKNOWN:
        return POSSIBLE
    defining = any(item.defining for item in supporting.values())
    enough_kinds = len(kinds_of_evidence(supporting.values(), view)) >= scoring.likely_kinds
    return LIKELY if defining or enough_kinds else POSSIBLE
