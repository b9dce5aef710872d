"""When something began, as a text says it: "3 months ago", "since 2019", "in childhood". The words are content."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from cds_service.core.findings.lexicon import Mention
from cds_service.core.findings.text import TOKEN, Tokens
from cds_service.core.findings.words import TimeWords

_FIRST_YEAR, _LAST_YEAR, _YEAR_DIGITS = 1900, 2099, 4
_DAYS_OF_MONTH, _MONTHS = 31, 12
_OLDEST = 130


@dataclass(frozen=True, slots=True)
class Time:
    """A time that a text names: tokens `first` up to but not including `stop`.

    Attributes:
        onset: ISO date of any precision, or the words.
        days: how long before the text was written; None where a date or an age is told.
        at_least: it began then or earlier.
        by_age: the age in years by which it had begun, or None.
        onwards: it is told of what is named next only ("3 months after").
    """

    first: int
    stop: int
    onset: str
    days: int | None = None
    at_least: bool = False
    by_age: int | None = None
    onwards: bool = False


class _Told(Enum):
    """What the number of a phrase is: days ago, days ago at the least, the age by which, or an age that follows."""

    SPAN = auto()
    LONG_AGO = auto()
    AGE = auto()
    AT_AGE = auto()


class _Phrase(NamedTuple):
    words: tuple[str, ...]
    told: _Told
    number: int


class TimeReader:
    """The compiled words of time. Build once, share freely."""

    def __init__(self, words: TimeWords, fold: Callable[[str], str]) -> None:
        def folded(table: Mapping[str, int]) -> dict[str, int]:
            return {fold(word): number for word, number in table.items()}

        self._units, self._numbers, self._months = map(folded, (words.units, words.numbers, words.months))
        self._before, self._after, self._lasting, self._dating = (
            frozenset(map(fold, each)) for each in (words.before, words.after, words.lasting, words.dating)
        )
        self._phrases: dict[str, list[_Phrase]] = {}
        tables = (words.spans, words.long_ago, words.ages, dict.fromkeys(words.at_age, 0))
        told = [
            _Phrase(tuple(fold(match[0]) for match in TOKEN.finditer(form)), kind, number)
            for kind, table in zip(_Told, tables, strict=True)
            for form, number in table.items()
        ]
        for phrase in sorted(told, key=lambda phrase: -len(phrase.words)):
            self._phrases.setdefault(phrase.words[0], []).append(phrase)
        # The longest word of a phrase is its rarest: a clause with none of these, and no year, names no time.
        self._signs = frozenset((*self._units, *self._months, *(max(phrase.words, key=len) for phrase in told)))
        self._openers = frozenset((*self._phrases, *self._numbers, *self._months))

    def times(self, tokens: Tokens, first: int, stop: int) -> list[Time]:
        """The times that the tokens from `first` to `stop` name, in order."""
        words = tokens.words[first:stop]
        if self._signs.isdisjoint(words) and not any(map(is_year, words)):
            return []
        found: list[Time] = []
        free = first
        for at, word in enumerate(words, first):
            if at >= free and (word in self._openers or word.isdecimal()):
                time = self._at(tokens, at, stop)
                if time is not None:
                    found.append(time)
                    free = time.stop
        return found

    def _at(self, tokens: Tokens, at: int, stop: int) -> Time | None:
        for phrase in self._phrases.get(tokens.words[at], ()):
            end = at + len(phrase.words)
            if end <= stop and tuple(tokens.words[at:end]) == phrase.words:
                time = self._phrase(tokens, at, end, stop, phrase)
                if time is not None:
                    return time
        return self._count(tokens, at, stop) or self._date(tokens, at, stop)

    def _phrase(self, tokens: Tokens, at: int, end: int, stop: int, phrase: "_Phrase") -> Time | None:
        said = _quote(tokens, at, end)
        if phrase.told is _Told.AT_AGE:
            age = self._number(tokens.words[end]) if end < stop else None
            if age is None or age > _OLDEST:
                return None
            return Time(at, end + 1, _quote(tokens, at, end + 1), by_age=age)
        if phrase.told is _Told.AGE:
            return Time(at, end, said, by_age=phrase.number)
        return Time(at, end, said, days=phrase.number, at_least=phrase.told is _Told.LONG_AGO)

    def _count(self, tokens: Tokens, at: int, stop: int) -> Time | None:
        """A number of units of time before now: "3 months ago", "for 10 years", "6 months after"."""
        words = tokens.words
        count = self._number(words[at])
        if count is None or at + 1 >= stop or words[at + 1] not in self._units:
            return None
        days = count * self._units[words[at + 1]]
        following = words[at + 2] if at + 2 < stop else ""
        if following in self._before or following in self._after:
            said = _quote(tokens, at, at + 3)
            return Time(at, at + 3, said, days=days, onwards=following in self._after)
        if at and words[at - 1] in self._lasting:
            return Time(at, at + 2, _quote(tokens, at - 1, at + 2), days=days)
        return None

    def _date(self, tokens: Tokens, at: int, stop: int) -> Time | None:
        """A date: "2019-03-02", "March 2019", "in 2019" or "(2019)"; a bare number is none without such a sign."""
        words = tokens.words
        if words[at] in self._months and at + 1 < stop and is_year(words[at + 1]):
            return Time(at, at + 2, f"{words[at + 1]}-{self._months[words[at]]:02}")
        if not is_year(words[at]):
            return None
        if at + 2 < stop and (iso := _iso(tokens, at)):
            return Time(at, at + 3, iso)
        before = words[at - 1] if at else ""
        in_brackets = before == "(" and at + 1 < stop and words[at + 1] == ")"
        return Time(at, at + 1, words[at]) if before in self._dating or in_brackets else None

    def _number(self, word: str) -> int | None:
        return int(word) if word.isdecimal() and len(word) < _YEAR_DIGITS else self._numbers.get(word)


def time_of(mention: Mention, times: Sequence[Time], others: Sequence[Mention], words: Sequence[str]) -> Time | None:
    """The time that is told of a mention: the nearest that nothing else stands nearer to."""
    fitting = [time for time in times if _fits(mention, time, others, words)]
    return min(fitting, key=lambda time: _distance(mention, time), default=None)


def _fits(mention: Mention, time: Time, others: Sequence[Mention], words: Sequence[str]) -> bool:
    if mention.stop <= time.first:
        if time.onwards:
            return False
        between = any(mention.stop <= other.first < time.first for other in others)
        return not (between and "," in words[mention.stop : time.first])
    if time.stop <= mention.first:
        between = any(time.stop <= other.first < mention.first for other in others)
        told_of_before = not time.onwards and any(
            other.stop <= time.first and "," not in words[other.stop : time.first] for other in others
        )
        return not between and not told_of_before
    return True


def _distance(mention: Mention, time: Time) -> int:
    return max(time.first - mention.stop, mention.first - time.stop, 0)


def _quote(tokens: Tokens, first: int, stop: int) -> str:
    return " ".join(tokens.text[tokens.starts[first] : tokens.ends[stop - 1]].split())


def is_year(word: str) -> bool:
    """Whether a word is a year of this century or the last."""
    return len(word) == _YEAR_DIGITS and word.isdecimal() and _FIRST_YEAR <= int(word) <= _LAST_YEAR


def _iso(tokens: Tokens, at: int) -> str:
    """The ISO date that begins with the year at `at`, or empty."""
    text = tokens.text[tokens.starts[at] : tokens.ends[at + 2]]
    parts = text.split("-")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        return ""
    return text if 1 <= int(parts[1]) <= _MONTHS and 1 <= int(parts[2]) <= _DAYS_OF_MONTH else ""
