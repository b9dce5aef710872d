"""What is unknown, and the ways it could come out.

A lab's possible answers are cut at every limit that any rule or its reference range sets, so a handful of supposed
results stands for all values. They feed the score interval, the single-unknown cap, and the next best test.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise

from cds_service.core.conditions import Atom, InHistory, LabIs, LabWithin, OfAge, Without, parts_of
from cds_service.core.course import LabSustained, LabTrend
from cds_service.core.facts import LabResult, ReferenceRange
from cds_service.core.quantity import Interval
from cds_service.core.rules import Exclusion, Item, Rule, RuleSet
from cds_service.core.scoring import criteria_of
from cds_service.core.verdict import UNKNOWN, Verdict
from cds_service.core.view import View, allowed_values

RangeOf = Callable[[str], ReferenceRange | None]

_WORDS = {"positive": ("positive", "negative"), "negative": ("positive", "negative")}
_LEVELS = ("low", "normal", "high")


@dataclass(frozen=True, slots=True)
class Questions:
    """Every limit that the rules set, by lab and for age: compiled once for a rule set.

    Attributes:
        limits: numeric limits by lab id, in the lab's unit.
        words: the words asked of a lab ("high", "positive", ...), by lab id.
        ages: the limits of age, in years.
        guarded: the identities of the criteria that hold a guard.
        rules_asking: the rules that ask for a lab, by lab id, each with its questions about it.
    """

    limits: Mapping[str, tuple[Decimal, ...]]
    words: Mapping[str, frozenset[str]]
    ages: tuple[Decimal, ...]
    guarded: frozenset[int]
    rules_asking: Mapping[str, tuple[tuple[Rule, tuple[Atom, ...]], ...]]


def all_atoms(rule: Rule) -> list[Atom]:
    """Every question that a rule asks."""
    conditions = [rule.entry, *(item.when for item in criteria_of(rule))]
    return [atom for condition in conditions for atom in condition.atoms()]


def questions_of(rules: RuleSet) -> Questions:
    """Collects what the rules ask of each lab, and of age."""
    limits: dict[str, set[Decimal]] = defaultdict(set)
    words: dict[str, set[str]] = defaultdict(set)
    ages: set[Decimal] = set()
    asking: dict[str, dict[str, list[Atom]]] = defaultdict(lambda: defaultdict(list))
    for rule in rules.rules:
        for atom in all_atoms(rule):
            if isinstance(atom, LabWithin | LabSustained):
                limits[atom.lab].update(limit for _, limit in atom.bounds.limits)
            elif isinstance(atom, LabIs):
                words[atom.lab].add(atom.word)
            elif isinstance(atom, OfAge):
                ages.update(limit for _, limit in atom.bounds.limits)
            if isinstance(atom, LabWithin | LabIs):
                asking[atom.lab][rule.id].append(atom)
    by_id = {rule.id: rule for rule in rules.rules}
    return Questions(
        {lab: tuple(sorted(found)) for lab, found in limits.items()},
        {lab: frozenset(found) for lab, found in words.items()},
        tuple(sorted(ages)),
        frozenset(id(item) for rule in rules.rules for item in criteria_of(rule) if _has_guard(item)),
        {lab: tuple((by_id[rule], tuple(atoms)) for rule, atoms in found.items()) for lab, found in asking.items()},
    )


def _has_guard(item: Item | Exclusion) -> bool:
    return any(isinstance(part, Without) for part in parts_of(item.when))


def between(cuts: Iterable[Decimal]) -> list[Decimal]:
    """One value in each stretch between neighbouring cuts, one below the lowest and one above the highest."""
    ordered = sorted(set(cuts))
    if not ordered:
        return []
    return [ordered[0] / 2, *((low + high) / 2 for low, high in pairwise(ordered)), ordered[-1] * 2]


@dataclass(frozen=True, slots=True)
class Supposing:
    """Supposes answers to open questions, for one patient; what was supposed once is remembered.

    Attributes:
        questions: what the rules ask.
        range_of: the default reference range of a lab for this patient.
    """

    questions: Questions
    range_of: RangeOf
    _answers: dict[str, list[LabResult]] = field(default_factory=dict)
    _views: dict[tuple[int, int], tuple[View, View, LabResult]] = field(default_factory=dict)

    def labs_open(self, items: Iterable[Item | Exclusion], view: View) -> dict[str, list[View]]:
        """The labs that are unknown for some of these items, with the view under each possible answer."""
        found: dict[str, list[View]] = {}
        for item in items:
            for atom in item.when.atoms():
                if isinstance(atom, LabIs | LabWithin) and atom.lab not in found:
                    views = (
                        self._views_of_lab(atom.lab, atom.within_days, view) if atom.verdict(view) is UNKNOWN else []
                    )
                    if views:
                        found[atom.lab] = views
        return found

    def possible(self, item: Item, view: View) -> Iterator[Verdict]:
        """Every verdict that an item could have, were its open questions answered in every combination."""
        views = [view]
        for atom in item.when.atoms():
            views = [answered for each in views for answered in self._answered(atom, each)]
        return (item.when.verdict(each) for each in views)

    def _answered(self, atom: Atom, view: View) -> list[View]:
        """The view under each possible answer to one question; the view itself where nobody could answer more."""
        if atom.verdict(view) is not UNKNOWN:
            return [view]
        if isinstance(atom, LabIs | LabWithin):
            return self._views_of_lab(atom.lab, atom.within_days, view) or [view]
        if isinstance(atom, LabSustained):
            views = self._views_of_lab(atom.lab, None, view) or [view]
            return [answered for each in views for answered in _views_of_course(atom, each)]
        if isinstance(atom, LabTrend):
            return _views_of_course(atom, view)
        if isinstance(atom, InHistory):
            return _views_of_history(atom, view) or [view]
        if isinstance(atom, OfAge):
            return [view.supposing_age(years) for years in between(self.questions.ages)]
        return [view]

    def _views_of_lab(self, lab: str, within_days: int | None, view: View) -> list[View]:
        known = view.lab(lab, within_days)
        return [self.supposed(view, result) for result in self.lab_answers(lab, known)]

    def supposed(self, view: View, result: LabResult) -> View:
        """The view with a lab supposed; many rules suppose the same at the same lesion, so it is made once."""
        key = (id(view), id(result))
        made = self._views.get(key)
        if made is None:
            # View and result are kept with what was made of them, so that their identities stay theirs.
            made = self._views[key] = (view.supposing_lab(result), view, result)
        return made[0]

    def lab_answers(self, lab: str, known: LabResult | None) -> list[LabResult]:
        """The supposed results that stand for everything a lab could still show.

        Args:
            lab: the lab's id.
            known: a result that is there but leaves something open (a comparator, a bare word); supposed results stay
                within what it allows.
        """
        if known is not None:
            return self._within(known)
        if lab not in self._answers:
            self._answers[lab] = self._all_answers(lab, self.range_of(lab))
        return self._answers[lab]

    def stretches(self, lab: str) -> list[tuple[Decimal | None, Decimal | None]]:
        """The stretch of values that each of `lab_answers(lab, None)` stands for; none where those are bare words."""
        cuts = sorted(set(self._cuts(lab, self.range_of(lab))))
        return list(zip([None, *cuts], [*cuts, None], strict=True)) if cuts else []

    def _cuts(self, lab: str, reference: ReferenceRange | None) -> list[Decimal]:
        """The limits that rules set for a lab, and the ends of its range where a rule asks for high, low or normal."""
        cuts = list(self.questions.limits.get(lab, ()))
        if self.questions.words.get(lab, frozenset()) - _WORDS.keys() and reference is not None:
            cuts += [end for end in (reference.low, reference.high) if end is not None]
        return cuts

    def _within(self, known: LabResult) -> list[LabResult]:
        allowed = allowed_values(known)
        reference = known.range or self.range_of(known.lab)
        if allowed is None:
            return self._all_answers(known.lab, reference)
        # The ends of what is allowed are cuts as well, so that every stretch between two limits has its value.
        ends = [end for end in (allowed.low, allowed.high) if end is not None]
        results = self._all_answers(known.lab, reference, ends)
        # What is supposed of the newest result leaves the earlier ones as they are.
        return [
            replace(result, series=known.series, age_days=known.age_days)
            for result in results
            if result.value is not None and _inside(result.value, allowed)
        ]

    def _all_answers(self, lab: str, reference: ReferenceRange | None, ends: Iterable[Decimal] = ()) -> list[LabResult]:
        words = self.questions.words.get(lab, frozenset())
        cuts = self._cuts(lab, reference)
        if not cuts:
            levels = sorted({word for asked in words for word in _WORDS.get(asked, _LEVELS)})
            return [_supposed(lab, None, word, reference) for word in levels]
        return [_supposed(lab, Interval.exactly(value), None, reference) for value in between([*cuts, *ends])]


def _views_of_history(atom: InHistory, view: View) -> list[View]:
    """The entries of one question looked up: none of them on record, or one. Uncertain ones cannot be looked up."""
    unread = [
        entry for entry in atom.entries if entry not in view.facts.history and view.history(entry, None) is UNKNOWN
    ]
    if not unread:
        return []
    return [view.supposing_history(unread, False), view.supposing_history(unread[:1], True)]


def _views_of_course(atom: LabTrend | LabSustained, view: View) -> list[View]:
    """The course known either way. No single test shows it, so it is asked of the interval and of nothing else."""
    if atom.verdict(view) is not UNKNOWN:
        return [view]
    return [view.supposing_course(atom, True), view.supposing_course(atom, False)]


def _supposed(lab: str, value: Interval | None, word: str | None, reference: ReferenceRange | None) -> LabResult:
    return LabResult(lab, value, word, reference, "supposed", "", "", 0, "")


def _inside(value: Interval, allowed: Interval) -> bool:
    point = value.exact
    if point is None:
        return True
    too_low = allowed.low is not None and point < allowed.low
    too_high = allowed.high is not None and point > allowed.high
    return not (too_low or too_high)
