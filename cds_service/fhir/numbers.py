"""Numbers and comparators as FHIR and people write them; nothing is guessed."""

import math
import re
from collections.abc import Iterable
from decimal import Decimal

from cds_service.core.quantity import Interval

LARGEST = Decimal(10) ** 12
"""No laboratory value is larger; beyond it a number is an error."""

_LONGEST_TEXT = 200
_TITRE = re.compile(r"\b1\s*[:/]\s*(\d{1,7})\b")
_NUMBER = re.compile(r"[0-9][0-9.,]*")
_PLAIN = re.compile(r"\d{1,15}(\.\d{1,12})?\Z")
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3}){2,}(\.\d+)?\Z|\d{1,3}(,\d{3})+\.\d+\Z")
_COMMA_DECIMAL = re.compile(r"(\d{1,15},\d{1,2}|\d{1,15},\d{4,12}|0,\d{1,12})\Z")
_BETWEEN = re.compile(r"\s*(?:-|\u2013|\u2014|to|\.\.)\s*")


class Unusable(Exception):
    """A result cannot be used. The message is the reason, without patient data."""


def decimal_of(value: object) -> Decimal:
    """A JSON number, or a text that is a plain number, exactly.

    Raises:
        Unusable: it is none, or is not finite, negative or absurdly large.
    """
    number: Decimal | None = None
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = Decimal(repr(value)) if math.isfinite(value) else None
    elif isinstance(value, Decimal):
        number = value if value.is_finite() else None
    elif isinstance(value, str) and _PLAIN.match(value.strip()):
        number = Decimal(value.strip())
    if number is None:
        raise Unusable("the value is not a number")
    if number < 0 or number > LARGEST:
        raise Unusable("the number is negative or impossibly large")
    return number


def interval(number: Decimal, comparator: str) -> Interval:
    """The values that a number with a FHIR comparator allows.

    Raises:
        Unusable: the comparator is not one of FHIR's four.
    """
    if comparator in ("", "="):
        return Interval.exactly(number)
    if comparator in ("<", "<="):
        return Interval(None, number, high_open=comparator == "<")
    if comparator in (">", ">="):
        return Interval(number, None, low_open=comparator == ">")
    raise Unusable("the comparator is not understood")


def split_comparator(text: str, comparators: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """The comparator that a text begins with, in FHIR's spelling, and the rest."""
    stripped = text.strip()
    lowered = stripped.lower()
    for spelling, comparator in comparators:
        if lowered.startswith(spelling):
            return comparator, stripped[len(spelling) :].strip()
    return "", stripped


def leading_number(text: str) -> tuple[Decimal, str] | None:
    """The number that a text begins with, and the rest; None where it begins with none.

    Raises:
        Unusable: a comma may be a decimal sign or divide thousands.
    """
    match = _NUMBER.match(text[:_LONGEST_TEXT])
    if match is None:
        return None
    written, rest = match.group().rstrip(".,"), text[match.end() :].strip()
    if _PLAIN.match(written):
        return Decimal(written), rest
    if _THOUSANDS.match(written):
        return Decimal(written.replace(",", "")), rest
    if _COMMA_DECIMAL.match(written):
        return Decimal(written.replace(",", ".")), rest
    raise Unusable("the number's comma or point can be read in two ways")


def titre_in(text: str) -> tuple[Decimal, int] | None:
    """The first titre such as "1:320" in a text, with its place."""
    match = _TITRE.search(text[:_LONGEST_TEXT])
    return (Decimal(match.group(1)), match.start()) if match else None


def span_of(text: str, comparators: Iterable[tuple[str, str]]) -> tuple[Decimal | None, Decimal | None, str] | None:
    """The low and high end of a range such as "2.5 - 4.5 mg/dL", "< 0.5" or "> 60", and its unit; None for any other.

    Raises:
        Unusable: a number can be read in two ways.
    """
    comparator, rest = split_comparator(text.strip(" ()[]"), comparators)
    titre = titre_in(rest)
    if titre is not None and titre[1] == 0:
        first: tuple[Decimal, str] | None = (titre[0], "")
    else:
        first = leading_number(rest)
    if first is None:
        return None
    number, unit = first
    if comparator:
        return (None, number, unit) if comparator[0] == "<" else (number, None, unit)
    joined = _BETWEEN.match(unit)
    second = leading_number(unit[joined.end() :]) if joined else None
    return None if second is None else (number, second[0], second[1])
