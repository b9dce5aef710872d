"""What is unknown, and the ways it could come out.

A lab's possible answers are cut at every limit that any rule or its reference range sets, so a handful of supposed
results stands for all values. They feed the score interval, the single-unknown cap, and the next best test.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from cds_service.core.conditions import Atom, HasFinding, InHistory, LabIs, LabWithin, OfAge
from cds_service.core.facts import LabResult, ReferenceRange
from cds_service.core.quantity import Interval
from cds_service.core.rules import Exclusion, Item, Rule, RuleSet
from cds_service.core.verdict import Verdict
from cds_service.core.view import View, allowed_values

RangeOf = Callable[[str], ReferenceRange | None]

_WORDS = {"positive": ("positive", "negative"), "negative": ("positive", "negative")}
_LEVELS = ("low", "normal", "high")


@dataclass(frozen=True, slots=True)
class Unknown:
    """One open question and its possible answers, as changes of view."""

    name: str
    answers: tuple[Callable[[View], View], ...]

    def views(self, view: View) -> list[View]:
        """The view under each possible answer."""
        return [answer(view) for answer in self.answers]


@dataclass(frozen=True, slots=True)
class Questions:
    """Every limit that the rules set, by lab and for age: compiled once for a rule set.

    Attributes:
        limits: numeric limits by lab id, in the lab's unit.
        words: the words asked of a lab ("high", "positive", ...), by lab id.
        ages: the limits of age, in years.
        rules_asking: the rules that ask for a lab, by lab id.
    """

    limits: Mapping[str, tuple[Decimal, ...]]
    words: Mapping[str, frozenset[str]]
    ages: tuple[Decimal, ...]
    rules_asking: Mapping[str, tuple[Rule, ...]]


def all_atoms(rule: Rule) -> list[Atom]:
    """Every question that a rule asks."""
    conditions = [rule.entry, *(item.when for item in (*rule.supports, *rule.argues_against))]
    conditions += [exclusion.when for exclusion in rule.excludes]
    return [atom for condition in conditions for atom in condition.atoms()]


def questions_of(rules: RuleSet) -> Questions:
    """Collects what the rules ask of each lab, and of age."""
    limits: dict[str, set[Decimal]] = defaultdict(set)
    words: dict[str, set[str]] = defaultdict(set)
    ages: set[Decimal] = set()
    asking: dict[str, dict[str, Rule]] = defaultdict(dict)
    for rule in rules.rules:
        for atom in all_atoms(rule):
            if isinstance(atom, LabWithin):
                limits[atom.lab].update(limit for _, limit in atom.bounds.limits)
            elif isinstance(atom, LabIs):
                words[atom.lab].add(atom.word)
            elif isinstance(atom, OfAge):
                ages.update(limit for _, limit in atom.bounds.limits)
            if isinstance(atom, LabWithin | LabIs):
                asking[atom.lab][rule.id] = rule
    return Questions(
        {lab: tuple(sorted(found)) for lab, found in limits.items()},
        {lab: frozenset(found) for lab, found in words.items()},
        tuple(sorted(ages)),
        {lab: tuple(found.values()) for lab, found in asking.items()},
    )


def between(cuts: Iterable[Decimal]) -> list[Decimal]:
    """One value in each stretch between neighbouring cuts, one below the lowest and one above the highest."""
    ordered = sorted(set(cuts))
    if not ordered:
        return []
    middles = [(low + high) / 2 for low, high in pairwise(ordered)]
    return [ordered[0] / 2, *middles, ordered[-1] * 2]


def lab_answers(lab: str, questions: Questions, range_of: RangeOf, known: LabResult | None) -> list[LabResult]:
    """The supposed results that stand for everything a lab could still show.

    Args:
        known: a result that is there but leaves something open (a comparator, a bare word); supposed results stay
            within what it allows.
    """
    reference = known.range if known is not None and known.range is not None else range_of(lab)
    words = questions.words.get(lab, frozenset())
    cuts = list(questions.limits.get(lab, ()))
    if words - _WORDS.keys() and reference is not None:
        cuts += [end for end in (reference.low, reference.high) if end is not None]
    if not cuts:
        levels = sorted({word for asked in words for word in _WORDS.get(asked, _LEVELS)})
        return [_supposed(lab, None, word, reference) for word in levels]
    results = [_supposed(lab, Interval.exactly(value), None, reference) for value in between(cuts)]
    allowed = allowed_values(known) if known is not None else None
    if allowed is None:
        return results
    return [result for result in results if result.value is not None and _inside(result.value, allowed)]


def _supposed(lab: str, value: Interval | None, word: str | None, reference: ReferenceRange | None) -> LabResult:
    return LabResult(lab, value, word, reference, "supposed", "", "", 0, "")


def _inside(value: Interval, allowed: Interval) -> bool:
    point = value.exact
    if point is None:
        return True
    too_low = allowed.low is not None and point < allowed.low
    too_high = allowed.high is not None and point > allowed.high
    return not (too_low or too_high)


def unknowns_of(
    items: Iterable[Item | Exclusion], view: View, questions: Questions, range_of: RangeOf
) -> list[Unknown]:
    """What could still be ordered or looked up for these items: labs, history and age that are unknown in this view.

    A finding that the radiologist left uncertain is not among them: no order answers it.
    """
    found: dict[str, Unknown] = {}
    for item in items:
        for atom in item.when.atoms():
            if isinstance(atom, HasFinding) or atom.verdict(view) is not Verdict.UNKNOWN:
                continue
            for unknown in _unknowns_of_atom(atom, view, questions, range_of):
                found.setdefault(unknown.name, unknown)
    return [unknown for unknown in found.values() if unknown.answers]


def _unknowns_of_atom(atom: Atom, view: View, questions: Questions, range_of: RangeOf) -> list[Unknown]:
    if isinstance(atom, LabIs | LabWithin):
        return [lab_unknown(atom.lab, view.lab(atom.lab, atom.within_days), questions, range_of)]
    if isinstance(atom, InHistory):
        open_entries = [entry for entry in atom.entries if view.history(entry, None) is Verdict.UNKNOWN]
        return [_history_unknown(entry) for entry in open_entries if entry not in view.facts.history]
    if isinstance(atom, OfAge):
        return [Unknown("age", tuple(_supposing_age(years) for years in between(questions.ages)))]
    return []


def lab_unknown(lab: str, known: LabResult | None, questions: Questions, range_of: RangeOf) -> Unknown:
    """The open question of one lab, within what a known result leaves open; None asks for a new result."""
    answers = lab_answers(lab, questions, range_of, known)
    return Unknown(f"lab:{lab}", tuple(_supposing_lab(result) for result in answers))


def _supposing_lab(result: LabResult) -> Callable[[View], View]:
    return lambda view: view.supposing_lab(result)


def _supposing_age(years: Decimal) -> Callable[[View], View]:
    return lambda view: view.supposing_age(years)


def _history_unknown(entry: str) -> Unknown:
    return Unknown(
        f"history:{entry}",
        (lambda view: view.supposing_history(entry, True), lambda view: view.supposing_history(entry, False)),
    )
