"""JSON text to values (RFC 8259). Nothing in a text can take the service down."""

import json
import re
from math import isfinite
from typing import Any, NoReturn

import orjson

_DEEPEST = 64
"""No FHIR resource of use nests deeper; what does is cut off there once it is too deep to be read at all."""

# A text (to the end, where it is not closed: no letter is looked at twice), what opens (as many as stand together), or
# what closes. Innermost arrays and objects without texts, as many as stand together, count for nothing: to look at each
# would take seconds where there are millions.
_MARK = re.compile(
    rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|(?:(?:\[[^\[\]{}"]*+\]|\{[^\[\]{}"]*+\})[\s,]*+)++|([\[{]++)|([\]}]++)', re.DOTALL
)
_LARGEST = 10**300
_CUT = b'"nested too deeply to be read"'


class NoJsonText(Exception):
    """Bytes are not JSON. The message says in what way, and repeats nothing of them."""


def parse(raw: bytes) -> Any:
    """The value of a JSON text in UTF-8.

    A part that nests too deeply to be read is replaced by a word that fits nowhere in FHIR: the resource that holds it
    loses that part, the rest goes on.

    Raises:
        NoJsonText: it is not JSON, which has no NaN, no Infinity and no number too large to hold.
    """
    try:
        return _parsed(raw)
    except RecursionError:
        return _parsed(without_depths(raw))


def without_depths(raw: bytes) -> bytes:
    """The same JSON text with whatever nests deeper than 64 levels cut out.

    Raises:
        NoJsonText: it does not close what it opens.
    """
    kept: list[bytes] = []
    depth = start = 0
    for mark in _MARK.finditer(raw):
        marks = mark.end() - mark.start()
        if mark[1]:
            if depth <= _DEEPEST < depth + marks:
                kept += [raw[start : mark.start() + _DEEPEST - depth], _CUT]
            depth += marks
        elif mark[2]:
            if depth - marks <= _DEEPEST < depth:
                start = mark.start() + depth - _DEEPEST
            depth -= marks
    if depth > _DEEPEST:
        raise NoJsonText("what it opens it does not close")
    return b"".join([*kept, raw[start:]])


def _parsed(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        # It is stricter than RFC 8259 in places (lone surrogates, depth); what it refuses gets a second reading.
        pass
    try:
        return json.loads(raw, parse_constant=_refuse, parse_float=_finite, parse_int=_holdable)
    except ValueError:
        raise NoJsonText("it does not parse") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _finite(digits: str) -> float:
    value = float(digits)
    if not isfinite(value):
        raise ValueError(digits)
    return value


def _holdable(digits: str) -> int:
    value = int(digits)
    if abs(value) > _LARGEST:
        raise ValueError(digits)
    return value
