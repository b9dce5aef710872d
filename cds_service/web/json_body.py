"""Request bodies: bytes in, JSON values and their fingerprint out. Nothing in a body can take the service down."""

import json
import re
from collections.abc import Mapping
from math import isfinite
from typing import Any, NoReturn

import orjson

from cds_service.audit.record import fingerprint
from cds_service.errors import InvalidRequest, NotJson

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


def read_object(raw: bytes) -> tuple[dict[str, Any], str]:
    """The JSON object in a body, and its fingerprint.

    A part that nests too deeply to be read is replaced by a word that fits nowhere in FHIR: the resource that holds it
    loses that part, the rest of the call goes on.

    Raises:
        NotJson: the body is not JSON (RFC 8259), which has no NaN, no Infinity and no number too large to hold.
        InvalidRequest: it is JSON, but not an object.
    """
    try:
        return _read(raw)
    except RecursionError:
        return _read(_without_depths(raw))


def _read(raw: bytes) -> tuple[dict[str, Any], str]:
    body = _parsed(raw)
    if not isinstance(body, Mapping):
        raise InvalidRequest("The body is JSON, but not an object. Send the request as one JSON object.")
    return dict(body), fingerprint(body)


def _parsed(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        # It is stricter than RFC 8259 in places (lone surrogates, depth); what it refuses gets a second reading.
        pass
    try:
        return json.loads(raw, parse_constant=_refuse, parse_float=_finite, parse_int=_holdable)
    except ValueError:
        raise NotJson("The body is not JSON. Send one JSON object (RFC 8259) in UTF-8.") from None


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


def _without_depths(raw: bytes) -> bytes:
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
        raise NotJson("The body is not JSON: what it opens it does not close.")
    return b"".join([*kept, raw[start:]])
