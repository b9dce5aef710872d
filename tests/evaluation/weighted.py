"""Shares of a weighted list with their uncertainty, by a bootstrap over the texts of each kind."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from random import Random  # noqa: TID251 -- a bootstrap has to draw; its seed is fixed, so the same list gives the same

SEED = 20261122
DRAWS = 1000
LOW, HIGH = 0.025, 0.975


@dataclass(frozen=True, slots=True)
class Weighed:
    """One answer: its kind, the text it belongs to, and its share of the list."""

    kind: Hashable
    text: Hashable
    weight: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share of the list, from 0 to 1, with the ends of its 95 % bootstrap interval."""

    share: float
    low: float
    high: float


def estimates(answers: Sequence[Weighed], hits: Sequence[Sequence[bool]]) -> list[Estimate]:
    """The share of the list that each measure counts. `hits`: for each measure, which answers count.

    Texts are drawn anew within each kind, with all their charts, and the kind keeps its share of the list: the texts
    are a sample of what could have been written, the shares are given. What never happened has no width here.
    """
    kinds = _by_text(answers, hits)
    draw = Random(SEED)
    columns = zip(*(_drawn(kinds, len(hits), draw) for _ in range(DRAWS)), strict=True)
    whole = sum(one.weight for one in answers)
    shares = [sum(one.weight for one, hit in zip(answers, row, strict=True) if hit) / whole for row in hits]
    return [
        Estimate(share, ordered[int(LOW * DRAWS)], ordered[int(HIGH * DRAWS)])
        for share, ordered in zip(shares, map(sorted, columns), strict=True)
    ]


def effective_texts(answers: Sequence[Weighed]) -> float:
    """How many equally weighted texts would tell as much (Kish)."""
    weights: dict[Hashable, float] = defaultdict(float)
    for one in answers:
        weights[one.text] += one.weight
    return sum(weights.values()) ** 2 / sum(weight * weight for weight in weights.values())


@dataclass(slots=True)
class _Text:
    """The weight of a text with all its charts, and how much of it each measure counts."""

    weight: float
    counted: list[float]


def _by_text(answers: Sequence[Weighed], hits: Sequence[Sequence[bool]]) -> list[list[_Text]]:
    kinds: dict[Hashable, dict[Hashable, _Text]] = defaultdict(dict)
    for place, one in enumerate(answers):
        text = kinds[one.kind].setdefault(one.text, _Text(0.0, [0.0] * len(hits)))
        text.weight += one.weight
        for measure, row in enumerate(hits):
            text.counted[measure] += one.weight * row[place]
    return [list(texts.values()) for texts in kinds.values()]


def _drawn(kinds: Sequence[Sequence[_Text]], measures: int, draw: Random) -> list[float]:
    """The shares in one list of texts drawn anew."""
    shares = [0.0] * measures
    whole = sum(text.weight for texts in kinds for text in texts)
    for texts in kinds:
        chosen = draw.choices(texts, k=len(texts))
        kept = sum(text.weight for text in texts) / whole / sum(text.weight for text in chosen)
        for text in chosen:
            for measure, counted in enumerate(text.counted):
                shares[measure] += kept * counted
    return shares
