"""Straight lines between points, level before the first and after the last."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Points:
    """What a list of points [[x, y], ...] says for every x.

    Attributes:
        xs: rising.
        ys: as many.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]

    def at(self, x: float) -> float:
        """The y of an x."""
        place = bisect_right(self.xs, x)
        if place == 0:
            return self.ys[0]
        if place == len(self.xs):
            return self.ys[-1]
        left, right = self.xs[place - 1], self.xs[place]
        return self.ys[place - 1] + (self.ys[place] - self.ys[place - 1]) * (x - left) / (right - left)


def points(listed: Iterable[Sequence[Any]]) -> Points:
    """The points of a list of pairs."""
    pairs = sorted((float(x), float(y)) for x, y in listed)
    return Points(tuple(x for x, _ in pairs), tuple(y for _, y in pairs))
