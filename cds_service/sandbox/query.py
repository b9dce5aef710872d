"""A search as it was asked, read against the table of parameters."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cds_service.errors import SearchRefused
from cds_service.fhir.dates import UnreadableDateError
from cds_service.sandbox.parameters import Kind, Parameter, parameters_of
from cds_service.sandbox.values import DATE_PREFIXES, read_asked_date

USUAL_COUNT, LARGEST_COUNT = 100, 500
_NUMBER = re.compile(r"[0-9]{1,6}")
_COMMA = re.compile(r"(?<!\\),")
_ESCAPED = re.compile(r"\\([\\,|$])")
_RESULT = ("_count", "_offset", "_sort", "_format")

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One parameter of a search: a resource must have one of the values."""

    parameter: Parameter
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for.

    Attributes:
        type: the resource type.
        criteria: all must be met.
        sort: by what, first things first, and whether the greatest comes first.
        count: resources on a page; none with 0, only their number.
        offset: resources on the pages before.
        used: the search without what was ignored and without the place of its page, for links.
        ignored: parameters that were not understood, as they were sent.
    """

    type: str
    criteria: tuple[Criterion, ...]
    sort: tuple[tuple[Parameter, bool], ...]
    count: int
    offset: int
    used: Pairs
    ignored: tuple[str, ...]


def read_query(resource_type: str, pairs: Iterable[tuple[str, str]], *, strict: bool = False) -> Query:
    """The search that these parameters ask for.

    Args:
        resource_type: a supported one.
        pairs: names and values as sent, decoded.
        strict: refuse what is not understood instead of ignoring and naming it (`Prefer: handling=strict`).

    Raises:
        SearchRefused: a value cannot be meant, a modifier is not supported, or, if strict, a parameter is not.
    """
    sent = tuple((name, value) for name, value in pairs if value)
    known = parameters_of(resource_type)
    ignored = tuple(_not_understood(known, sent))
    if strict and ignored:
        raise SearchRefused(
            f"{', '.join(ignored)}: not supported for {resource_type}. GET metadata lists what is; without "
            "Prefer: handling=strict it is ignored."
        )
    used = tuple((name, value) for name, value in sent if name not in ignored)
    sort = next((value for name, value in used if name == "_sort"), "")
    return Query(
        type=resource_type,
        criteria=tuple(_criterion(known[name], value) for name, value in used if name in known),
        sort=tuple((known[by.removeprefix("-")], by.startswith("-")) for by in sort.split(",") if by),
        count=min(_number(used, "_count", USUAL_COUNT), LARGEST_COUNT),
        offset=_number(used, "_offset", 0),
        used=tuple((name, value) for name, value in used if name != "_offset"),
        ignored=ignored,
    )


def _not_understood(known: Mapping[str, Parameter], sent: Pairs) -> Iterator[str]:
    for name, value in sent:
        bare, colon, modifier = name.partition(":")
        if colon and bare in known:
            raise SearchRefused(f"The modifier :{modifier[:40]} is not supported. Search by {bare} alone.")
        if name == "_sort":
            named = [known.get(by.removeprefix("-")) for by in value.split(",")]
            if not all(parameter and parameter.sorts for parameter in named):
                yield name
        elif name not in known and name not in _RESULT:
            yield name


def _criterion(parameter: Parameter, value: str) -> Criterion:
    values = tuple(_ESCAPED.sub(r"\1", part) for part in _COMMA.split(value) if part)
    if parameter.kind is Kind.DATE:
        for asked in values:
            _require_date(parameter, asked)
    return Criterion(parameter, values)


def _require_date(parameter: Parameter, asked: str) -> None:
    try:
        read_asked_date(asked)
    except UnreadableDateError:
        raise SearchRefused(
            f"A value of {parameter.name} is no date. Send YYYY, YYYY-MM, YYYY-MM-DD or a dateTime with its zone, with "
            f"one of {', '.join(DATE_PREFIXES)} before it or nothing."
        ) from None


def _number(used: Pairs, name: str, usual: int) -> int:
    text = next((value for sent, value in used if sent == name), "")
    if not text:
        return usual
    if not _NUMBER.fullmatch(text):
        raise SearchRefused(f"{name} must be a whole number from 0 on.")
    return int(text)
