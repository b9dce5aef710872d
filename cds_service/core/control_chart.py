"""Whether a rule fires as it used to: a p-chart by week, and how sure a share is.

The centre of a week is the share of the weeks before it, so that what was said of a week never changes afterwards. Its
limits lie three standard deviations from the centre. Where few are expected they come from the binomial distribution
itself, at the same probability; where weeks differ by more than chance alone, as whole hospitals do, they are widened
by how much (Laney's p'-chart: the moving range of the standardised weeks).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log1p, sqrt
from typing import NamedTuple

LEAST_WEEKS = 8
MOST_WEEKS = 26
_SIGMAS = 3.0
_TAIL = 0.00135
"""The probability beyond three standard deviations, on one side."""
_FEW = 9.0
_RANGE_TO_SIGMA = 1.128
_Z95 = 1.959964


class Week(NamedTuple):
    """One week: how many calls there were, and in how many of them the rule fired."""

    calls: int
    fired: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A week against those before it.

    Attributes:
        week: as counted.
        centre: the share of the weeks before it.
        low, high: the limits of its share.
        outside: whether its share is beyond them.
    """

    week: Week
    centre: float
    low: float
    high: float
    outside: bool


def judged(weeks: Sequence[Week]) -> list[Judged | None]:
    """Each week against the weeks before it, oldest first; None where there are too few of them, or it had no calls."""
    return [_against(week, weeks[max(place - MOST_WEEKS, 0) : place]) for place, week in enumerate(weeks)]


def _against(week: Week, before: Sequence[Week]) -> Judged | None:
    counted = [one for one in before if one.calls]
    if len(counted) < LEAST_WEEKS or not week.calls:
        return None
    centre = sum(one.fired for one in counted) / sum(one.calls for one in counted)
    low, high = _limits(week.calls, centre, counted)
    share = week.fired / week.calls
    return Judged(week, centre, low, high, not low <= share <= high)


def _limits(calls: int, centre: float, before: Sequence[Week]) -> tuple[float, float]:
    if calls * centre < _FEW:
        return 0.0, _most(calls, centre) / calls
    if calls * (1 - centre) < _FEW:
        return (calls - _most(calls, 1 - centre)) / calls, 1.0
    reach = _SIGMAS * sqrt(centre * (1 - centre) / calls) * _spread(before, centre)
    return max(centre - reach, 0.0), min(centre + reach, 1.0)


def _most(calls: int, share: float) -> int:
    """The largest count that is not yet beyond three standard deviations, by the binomial distribution."""
    if share <= 0:
        return 0
    chance = exp(calls * log1p(-share)) if share < 1 else 0.0
    within, count = chance, 0
    while within < 1 - _TAIL and count < calls:
        chance *= (calls - count) / (count + 1) * share / (1 - share)
        count += 1
        within += chance
    return count


def _spread(weeks: Sequence[Week], centre: float) -> float:
    """How many times more than by chance weeks differ from one to the next; at least 1."""
    standardised = [(one.fired / one.calls - centre) / sqrt(centre * (1 - centre) / one.calls) for one in weeks]
    steps = [abs(later - earlier) for earlier, later in pairwise(standardised)]
    return max(sum(steps) / len(steps) / _RANGE_TO_SIGMA, 1.0)


def share_between(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson's); from 0 to 1 where nothing was counted."""
    if whole <= 0:
        return 0.0, 1.0
    share, square = part / whole, _Z95 * _Z95
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    reach = _Z95 / (1 + square / whole) * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    return max(middle - reach, 0.0), min(middle + reach, 1.0)
