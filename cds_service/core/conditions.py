"""What a rule can ask of the facts, and the four-valued answer.

A condition is a small tree of frozen values. `verdict(view)` judges it; `atoms()` lists the questions at its leaves, so
that an outcome can show which fact answered each of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from cds_service.core.quantity import Interval
from cds_service.core.verdict import MET, NOT_MET, NOT_STATED, UNKNOWN, Verdict, verdict_of
from cds_service.core.view import View, allowed_values

IMAGING, LABS, HISTORY = "imaging", "labs", "history"
"""The three kinds of evidence that the thresholds count."""


class Condition(Protocol):
    """Anything that can be asked of a view of the facts."""

    def verdict(self, view: View) -> Verdict:
        """The answer."""

    def atoms(self) -> Iterator["Atom"]:
        """The questions at the leaves, left to right."""


class Atom(Condition, Protocol):
    """A question that one kind of fact answers."""

    @property
    def kind(self) -> str:
        """IMAGING, LABS or HISTORY."""

    @property
    def about(self) -> tuple[str, ...]:
        """The facts asked for, as "lab:egfr", "history:burn", "finding:lobulated", "age" and the like."""


_COMPARISONS: dict[str, Callable[[Interval, Decimal], Verdict]] = {
    "above": Interval.above,
    "at_least": Interval.at_least,
    "below": Interval.below,
    "at_most": Interval.at_most,
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits in one unit, all of which must hold. Each is (operator, limit): above, at_least, below or at_most."""

    limits: tuple[tuple[str, Decimal], ...]

    def verdict(self, value: Interval) -> Verdict:
        """Whether the interval lies within the limits."""
        return min(_COMPARISONS[operator](value, limit) for operator, limit in self.limits)


@dataclass(frozen=True, slots=True)
class HasFinding:
    """Any of these findings is stated, of the lesion under evaluation or of the patient."""

    findings: tuple[str, ...]
    kind: str = IMAGING

    def verdict(self, view: View) -> Verdict:
        return view.finding(self.findings)

    @property
    def about(self) -> tuple[str, ...]:
        return tuple(f"finding:{finding}" for finding in self.findings)

    def atoms(self) -> Iterator["Atom"]:
        yield self


@dataclass(frozen=True, slots=True)
class AtSite:
    """The lesion lies in one of these regions."""

    sites: tuple[str, ...]
    kind: str = IMAGING

    def verdict(self, view: View) -> Verdict:
        region = view.lesion.region if view.lesion else None
        return NOT_STATED if region is None else verdict_of(region in self.sites)

    @property
    def about(self) -> tuple[str, ...]:
        return ("site",)

    def atoms(self) -> Iterator["Atom"]:
        yield self


@dataclass(frozen=True, slots=True)
class OfSize:
    """The largest stated size of the lesion, in millimetres."""

    bounds: Bounds
    kind: str = IMAGING

    def verdict(self, view: View) -> Verdict:
        size = view.lesion.size_mm if view.lesion else None
        return NOT_STATED if size is None else self.bounds.verdict(Interval.exactly(size))

    @property
    def about(self) -> tuple[str, ...]:
        return ("size",)

    def atoms(self) -> Iterator["Atom"]:
        yield self


@dataclass(frozen=True, slots=True)
class InHistory:
    """Any of these history entries is on record: no longer ago than `within_days`, or longer ago than `before_days`."""

    entries: tuple[str, ...]
    within_days: int | None = None
    before_days: int | None = None
    kind: str = HISTORY

    def verdict(self, view: View) -> Verdict:
        return max(view.history(entry, self.within_days, self.before_days) for entry in self.entries)

    @property
    def about(self) -> tuple[str, ...]:
        return tuple(f"history:{entry}" for entry in self.entries)

    def atoms(self) -> Iterator["Atom"]:
        yield self


@dataclass(frozen=True, slots=True)
class LabIs:
    """A lab result is high, low or normal by its reference range, or positive or negative."""

    lab: str
    word: str
    within_days: int | None = None
    kind: str = LABS

    def verdict(self, view: View) -> Verdict:
        result = view.lab(self.lab, self.within_days)
        return UNKNOWN if result is None else view.compare_word(result, self.word)

    @property
    def about(self) -> tuple[str, ...]:
        return (f"lab:{self.lab}",)

    def atoms(self) -> Iterator["Atom"]:
        yield self


@dataclass(frozen=True, slots=True)
class LabWithin:
    """A lab result lies within limits, given in the lab's own unit."""

    lab: str
    bounds: Bounds
    within_days: int | None = None
    kind: str = LABS

    def verdict(self, view: View) -> Verdict:
        result = view.lab(self.lab, self.within_days)
        value = allowed_values(result) if result is not None else None
        return UNKNOWN if value is None else self.bounds.verdict(value)

    @property
    def about(self) -> tuple[str, ...]:
        return (f"lab:{self.lab}",)

    def atoms(self) -> Iterator["Atom"]:
        yield self


@dataclass(frozen=True, slots=True)
class OfAge:
    """The patient's age in years lies within limits."""

    bounds: Bounds
    kind: str = HISTORY

    def verdict(self, view: View) -> Verdict:
        return UNKNOWN if view.age_years is None else self.bounds.verdict(Interval.exactly(view.age_years))

    @property
    def about(self) -> tuple[str, ...]:
        return ("age",)

    def atoms(self) -> Iterator["Atom"]:
        yield self


@dataclass(frozen=True, slots=True)
class OfSex:
    """The patient's sex is this one."""

    sex: str
    kind: str = HISTORY

    def verdict(self, view: View) -> Verdict:
        return UNKNOWN if view.sex is None else verdict_of(view.sex == self.sex)

    @property
    def about(self) -> tuple[str, ...]:
        return ("sex",)

    def atoms(self) -> Iterator["Atom"]:
        yield self


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part is met."""

    parts: tuple[Condition, ...]

    def verdict(self, view: View) -> Verdict:
        worst = MET
        for part in self.parts:
            verdict = part.verdict(view)
            if verdict < worst:
                if verdict is NOT_MET:
                    return verdict
                worst = verdict
        return worst

    def atoms(self) -> Iterator["Atom"]:
        for part in self.parts:
            yield from part.atoms()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part is met."""

    parts: tuple[Condition, ...]

    def verdict(self, view: View) -> Verdict:
        best = NOT_MET
        for part in self.parts:
            verdict = part.verdict(view)
            if verdict > best:
                if verdict is MET:
                    return verdict
                best = verdict
        return best

    def atoms(self) -> Iterator["Atom"]:
        for part in self.parts:
            yield from part.atoms()


@dataclass(frozen=True, slots=True)
class Not:
    """The part is known not to hold. What is not stated stays so: silence is no denial."""

    part: Condition

    def verdict(self, view: View) -> Verdict:
        return self.part.verdict(view).negated()

    def atoms(self) -> Iterator["Atom"]:
        yield from self.part.atoms()


@dataclass(frozen=True, slots=True)
class Without:
    """A guard: holds unless the part is known to hold, as in "eGFR 60 or more, and not known to be on dialysis"."""

    part: Condition

    def verdict(self, view: View) -> Verdict:
        return verdict_of(self.part.verdict(view) is not MET)

    def atoms(self) -> Iterator["Atom"]:
        yield from self.part.atoms()


def parts_of(condition: Condition) -> Iterator[Condition]:
    """A condition and every condition within it."""
    yield condition
    if isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from parts_of(part)
    elif isinstance(condition, Not | Without):
        yield from parts_of(condition.part)
