"""Charts as shapes of an SVG drawing, so that print and browsers without JavaScript show them, too."""

from collections.abc import Sequence
from math import ceil, log10
from typing import NamedTuple

WIDTH, HEIGHT = 720.0, 190.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 8.0, 18.0, 22.0
_MOST_LABELS = 6
_GAP = 0.22
SPARK_WIDTH, SPARK_HEIGHT = 120.0, 24.0
_SPARK_MARGIN = 4.0


class Block(NamedTuple):
    """One part of a stacked bar."""

    x: float
    y: float
    width: float
    height: float
    name: str


class Label(NamedTuple):
    """A tick of an axis: where, and what it says."""

    at: float
    text: str


class Line(NamedTuple):
    """A line through points, as SVG writes them."""

    points: str
    name: str


class Dot(NamedTuple):
    """A point that stands out, or not."""

    x: float
    y: float
    marked: bool


class Drawing(NamedTuple):
    """What a chart shows, in its own coordinates."""

    rows: tuple[Label, ...]
    columns: tuple[Label, ...]
    blocks: tuple[Block, ...] = ()
    lines: tuple[Line, ...] = ()
    dots: tuple[Dot, ...] = ()
    band: str = ""
    events: tuple[Label, ...] = ()


class _Frame(NamedTuple):
    """How days and values become coordinates."""

    days: Sequence[str]
    top: float

    @property
    def step(self) -> float:
        return (WIDTH - _LEFT - _RIGHT) / max(len(self.days), 1)

    def x(self, place: int) -> float:
        return round(_LEFT + (place + 0.5) * self.step, 1)

    def y(self, value: float) -> float:
        return round(HEIGHT - _BOTTOM - value / self.top * (HEIGHT - _TOP - _BOTTOM), 1)

    def line(self, name: str, values: Sequence[float | None]) -> Line:
        points = (f"{self.x(place)},{self.y(value)}" for place, value in enumerate(values) if value is not None)
        return Line(" ".join(points), name)

    def columns(self) -> tuple[Label, ...]:
        every = max(ceil(len(self.days) / _MOST_LABELS), 1)
        return tuple(Label(self.x(place), self.days[place]) for place in range(0, len(self.days), every))

    def events(self, named: Sequence[tuple[str, str]]) -> tuple[Label, ...]:
        """Changes by day; one that falls between two days (of weeks, say) stands at the one before it."""
        placed = ((max((at for at, day in enumerate(self.days) if day <= on), default=-1), what) for on, what in named)
        return tuple(Label(self.x(at), what) for at, what in placed if at >= 0)


def stacked(
    days: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], events: Sequence[tuple[str, str]] = ()
) -> Drawing:
    """Bars by day, one part for each series, the first at the bottom.

    Args:
        days: what the bars stand for, in order.
        series: names and values by day.
        events: days and what happened then.
    """
    sums = [sum(values[place] for _, values in series) for place in range(len(days))]
    frame = _Frame(days, _round_up(max(sums, default=0)))
    blocks = []
    for place in range(len(days)):
        reached = 0
        for name, values in series:
            low, reached = reached, reached + values[place]
            if values[place]:
                wide = frame.step * (1 - _GAP)
                left, up = frame.x(place) - wide / 2, frame.y(reached)
                blocks.append(Block(round(left, 1), up, round(wide, 1), round(frame.y(low) - up, 1), name))
    return Drawing(_rows(frame, "{:,.0f}"), frame.columns(), blocks=tuple(blocks), events=frame.events(events))


def lines(days: Sequence[str], series: Sequence[tuple[str, Sequence[float | None]]], unit: str) -> Drawing:
    """Lines over days; a day without a value is passed over."""
    top = _round_up(max((value for _, values in series for value in values if value is not None), default=0.0))
    frame = _Frame(days, top)
    drawn = tuple(frame.line(name, values) for name, values in series)
    return Drawing(_rows(frame, "{:,.4g}" + unit), frame.columns(), lines=drawn)


class Share(NamedTuple):
    """A week of a control chart, in percent; what is not known is None."""

    share: float | None
    centre: float | None
    low: float | None
    high: float | None
    outside: bool


def control(weeks: Sequence[str], shares: Sequence[Share], events: Sequence[tuple[str, str]]) -> Drawing:
    """A control chart: the share of each week, the band of its limits, the centre, and what changed."""
    top = _round_up(max((max(one.share or 0.0, one.high or 0.0) for one in shares), default=0.0))
    frame = _Frame(weeks, top)
    limited = [(place, one.low, one.high) for place, one in enumerate(shares) if one.low is not None]
    upper = [f"{frame.x(place)},{frame.y(high or 0.0)}" for place, _, high in limited]
    lower = [f"{frame.x(place)},{frame.y(low or 0.0)}" for place, low, _ in reversed(limited)]
    return Drawing(
        _rows(frame, "{:,.3g}%"),
        frame.columns(),
        lines=(
            frame.line("centre", [one.centre for one in shares]),
            frame.line("share", [one.share for one in shares]),
        ),
        dots=tuple(
            Dot(frame.x(place), frame.y(one.share), one.outside)
            for place, one in enumerate(shares)
            if one.share is not None
        ),
        band=" ".join([*upper, *lower]),
        events=frame.events(events),
    )


class Spark(NamedTuple):
    """A small line with its marked points."""

    points: str
    dots: tuple[Dot, ...]


def spark(values: Sequence[float | None], marked: Sequence[bool]) -> Spark:
    """A line as high as its highest value, with a dot at each marked one."""
    top = max((value for value in values if value is not None), default=0.0) or 1.0
    step = (SPARK_WIDTH - 2 * _SPARK_MARGIN) / max(len(values) - 1, 1)
    placed = [
        (
            round(_SPARK_MARGIN + place * step, 1),
            round(SPARK_HEIGHT - _SPARK_MARGIN - value / top * (SPARK_HEIGHT - 2 * _SPARK_MARGIN), 1),
            outside,
        )
        for place, (value, outside) in enumerate(zip(values, marked, strict=True))
        if value is not None
    ]
    return Spark(
        " ".join(f"{x},{y}" for x, y, _ in placed), tuple(Dot(x, y, True) for x, y, outside in placed if outside)
    )


def _rows(frame: _Frame, written: str) -> tuple[Label, ...]:
    return tuple(Label(frame.y(part * frame.top), written.format(part * frame.top)) for part in (0, 0.5, 1))


def _round_up(value: float) -> float:
    """The next round number: one, two, four, six or ten of a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** (ceil(log10(value)) - 1)
    return next(power * step for step in (1, 2, 4, 6, 10, 20) if power * step >= value)
