"""A measured value as it was sent, and results written as text."""

from dataclasses import dataclass, replace
from decimal import Decimal

from cds_service.core.lab_words import LabKind
from cds_service.core.labs import Lab, LabVocabulary
from cds_service.core.quantity import Interval
from cds_service.fhir.numbers import Unusable, interval, leading_number, span_of, split_comparator, titre_in

_LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Measured:
    """A value as it was sent.

    Attributes:
        number: what the number allows, in the unit sent; None where there is none.
        unit: the unit's spelling as sent, or empty.
        ucum: the unit understood, or None.
        word: the meaning of a worded value, for the lab's kind.
        sent: number, unit and words for people to read.
    """

    number: Interval | None
    unit: str
    ucum: str | None
    word: str | None
    sent: str


def without_unit(number: Interval, sent: str, lab: Lab) -> Measured:
    """A number that came without a unit: in the lab's usual one, if it has such."""
    return Measured(number, "", lab.unit_if_none or None, None, sent)


def converted(measured: Measured, lab: Lab, substance: str) -> tuple[Interval, Decimal] | None:
    """The number in the lab's unit and the factor; None where the unit is not understood for this lab.

    Raises:
        Unusable: no patient can have such a value.
    """
    if measured.number is None or measured.ucum is None:
        return None
    factor = lab.factor(measured.ucum, substance)
    if factor is None:
        return None
    value = measured.number.scaled(factor, lab.decimals)
    # Away from the limits rounding cannot matter, so only near them is the finer value worked out.
    if not lab.is_surely_plausible(value) and not lab.is_plausible(measured.number.scaled(factor, lab.decimals + 3)):
        raise Unusable("no patient has such a value in this unit; the unit may be wrong")
    return value, factor


def read_text_value(text: str, lab: Lab, vocabulary: LabVocabulary) -> Measured:
    """A result written as text: "<0.5", "> 400", "7.4 mg/dL H", "1:320 speckled", "positive", "within normal limits".

    Raises:
        Unusable: it is not understood, or can be read in two ways.
    """
    words = vocabulary.words
    comparator, rest = split_comparator(text, words.comparators)
    if lab.kind is not LabKind.QUANTITY:
        titre = _titre(text, comparator, lab, vocabulary)
        if titre is not None:
            return titre
    flag, rest = _leading_flag(rest, vocabulary)
    leading = leading_number(rest)
    if leading is None:
        meaning = words.for_kind(words.meaning(text), lab.kind)
        if meaning is None:
            raise Unusable("the worded result is not understood")
        return Measured(None, "", None, meaning, text[:_LONGEST_SHOWN])
    allowed, tail = _allowed(leading, comparator, rest, vocabulary)
    unit, ucum, remark = _unit_and_remark(tail, vocabulary)
    word = words.for_kind(words.meaning(remark) or flag, lab.kind)
    measured = Measured(allowed, unit, ucum, word, text[:_LONGEST_SHOWN])
    return measured if unit else replace(without_unit(allowed, measured.sent, lab), word=word)


def _leading_flag(text: str, vocabulary: LabVocabulary) -> tuple[str | None, str]:
    """A flag in front of a number, as in "H 7.4" or "*7.4", and the rest."""
    rest = text.lstrip("* ")
    first, _, tail = rest.partition(" ")
    if tail[:1].isdigit() and (meaning := vocabulary.words.meaning(first)) is not None:
        return meaning, tail
    return None, rest


def _allowed(
    leading: tuple[Decimal, str], comparator: str, text: str, vocabulary: LabVocabulary
) -> tuple[Interval, str]:
    """What a number, or two with a dash between them, allow; and the text after them."""
    number, tail = leading
    span = None if comparator else span_of(text, vocabulary.words.comparators)
    low, high, after = span or (None, None, "")
    if low is None or high is None:
        return interval(number, comparator), tail
    if low > high:
        raise Unusable("the number can be read in two ways")
    return Interval(low, high), after


def _titre(text: str, comparator: str, lab: Lab, vocabulary: LabVocabulary) -> Measured | None:
    found = titre_in(text)
    if found is None:
        return None
    # In "positive, > 1:640" the comparator stands in front of the titre, not of the text.
    before = text[: found[1]].rstrip()
    tail = next((sign for spelling, sign in vocabulary.words.comparators if before.lower().endswith(spelling)), "")
    word = vocabulary.words.for_kind(vocabulary.words.meaning(text), lab.kind)
    return replace(without_unit(interval(found[0], tail or comparator), text[:_LONGEST_SHOWN], lab), word=word)


def _unit_and_remark(tail: str, vocabulary: LabVocabulary) -> tuple[str, str | None, str]:
    """The unit at the start of what follows a number, and the words after it."""
    words = tail.replace("(", " ").replace(")", " ").replace("*", " ").split()
    for length in range(len(words), 0, -1):
        spelling = " ".join(words[:length])
        ucum = vocabulary.ucum(spelling)
        if ucum is not None:
            return spelling, ucum, " ".join(words[length:])
    if words and vocabulary.words.meaning(words[0]) is None:
        return words[0], None, " ".join(words[1:])
    return "", None, " ".join(words)
