"""Numbers in report text: sizes in millimetres, how many of a thing, and attenuation in Hounsfield units.

The words are the vocabulary's. A number is read from the text as sent, because tokens hold no "x", comma or minus.
"""

import re
from collections.abc import Iterable
from decimal import Decimal

from cds_service.core.findings.lexicon import Mention
from cds_service.core.findings.text import Tokens
from cds_service.core.findings.words import MeasureWords

_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_MARK = re.compile(r"[,;.:(]")
_MOST_DIGITS = 6
_WIDEST = 60
_COUNT_REACH = 4
_WORDS_BEFORE = 4
_THOUSANDS = 3
_TO_UNIT = frozenset({"", "-"})
_NO_LENGTH = frozenset("/²³")
_MINUS = frozenset("-\u2212\u2011\u2013")


def largest_mm(tokens: Tokens, first: int, stop: int, words: MeasureWords) -> Decimal | None:
    """The largest size stated from token `first` up to `stop` ("7.3 x 6.7 x 8.3 cm" is 83), or None."""
    units, spoken = words.units, tokens.words
    if units.keys().isdisjoint(spoken[first:stop]):
        return None
    best: Decimal | None = None
    for index in range(first + 1, stop):
        if spoken[index] not in units or not _is_length(tokens, index, stop, words):
            continue
        for number in _numbers_before(tokens, first, index, words):
            size = number * units[spoken[index]]
            best = size if best is None or size > best else best
    return None if best is None else Decimal(format(best.normalize(), "f"))


def _is_length(tokens: Tokens, index: int, stop: int, words: MeasureWords) -> bool:
    """Whether a unit is that of a lesion's size: no speed, no area, no distance from something else."""
    if tokens.text[tokens.ends[index] : tokens.ends[index] + 1] in _NO_LENGTH:
        return False
    return index + 1 >= stop or tokens.words[index + 1] not in words.not_before


def _numbers_before(tokens: Tokens, first: int, unit: int, words: MeasureWords) -> list[Decimal]:
    """The numbers that a unit belongs to: the one before it, and those joined to that one."""
    edge = tokens.starts[unit]
    start = max(tokens.starts[first], edge - _WIDEST)
    window = tokens.text[start:edge]
    numbers: list[Decimal] = []
    begin, joins, listed = len(window), _TO_UNIT, False
    for match in reversed(list(_NUMBER.finditer(window))):
        gap = " ".join(window[match.end() : begin].split()).casefold()
        if gap not in joins and not (listed and gap == ","):
            break
        number = _decimal(match.group())
        before = window[: match.start()][-1:]
        if number is None or (before.isalpha() and before.casefold() not in words.between):
            break
        numbers.append(number)
        listed = listed or gap in words.list_ends
        begin, joins = match.start(), words.between
    return [] if _ends_near(window[:begin], words.not_after) else numbers


def _ends_near(said: str, wanted: frozenset[str]) -> bool:
    """Whether one of the last words of a text, with no mark between it and the end, is one of these."""
    return not wanted.isdisjoint(_MARK.split(said)[-1].casefold().split()[-_WORDS_BEFORE:])


def _decimal(written: str) -> Decimal | None:
    """A number as written, with a point or a comma; None where it is too long, or its comma may part thousands."""
    whole, comma, part = written.partition(",")
    if len(written) > _MOST_DIGITS or (comma and len(part) >= _THOUSANDS) or not written.isascii():
        return None
    return Decimal(f"{whole}.{part}") if comma else Decimal(written)


def attenuation_hu(tokens: Tokens, first: int, unit: Mention, stop: int, words: MeasureWords) -> Decimal | None:
    """The attenuation that stands beside a mention of Hounsfield units: before it ("-90 HU"), else after it."""
    text = tokens.text
    edge = tokens.starts[unit.first]
    start = max(tokens.starts[first], edge - _WIDEST)
    before = [match for match in _NUMBER.finditer(text, start, edge) if text[match.end() : edge].strip() in _TO_UNIT]
    end = tokens.ends[stop - 1]
    after = _NUMBER.search(text, tokens.ends[unit.stop - 1], min(end, tokens.ends[unit.stop - 1] + _WIDEST))
    found = before[-1] if before else after
    number = _decimal(found.group()) if found else None
    if found is None or number is None:
        return None
    return -number if _is_negative(text, found.start(), words) else number


def _is_negative(text: str, start: int, words: MeasureWords) -> bool:
    """Whether a minus stands before the number at `start`; a dash after a letter or a number is none."""
    if text[start - 1 : start] in _MINUS and start > 0:
        return start == 1 or not text[start - 2].isalnum()
    return _ends_near(text[max(0, start - _WIDEST) : start], words.minus)


def number_of(tokens: Tokens, mentions: Iterable[Mention], first: int, words: MeasureWords) -> str:
    """How many of a thing the words before its mention say: "one", "several", a count such as "3", or "" for nothing.

    Args:
        tokens: of the text.
        mentions: of the thing in one clause, in order; the first that has a number before it counts.
        first: where the clause begins.
        words: the vocabulary's.
    """
    spoken, numbers = tokens.words, words.numbers
    for mention in mentions:
        for index in range(mention.first - 1, max(first, mention.first - _COUNT_REACH) - 1, -1):
            said = numbers.get(spoken[index])
            if said is not None:
                return said
            if spoken[index].isdigit() and _counts(tokens, index, mention, words):
                return spoken[index]
            if spoken[index] in ",;:.()":
                break
    return ""


def _counts(tokens: Tokens, index: int, mention: Mention, words: MeasureWords) -> bool:
    """Whether digits count what is mentioned in the plural after them, and measure or number nothing else."""
    start = tokens.starts[index]
    return (
        tokens.ends[index] - start < _THOUSANDS
        and tokens.words[index + 1] not in words.units
        and tokens.has_plural(mention.first, mention.stop)
        and not tokens.text[max(0, start - 1) : start].strip()
    )
