"""One way of looking at the facts: at one lesion, with some unknowns supposed to have come out one way.

The engine asks "what if phosphate were normal?" by laying a supposed result over the facts; nothing is copied.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from cds_service.core.facts import Facts, HistoryFact, LabResult, Lesion, State
from cds_service.core.quantity import Interval
from cds_service.core.verdict import MET, NOT_MET, NOT_STATED, UNKNOWN, Verdict, verdict_of

_OF_STATE = {State.PRESENT: MET, State.UNCERTAIN: UNKNOWN, State.DENIED: NOT_MET}
_NOTHING: Mapping[Any, Any] = MappingProxyType({})
_SAME_WORD = {"positive": "high", "negative": "normal"}


@dataclass(frozen=True, slots=True)
class HistorySources:
    """Where history entries come from and how long they count.

    Attributes:
        lists: the lists that each entry can be found in, by entry id.
        lapses: for how many days an entry counts after its end, by entry id; one that is not here counts for ever.
    """

    lists: Mapping[str, frozenset[str]]
    lapses: Mapping[str, int] = field(default_factory=dict)


class View(NamedTuple):
    """The facts of a call at one lesion (None: a report without lesions).

    `stated` holds what the report says of each finding here. `supposed_labs`, `supposed_history`, `supposed_age` and
    `supposed_courses` (by question) stand in for unknowns while the score interval is worked out.
    """

    facts: Facts
    sources: HistorySources
    lesion: Lesion | None
    stated: Mapping[str, Verdict]
    supposed_labs: Mapping[str, LabResult] = _NOTHING
    supposed_history: Mapping[str, bool] = _NOTHING
    supposed_age: Decimal | None = None
    supposed_courses: Mapping[Hashable, bool] = _NOTHING

    @classmethod
    def at(cls, facts: Facts, sources: HistorySources, lesion: Lesion | None) -> "View":
        """The facts as they are, looked at from a lesion; what is said of the lesion goes before what is general."""
        here = {**facts.findings, **(lesion.findings if lesion is not None else {})}
        return cls(facts, sources, lesion, {concept: _OF_STATE[finding.state] for concept, finding in here.items()})

    def supposing_lab(self, result: LabResult) -> "View":
        """The same facts, supposing that this lab came out so."""
        return self._replace(supposed_labs={**self.supposed_labs, result.lab: result})

    def supposing_history(self, entries: Iterable[str], answer: bool) -> "View":
        """The same facts, supposing that these history entries were looked up with this answer."""
        return self._replace(supposed_history={**self.supposed_history, **dict.fromkeys(entries, answer)})

    def supposing_age(self, years: Decimal) -> "View":
        """The same facts, supposing this age in years."""
        return self._replace(supposed_age=years)

    def supposing_course(self, question: Hashable, answer: bool) -> "View":
        """The same facts, supposing that a question about the course of a lab has this answer."""
        return self._replace(supposed_courses={**self.supposed_courses, question: answer})

    def finding(self, concepts: tuple[str, ...]) -> Verdict:
        """What the report says of any of these findings, at this lesion or of the patient as a whole."""
        best, stated = NOT_MET, self.stated
        for concept in concepts:
            verdict = stated.get(concept, NOT_STATED)
            if verdict > best:
                best = verdict
        return best

    def history(self, entry: str, within_days: int | None, before_days: int | None = None) -> Verdict:
        """Whether the entry is on record, no longer ago than `within_days`, longer ago than `before_days`.

        An undated one counts as recent, for want of a reason to doubt it, and may be old for all that is known.
        """
        if entry in self.supposed_history:
            return verdict_of(self.supposed_history[entry])
        fact = self.facts.history.get(entry)
        if fact is None:
            was_read = self.facts.history_lists & self.sources.lists.get(entry, frozenset())
            return NOT_STATED if was_read else UNKNOWN
        if fact.state is not State.PRESENT:
            return _OF_STATE[fact.state]
        if _has_lapsed(fact, self.sources.lapses.get(entry)):
            return UNKNOWN if fact.ended_days is None else NOT_MET
        return _dated(fact, within_days, before_days)

    def lab(self, lab: str, within_days: int | None) -> LabResult | None:
        """The result that may be used for a question asked of the last `within_days`; too old is as good as none."""
        supposed = self.supposed_labs.get(lab)
        if supposed is not None:
            return supposed
        result = self.facts.labs.get(lab)
        if result is None or result.unused:
            return None
        if within_days is None:
            return result
        return result if result.age_days is not None and result.age_days <= within_days else None

    @property
    def age_years(self) -> Decimal | None:
        """The patient's age, or the supposed one."""
        return self.supposed_age if self.supposed_age is not None else self.facts.patient.age_years

    @property
    def sex(self) -> str | None:
        """The patient's sex."""
        return self.facts.patient.sex

    def compare_word(self, result: LabResult, word: str) -> Verdict:
        """Whether a result is high, low, normal, positive or negative; by its number where it has one."""
        asked = _SAME_WORD.get(word, word)
        if result.value is not None and result.range is not None and word not in _SAME_WORD:
            return _against_range(result.value, result.range.low, result.range.high, asked)
        if result.word is None:
            return UNKNOWN
        return verdict_of(_SAME_WORD.get(result.word, result.word) == asked)


def _has_lapsed(fact: HistoryFact, counts_for: int | None) -> bool:
    """Whether something that is over may no longer count: it ended too long ago, or nobody says when."""
    if fact.ended is None or counts_for is None:
        return False
    return fact.ended_days is None or fact.ended_days > counts_for


def _dated(fact: HistoryFact, within_days: int | None, before_days: int | None) -> Verdict:
    least = fact.least_days
    if within_days is not None and least is not None and least > within_days:
        return NOT_MET
    if before_days is None:
        return MET
    if least is None or fact.age_days is None:
        return UNKNOWN
    if least > before_days:
        return MET
    return UNKNOWN if fact.at_least or fact.age_days > before_days else NOT_MET


def _against_range(value: Interval, low: Decimal | None, high: Decimal | None, asked: str) -> Verdict:
    """A number against a reference range; an end that is not given cannot be judged."""
    is_high = value.above(high) if high is not None else UNKNOWN
    is_low = value.below(low) if low is not None else UNKNOWN
    if asked == "high":
        return is_high
    if asked == "low":
        return is_low
    ends = [verdict.negated() for verdict, end in ((is_high, high), (is_low, low)) if end is not None]
    return min(ends, default=UNKNOWN)


def allowed_values(result: LabResult) -> Interval | None:
    """The values a result allows; a bare "normal", "high" or "low" allows what its reference range says."""
    if result.value is not None or result.range is None:
        return result.value
    low, high = result.range.low, result.range.high
    if result.word == "normal" and (low is not None or high is not None):
        return Interval(low, high)
    if result.word == "high" and high is not None:
        return Interval(high, None, low_open=True)
    if result.word == "low" and low is not None:
        return Interval(None, low, high_open=True)
    return None


def compared_with_range(result: LabResult) -> str:
    """A result in one word: high, low, normal, positive or negative; "" where it cannot be told."""
    if result.value is not None and result.range is not None:
        for word in ("high", "low", "normal"):
            if _against_range(result.value, result.range.low, result.range.high, word) is MET:
                return word
    return result.word or ""
