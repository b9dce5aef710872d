"""A score and what it could still become, as the geometry of a small drawing."""

from dataclasses import dataclass

WIDTH, HEIGHT = 240, 22
_LEAST, _MOST = -12, 20


@dataclass(frozen=True, slots=True)
class ScoreBar:
    """Positions from the left edge in drawing units of `WIDTH`; `label` says the same in words."""

    low: float
    value: float
    high: float
    possible: float
    likely: float
    label: str


def score_bar(low: int, value: int, high: int, possible: int, likely: int) -> ScoreBar:
    """The drawing of one score in points; what lies beyond either end is drawn at that end."""
    return ScoreBar(
        low=_position(low),
        value=_position(value),
        high=_position(high),
        possible=_position(possible),
        likely=_position(likely),
        label=f"{value} points, between {low} and {high}; possible from {possible}, likely from {likely}",
    )


@dataclass(frozen=True, slots=True)
class ScoreStep:
    """What one criterion does to a score, on the same scale as `ScoreBar`; `gains` tells the direction."""

    left: float
    right: float
    after: float
    gains: bool
    possible: float
    likely: float


def score_step(before: int, after: int, possible: int, likely: int) -> ScoreStep:
    """The drawing of a score that goes from `before` to `after`."""
    left, right = sorted((_position(before), _position(after)))
    return ScoreStep(left, right, _position(after), after >= before, _position(possible), _position(likely))


def _position(points: int) -> float:
    inside = min(max(points, _LEAST), _MOST)
    return round((inside - _LEAST) / (_MOST - _LEAST) * WIDTH, 1)
