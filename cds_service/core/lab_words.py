"""The words of laboratories: names of tests, worded results, and spellings of units."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

_SEPARATORS = re.compile(r"[^0-9a-z+%]+")
_GREEK = str.maketrans({"\u03b1": "alpha", "\u03b2": "beta", "\u03b3": "gamma"})
_MICRO = str.maketrans({"\u00b5": "u", "\u03bc": "u", " ": None, "\u00a0": None})


class LabKind(StrEnum):
    """What a lab's result is: a number with a unit, a titre, or a word."""

    QUANTITY = "quantity"
    TITRE = "titre"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class ResultWords:
    """How worded results read.

    Attributes:
        phrases: normalised words of a phrase to its meaning: high, low, normal, positive, negative, or "none" for a
            result that says nothing.
        longest: the most words in a phrase.
        for_antibodies: how the words of quantities read for an antibody.
        interpretations: interpretation codes to meanings.
        antibody_interpretations: the same for antibodies, looked at first.
        value_codes: codes of coded values to meanings.
        comparators: how a text says a comparator to "<", "<=", ">" or ">=", the longest first.
    """

    phrases: Mapping[tuple[str, ...], str]
    longest: int
    for_antibodies: Mapping[str, str]
    interpretations: Mapping[str, str]
    antibody_interpretations: Mapping[str, str]
    value_codes: Mapping[str, str]
    comparators: tuple[tuple[str, str], ...]

    def meaning(self, text: str) -> str | None:
        """What a worded result says; None where it says nothing, or two things at once."""
        words = plain_words(text)
        found, place = set(), 0
        while place < len(words):
            for length in range(min(self.longest, len(words) - place), 0, -1):
                meaning = self.phrases.get(tuple(words[place : place + length]))
                if meaning is not None:
                    found.add(meaning)
                    place += length
                    break
            else:
                place += 1
        return found.pop() if len(found) == 1 and "none" not in found else None

    def for_kind(self, meaning: str | None, kind: LabKind) -> str | None:
        """A meaning as it reads for this kind of lab: antibodies are positive or negative, quantities never are."""
        if kind is LabKind.QUANTITY:
            return meaning if meaning in ("high", "low", "normal") else None
        return self.for_antibodies.get(meaning, meaning) if meaning is not None else None


@dataclass(frozen=True, slots=True)
class NameWords:
    """Which words of a test's name say nothing, name another specimen, or change what is measured."""

    fillers: frozenset[str]
    other_specimens: frozenset[str]
    qualifiers: frozenset[str]

    def key(self, name: str) -> str:
        """A test's name reduced to what tells tests apart; empty when the test is of another specimen."""
        words = plain_words(name)
        if not self.other_specimens.isdisjoint(words):
            return ""
        return " ".join([word for word in words if word not in self.fillers] or words)

    def may_be_cut(self, rest: str) -> bool:
        """Whether `rest`, the part of a name after a comma or bracket, leaves what is measured as it is."""
        words = plain_words(rest)
        says_another = not self.qualifiers.isdisjoint(words) or not self.other_specimens.isdisjoint(words)
        return not says_another and not any(character.isdigit() for character in rest)


def plain_words(text: str) -> list[str]:
    """The words of a name or a result in lower case, without punctuation; Greek letters are written out."""
    return [word for word in _SEPARATORS.split(text.translate(_GREEK).lower()) if word]


def folded_unit(spelling: str) -> str:
    """A unit's spelling in lower case, without spaces, the micro sign as "u"."""
    return spelling.translate(_MICRO).lower()
