"""JSON values of a stranger, looked at without trusting their types."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

Placed = Iterator[tuple[str, Any]]


def member(value: object, name: str) -> Any:
    """A member of an object; None where it is none or has none."""
    return value.get(name) if isinstance(value, Mapping) else None


def has(value: object, name: str) -> bool:
    """Whether a value is an object with this member."""
    return isinstance(value, Mapping) and name in value


def items(value: object, name: str, place: str) -> Placed:
    """The items of an array member, each with its place; none where it is no array."""
    held = member(value, name)
    for index, item in enumerate(held if isinstance(held, list) else ()):
        yield f"{place}.{name}[{index}]".removeprefix("."), item


def is_text(value: object) -> bool:
    """Whether a value is a string that says something."""
    return isinstance(value, str) and bool(value.strip())


def is_absolute_url(value: object) -> bool:
    """Whether a value is an absolute http(s) URL with a host."""
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
    except ValueError:
        return False
    return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)


def is_uuid(value: object) -> bool:
    """Whether a value is a UUID as a string."""
    try:
        return bool(UUID(value)) if isinstance(value, str) else False
    except ValueError:
        return False


def hollow(value: object, may_be_empty: str, place: str = "") -> Iterator[str]:
    """The places of everything null or empty; FHIR resources keep FHIR's own rules.

    Args:
        value: the message.
        may_be_empty: the one member at the top that may be an empty array.
        place: of the value.
    """
    if has(value, "resourceType"):
        return
    if (value is None or value in ("", [], {})) and not (place == may_be_empty and value == []):
        yield place or "the message"
    children = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        step = f"[{key}]" if isinstance(value, list) else f".{key}"
        yield from hollow(child, may_be_empty, f"{place}{step}".removeprefix("."))


def extensions(value: object, place: str = "") -> Placed:
    """Every `extension` outside of FHIR resources, with its place."""
    if has(value, "resourceType"):
        return
    children = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        where = f"{place}[{key}]" if isinstance(value, list) else f"{place}.{key}".removeprefix(".")
        if key == "extension":
            yield where, child
        else:
            yield from extensions(child, where)
