"""The words around numbers: times, sizes and counts, as `rules/vocabulary/{cues,findings}.yaml` list them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from itertools import chain


@dataclass(frozen=True, slots=True)
class TimeWords:
    """How a text says when something began. All words are single words unless said otherwise, as an editor wrote them.

    Attributes:
        units: unit of time to its days.
        numbers: number word to its value.
        before: words that follow "3 months" and count back from now: "ago".
        after: words that follow "3 months" and count back to what is named next: "after".
        lasting: words before "3 months" that say how long it has gone on: "for".
        dating: words before a year: "in", "since".
        months: month to its number.
        spans: phrase to days ago.
        long_ago: phrase to the days that it was ago at the least.
        ages: phrase to the age in years by which it had begun.
        at_age: phrases before an age in years.
    """

    units: Mapping[str, int]
    numbers: Mapping[str, int]
    before: frozenset[str]
    after: frozenset[str]
    lasting: frozenset[str]
    dating: frozenset[str]
    months: Mapping[str, int]
    spans: Mapping[str, int]
    long_ago: Mapping[str, int]
    ages: Mapping[str, int]
    at_age: tuple[str, ...]

    def __iter__(self) -> Iterator[str]:
        """Every word and phrase in it."""
        return chain.from_iterable(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True, slots=True)
class MeasureWords:
    """The words around numbers.

    Attributes:
        units: unit of length to how many millimetres it is.
        times: what stands between the sides of one size ("x", "by").
        between: what joins the numbers of one size, `times` and words such as "to".
        list_ends: the joining words before which a comma joins, too ("3, 4 and 5 cm").
        not_before: words that, after a length, say that it is no size ("above", "shortening").
        not_after: words that, before a size, say that it is of another time ("previously").
        minus: words for a minus sign.
        numbers: number word to "one", "several" or a count.
    """

    units: Mapping[str, Decimal]
    times: frozenset[str]
    between: frozenset[str]
    list_ends: frozenset[str]
    not_before: frozenset[str]
    not_after: frozenset[str]
    minus: frozenset[str]
    numbers: Mapping[str, str]

    def folded(self, fold: Callable[[str], str]) -> "MeasureWords":
        """The same, with the words that are looked for among tokens folded as those are."""
        return MeasureWords(
            {fold(word): factor for word, factor in self.units.items()},
            frozenset(map(fold, self.times)),
            self.between,
            self.list_ends,
            frozenset(map(fold, self.not_before)),
            self.not_after,
            self.minus,
            {fold(word): number for word, number in self.numbers.items()},
        )
