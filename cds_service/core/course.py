"""How a lab went over time: a trend that is more than noise, and a limit that has been met for long.

Both are asked of the newest result and the series of earlier ones. Where there is no earlier result the course is
unknown; no single test that could be ordered now would show it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from cds_service.core.conditions import LABS, Atom, Bounds
from cds_service.core.facts import EarlierResult, LabResult
from cds_service.core.quantity import Interval
from cds_service.core.verdict import MET, NOT_MET, UNKNOWN, Verdict, verdict_of
from cds_service.core.view import View, allowed_values

RISING, FALLING = "rising", "falling"
"""The trends that can be asked for."""


@dataclass(frozen=True, slots=True)
class TrendTerms:
    """What counts as a trend of one lab; less is noise.

    Attributes:
        share: the least change, as a share of the earlier value (0.25 is a quarter).
        amount: the least change in the lab's unit; both must be reached.
        least_days: how far the two results that are compared lie apart at least.
        window_days: how far they may lie apart.
    """

    share: Decimal
    amount: Decimal
    least_days: int
    window_days: int


@dataclass(frozen=True, slots=True)
class LabTrend:
    """A lab rises, or falls, from the earliest result in the window to the newest."""

    lab: str
    direction: str
    terms: TrendTerms
    kind: str = LABS

    def verdict(self, view: View) -> Verdict:
        if view.supposed_courses and self in view.supposed_courses:
            return verdict_of(view.supposed_courses[self])
        result = view.lab(self.lab, None)
        return UNKNOWN if result is None else trend(result, self.direction, self.terms)

    @property
    def about(self) -> tuple[str, ...]:
        return (f"lab:{self.lab}", f"course:{self.lab}")

    def atoms(self) -> Iterator[Atom]:
        yield self


@dataclass(frozen=True, slots=True)
class LabSustained:
    """A lab lies within limits now, did so `for_days` ago or earlier, and never left them in between."""

    lab: str
    bounds: Bounds
    for_days: int
    kind: str = LABS

    def verdict(self, view: View) -> Verdict:
        result = view.lab(self.lab, None)
        value = allowed_values(result) if result is not None else None
        now = UNKNOWN if value is None else self.bounds.verdict(value)
        if now is NOT_MET:
            return now
        if view.supposed_courses and self in view.supposed_courses:
            return verdict_of(view.supposed_courses[self])
        return now if now is UNKNOWN or result is None else sustained(result, self.bounds, self.for_days)

    @property
    def about(self) -> tuple[str, ...]:
        return (f"lab:{self.lab}", f"course:{self.lab}")

    def atoms(self) -> Iterator[Atom]:
        yield self


def trend(result: LabResult, direction: str, terms: TrendTerms) -> Verdict:
    """Whether the newest result differs enough from the earliest in the window, and has not turned back since.

    Unknown without a date, a number, or an earlier result that is old enough to compare with.
    """
    if result.value is None or result.age_days is None:
        return UNKNOWN
    apart = [(point.age_days - result.age_days, point) for point in result.series]
    window = [point for days, point in apart if days <= terms.window_days]
    if not window or window[-1].age_days - result.age_days < terms.least_days:
        return UNKNOWN
    other = FALLING if direction == RISING else RISING
    changed = _changed(window[-1], result.value, direction, terms)
    turned = max((_changed(point, result.value, other, terms) for point in window[:-1]), default=NOT_MET)
    return min(changed, turned.negated())


def sustained(result: LabResult, bounds: Bounds, for_days: int) -> Verdict:
    """Whether a limit that the newest result meets has been met for so long, by the earlier results.

    What came after an earlier result that did not meet it is unknown; within the time asked for it is a denial.
    """
    if result.age_days is None:
        return UNKNOWN
    for point in result.series:
        apart = point.age_days - result.age_days
        then = bounds.verdict(point.value)
        if then is NOT_MET:
            return NOT_MET if apart <= for_days else UNKNOWN
        if then is UNKNOWN or apart >= for_days:
            return then
    return UNKNOWN


def _changed(earlier: EarlierResult, now: Interval, direction: str, terms: TrendTerms) -> Verdict:
    """Whether `now` lies above, or below, the earlier value by what a trend takes, whatever the two may be exactly."""
    low, high = earlier.value.low, earlier.value.high
    if direction == RISING:
        surely = high is not None and now.at_least(_raised(high, terms)) is MET
        hardly = low is not None and now.at_least(_raised(low, terms)) is NOT_MET
    else:
        surely = low is not None and now.at_most(_lowered(low, terms)) is MET
        hardly = high is not None and now.at_most(_lowered(high, terms)) is NOT_MET
    return MET if surely else NOT_MET if hardly else UNKNOWN


def _raised(value: Decimal, terms: TrendTerms) -> Decimal:
    return max(value * (1 + terms.share), value + terms.amount)


def _lowered(value: Decimal, terms: TrendTerms) -> Decimal:
    return min(value * (1 - terms.share), value - terms.amount)
