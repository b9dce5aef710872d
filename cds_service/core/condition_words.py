"""A condition as a clinician reads it: every limit with its unit, every name as the vocabulary writes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cds_service.core.conditions import (
    AllOf,
    AnyOf,
    AtSite,
    Bounds,
    Condition,
    HasFinding,
    InHistory,
    LabIs,
    LabWithin,
    Not,
    OfAge,
    OfSex,
    OfSize,
    Without,
)
from cds_service.core.course import LabSustained, LabTrend, TrendTerms
from cds_service.core.labels import Labels

_OPERATORS = {"above": "above", "at_least": "at least", "below": "below", "at_most": "at most"}
_BY_RANGE = ("high", "low", "normal")
_DAYS_OF = (("year", 365), ("month", 30))


@dataclass(frozen=True, slots=True)
class Words:
    """What a condition asks, in words: one question, or a few words over several parts.

    Attributes:
        text: the question, or what joins the parts, such as "any of".
        parts: the conditions within; empty for a question.
    """

    text: str
    parts: tuple["Words", ...] = ()

    @property
    def line(self) -> str:
        """The whole of it on one line."""
        said = "; ".join(part.line for part in self.parts)
        return self.text if not said else f"{self.text} {said}" if self.text.endswith(":") else f"{self.text} ({said})"

    def as_json(self) -> Any:
        """A text, or a list of what joins the parts and the parts."""
        return [self.text, *(part.as_json() for part in self.parts)] if self.parts else self.text


def words_from_json(kept: Any) -> Words:
    """The words that `Words.as_json` made."""
    if isinstance(kept, str):
        return Words(kept)
    return Words(kept[0], tuple(words_from_json(part) for part in kept[1:]))


def in_words(condition: Condition, labels: Labels) -> Words:
    """What a condition asks, in words.

    Args:
        condition: as a rule holds it; limits of labs are in the lab's own unit.
        labels: what to call labs, findings, sites and history entries.

    Raises:
        TypeError: a kind of condition that has no words yet.
    """
    match condition:
        case AllOf(parts):
            return _joined("all of", parts, labels)
        case AnyOf(parts):
            return _joined("any of", parts, labels)
        case Not(part):
            return Words("known not to be so:", (in_words(part, labels),))
        case Without(part):
            return Words("unless this is known:", (in_words(part, labels),))
        case _:
            return Words(_question(condition, labels))


def _joined(text: str, parts: tuple[Condition, ...], labels: Labels) -> Words:
    if len(parts) == 1:
        return in_words(parts[0], labels)
    return Words(text, tuple(in_words(part, labels) for part in parts))


def _question(condition: Condition, labels: Labels) -> str:
    match condition:
        case HasFinding(findings):
            return f"report: {_either(labels.findings.get(name, name) for name in findings)}"
        case AtSite(sites):
            return f"site: {_either(labels.sites.get(name, name) for name in sites)}"
        case OfSize(bounds):
            return f"size {_limits(bounds)} mm"
        case OfAge(bounds):
            return f"age {_limits(bounds)} years"
        case OfSex(sex):
            return f"sex {sex}"
        case InHistory(entries, within, before):
            return f"history: {_either(labels.history.get(name, name) for name in entries)}{_when(within, before)}"
        case _:
            return _of_lab(condition, labels)


def _of_lab(condition: Condition, labels: Labels) -> str:
    match condition:
        case LabIs(lab, word, within):
            by_range = " for its reference range" if word in _BY_RANGE else ""
            return f"{labels.labs[lab]} {word}{by_range}{_newest(within)}"
        case LabWithin(lab, bounds, within):
            return f"{_measured(lab, bounds, labels)}{_newest(within)}"
        case LabTrend(lab, direction, terms):
            return f"{labels.labs[lab]} {direction}: {_trend(terms, labels.units[lab])}"
        case LabSustained(lab, bounds, days):
            return f"{_measured(lab, bounds, labels)}, now and throughout {days} days or more"
        case _:
            raise TypeError(f"{type(condition).__name__} has no words")


def _measured(lab: str, bounds: Bounds, labels: Labels) -> str:
    return f"{labels.labs[lab]} {_limits(bounds)} {labels.units[lab]}".rstrip()


def _limits(bounds: Bounds) -> str:
    return " and ".join(f"{_OPERATORS[operator]} {limit:f}" for operator, limit in bounds.limits)


def _trend(terms: TrendTerms, unit: str) -> str:
    change = f"{(terms.share * 100).normalize():f} % and {terms.amount:f} {unit}".rstrip()
    return f"by at least {change} between results {terms.least_days} to {terms.window_days} days apart"


def _either(names: Iterable[str]) -> str:
    # A name that holds "or" would read as two.
    *others, last = (f"“{name}”" if " or " in name else name for name in names)
    return f"{', '.join(others)} or {last}" if others else last


def _when(within: int | None, before: int | None) -> str:
    recent = "" if within is None else f", no longer ago than {length_in_words(within)}"
    return recent if before is None else f"{recent}, longer ago than {length_in_words(before)}"


def _newest(within: int | None) -> str:
    return "" if within is None else f", result no older than {length_in_words(within)}"


def length_in_words(days: int) -> str:
    """A length of time in the largest unit of content that measures it exactly, with its days: a month has 30."""
    for unit, length in _DAYS_OF:
        count, rest = divmod(days, length)
        if count and not rest:
            return f"{count} {unit}{'s' if count > 1 else ''} ({days} days)"
    return f"{days} day{'s' if days > 1 else ''}"
