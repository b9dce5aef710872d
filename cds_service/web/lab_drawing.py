"""A laboratory result against its reference range, and its course, as the geometry of two small drawings.

The range bar has three parts. Within the reference range, and from zero up to it, the scale is even; above it each part
of the bar stands for a factor, up to ten times the limit, so that a value of twenty times the limit leaves room for one
of twice.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cds_service.core.evidence import value_text
from cds_service.core.facts import EarlierResult, ReferenceRange
from cds_service.core.lab_rows import LabRow
from cds_service.core.quantity import Interval

WIDTH, HEIGHT = 150, 18
TREND_WIDTH, TREND_HEIGHT = 120, 34
_PAD = 5
_MOST_TIMES = 10
_FEWEST_POINTS = 2


@dataclass(frozen=True, slots=True)
class RangeBar:
    """Positions from the left edge in drawing units of `WIDTH`; `label` says the same in words.

    Attributes:
        band: where the reference range begins and ends.
        begin, end: where the value begins and ends; the same for an exact one.
        beyond: "left", "right" or "": the edge at which the value goes on.
    """

    band: tuple[float, float]
    begin: float
    end: float
    beyond: str
    label: str


@dataclass(frozen=True, slots=True)
class Trend:
    """The course of a lab, from old to new, in drawing units of `TREND_WIDTH` and `TREND_HEIGHT`.

    Attributes:
        line: the points of the line, as SVG writes them.
        dots: each result's x and y, and whether it is a number; what is no more than a limit is drawn hollow.
        band: top and height of what of the reference range lies in the drawing; None where nothing does.
        label: the same in words.
    """

    line: str
    dots: tuple[tuple[float, float, bool], ...]
    band: tuple[float, float] | None
    label: str


def range_bar(lab: LabRow) -> RangeBar | None:
    """The result against its range; None without a value that can be drawn, or without a range."""
    value, limits = lab.value, lab.limits
    if value is None or limits is None or (limits.low is None and limits.high is None):
        return None
    low, high = _number(limits.low), _number(limits.high)
    begin = 0.0 if value.low is None else _position(_number(value.low) or 0.0, low, high)
    end = float(WIDTH) if value.high is None else _position(_number(value.high) or 0.0, low, high)
    band = (_position(low, low, high) if low is not None else 0.0, _position(high, low, high) if high else float(WIDTH))
    beyond = "right" if value.high is None or end >= WIDTH else "left" if value.low is None else ""
    reads = lab.flag or "on either side of a limit"
    said = f"{lab.label} {value_text(value)} {lab.unit}".strip()
    return RangeBar(band, begin, end, beyond, f"{said}: {reads}; {lab.range}")


def trend(lab: LabRow) -> Trend | None:
    """The course; None without earlier results, or where fewer than two of them can be drawn."""
    if lab.value is None or lab.age_days is None:
        return None
    newest = EarlierResult(lab.effective, lab.age_days, lab.value)
    drawn = [(point, y) for point in (*reversed(lab.series), newest) if (y := _middle(point.value)) is not None]
    if len(drawn) < _FEWEST_POINTS:
        return None
    ages = [point.age_days for point, _ in drawn]
    bottom, top = min(y for _, y in drawn), max(y for _, y in drawn)
    room = (top - bottom) * 0.15 or max(abs(top) * 0.1, 1.0)
    bottom, top = bottom - room, top + room

    def x_of(age: int) -> float:
        inner, span = TREND_WIDTH - 2 * _PAD, max(ages) - min(ages)
        return round(_PAD + (inner * (max(ages) - age) / span if span else inner), 1)

    def y_of(value: float) -> float:
        return round(TREND_HEIGHT - TREND_HEIGHT * (value - bottom) / (top - bottom), 1)

    dots = tuple((x_of(point.age_days), y_of(y), point.value.exact is not None) for point, y in drawn)
    band = _band(lab.limits, bottom, top)
    inside = None if band is None else (y_of(band[1]), round(y_of(band[0]) - y_of(band[1]), 1))
    return Trend(" ".join(f"{x},{y}" for x, y, _ in dots), dots, inside, _told(lab, [point for point, _ in drawn]))


def _band(limits: ReferenceRange | None, bottom: float, top: float) -> tuple[float, float] | None:
    if limits is None or (limits.low is None and limits.high is None):
        return None
    low, high = _number(limits.low), _number(limits.high)
    begin, end = max(bottom if low is None else low, bottom), min(top if high is None else high, top)
    return (begin, end) if begin < end else None


def _told(lab: LabRow, points: Sequence[EarlierResult]) -> str:
    days = points[0].age_days - points[-1].age_days
    return f"{lab.label} over {days} days, from old to new: {_values(points)} {lab.unit}".strip()


def _values(points: Iterable[EarlierResult]) -> str:
    return ", ".join(value_text(point.value) for point in points)


def _middle(value: Interval) -> float | None:
    """Where a value is drawn: an exact one at itself, one with two ends between them, any other at its one end."""
    ends = [end for end in (value.low, value.high) if end is not None]
    return float(sum(ends) / len(ends)) if ends else None


def _position(value: float, low: float | None, high: float | None) -> float:
    """The place of a value: a third of the bar below the range, one within, a third above, where there are two ends."""
    third = WIDTH / 3
    first = third if low else 0.0
    if low is not None and value < low:
        return round(first * max(value, 0.0) / low, 1)
    if high is None:
        return round(min(first + (WIDTH - first) * _times(value, low or 1.0), WIDTH), 1)
    last = WIDTH - third
    if value <= high:
        begin = low or 0.0
        share = (value - begin) / (high - begin) if high > begin else 1.0
        return round(first + (last - first) * max(share, 0.0), 1)
    return round(min(last + third * _times(value, high), WIDTH), 1)


def _times(value: float, limit: float) -> float:
    """0 for the limit itself, 1 for ten times the limit."""
    return math.log(value / limit, _MOST_TIMES) if value > limit > 0 else 0.0


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
