"""Many patients, drawn from a mix of stories."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Generic, Protocol, TypeVar

from cds_service.synthetic.chance import Random, chance
from cds_service.synthetic.story import Story, SyntheticPatient
from cds_service.synthetic.synthesize import synthesize


class Mix(Protocol):
    """From which stories a population is drawn, and how often each comes."""

    def drawn(self, dice: Random) -> Story:
        """One story, by chance."""


@dataclass(frozen=True)
class EvenMix:
    """Every story as often as every other."""

    stories: Sequence[Story]

    def drawn(self, dice: Random) -> Story:
        """One story, by chance."""
        return dice.choice(self.stories)


_Thing = TypeVar("_Thing")


class Weighted(Generic[_Thing]):
    """Things, each as often as its weight says."""

    def __init__(self, things: Sequence[tuple[_Thing, float]]) -> None:
        self._things = [thing for thing, _ in things]
        self._reached = list(accumulate(weight for _, weight in things))

    def drawn(self, dice: Random) -> _Thing:
        """One of them, by chance."""
        return self._things[bisect_right(self._reached, dice.random() * self._reached[-1], hi=len(self._things) - 1)]


def population(seed: int, count: int, mix: Mix, as_of: datetime) -> Iterator[SyntheticPatient]:
    """So many patients; the ids are made of seed and number, so that none tells what its patient has.

    Args:
        seed: the same seed, mix and moment give the same patients.
        count: how many; more begin with the same ones.
        mix: where their stories come from.
        as_of: the moment of all reports, with its zone.
    """
    for number in range(1, count + 1):
        yield member(seed, number, mix, as_of)


def member(seed: int, number: int, mix: Mix, as_of: datetime) -> SyntheticPatient:
    """One patient of a population, by its number from 1, without those before it."""
    return synthesize(mix.drawn(chance(seed, number)), f"{seed}/{number}", as_of, f"s{seed}-{number:06}")
