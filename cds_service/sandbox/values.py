"""The values of a search parameter in a resource, and whether one is what a search asks for (FHIR R4, "Search")."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cds_service.fhir.dates import UnreadableDateError, read_moment
from cds_service.sandbox.parameters import Kind, Parameter

Span = tuple[datetime, datetime]
"""From a moment (it counts) to another (it does not)."""

_EVER, _NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_YEAR, _MONTH, _DAY, _MINUTE = len("2026"), len("2026-01"), len("2026-01-31"), len("2026-01-31T07:45")
_NAME_PARTS = ("text", "family", "given", "prefix", "suffix")

_COMPARED: Mapping[str, Callable[[Span, Span], bool]] = {
    "eq": lambda held, asked: asked[0] <= held[0] and held[1] <= asked[1],
    "ne": lambda held, asked: not (asked[0] <= held[0] and held[1] <= asked[1]),
    "lt": lambda held, asked: held[0] < asked[0],
    "gt": lambda held, asked: held[1] > asked[1],
    "le": lambda held, asked: held[0] < asked[1],
    "ge": lambda held, asked: held[1] > asked[0],
}
DATE_PREFIXES = tuple(_COMPARED)


def held_at(resource: Mapping[str, Any], parameter: Parameter) -> Iterator[Any]:
    """Everything that stands in a resource where the parameter looks."""
    for element in parameter.elements:
        yield from _inside(resource, element.split("."))


def _inside(value: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _inside(item, path)
    elif not path:
        yield value
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _inside(value[path[0]], path[1:])


def meets(resource: Mapping[str, Any], parameter: Parameter, asked: str) -> bool:
    """Whether a resource has one of the values that `asked` stands for."""
    held = held_at(resource, parameter)
    match parameter.kind:
        case Kind.TOKEN:
            return any(_is_token(coding, asked) for value in held for coding in tokens(value))
        case Kind.REFERENCE:
            return any(_is_reference(str(value.get("reference", "")), asked) for value in held)
        case Kind.STRING:
            start = asked.casefold()
            return any(text.casefold().startswith(start) for value in held for text in texts(value))
        case Kind.DATE:
            prefix, wanted = read_asked_date(asked)
            return any(_COMPARED[prefix](span_of(value), wanted) for value in held)


def read_asked_date(asked: str) -> tuple[str, Span]:
    """The prefix and the time that a search names; without a prefix it is "eq".

    Raises:
        UnreadableDateError: it names none.
    """
    prefix, text = (asked[:2], asked[2:]) if asked[:2] in _COMPARED else ("eq", asked)
    return prefix, _span(text)


def span_of(value: str | Mapping[str, str]) -> Span:
    """The time that a date, dateTime, instant or Period stands for; a Period that is open on a side never ends there.

    Raises:
        UnreadableDateError: it is none.
    """
    if isinstance(value, str):
        return _span(value)
    start, end = value.get("start"), value.get("end")
    return (_span(start)[0] if start else _EVER, _span(end)[1] if end else _NEVER)


def _span(text: str) -> Span:
    start = read_moment(text).start
    length = len(text.strip())
    try:
        if length == _YEAR:
            return start, start.replace(year=start.year + 1)
        if length == _MONTH:
            return start, (start + timedelta(days=31)).replace(day=1)
        if length == _DAY:
            return start, start + timedelta(days=1)
        return start, start + (timedelta(minutes=1) if length == _MINUTE else timedelta(seconds=1))
    except (OverflowError, ValueError) as error:
        raise UnreadableDateError from error


def tokens(value: Any) -> Iterator[tuple[str, str]]:
    """The systems and codes that a code, Coding, CodeableConcept or Identifier holds."""
    if isinstance(value, Mapping):
        for coding in value.get("coding", [value]):
            code = coding.get("code", coding.get("value", ""))
            if code:
                yield coding.get("system", ""), code
    else:
        yield "", str(value)


def texts(value: Any) -> Iterator[str]:
    """The words of a text or of a HumanName."""
    if isinstance(value, Mapping):
        for part in _NAME_PARTS:
            yield from _inside(value, [part])
    else:
        yield str(value)


def _is_token(held: tuple[str, str], asked: str) -> bool:
    system, bar, code = asked.rpartition("|")
    return code in ("", held[1]) and (not bar or system == held[0]) and asked not in ("", "|")


def _is_reference(held: str, asked: str) -> bool:
    return held == asked or (("/" not in asked) and held.rpartition("/")[2] == asked)
