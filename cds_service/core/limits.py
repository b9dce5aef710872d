"""The limits that a criterion sets, as plain text that a content snapshot keeps."""

from collections.abc import Iterator
from typing import NamedTuple

from cds_service.core.conditions import Atom, Bounds, Condition, LabIs, LabWithin, OfAge, OfSize
from cds_service.core.course import LabSustained

IS = "is"


class Limit(NamedTuple):
    """One limit.

    Attributes:
        about: what is compared: "lab:egfr", "age" (years) or "size" (millimetres).
        operator: above, at_least, below or at_most; `IS` for a word that a reference range decides.
        limit: the number, in the unit of what is compared; for `IS` the word.
    """

    about: str
    operator: str
    limit: str


def limits_of(condition: Condition) -> tuple[Limit, ...]:
    """Every limit that a condition sets, in its order and without repeats."""
    return tuple(dict.fromkeys(limit for atom in condition.atoms() for limit in _limits(atom)))


def _limits(atom: Atom) -> Iterator[Limit]:
    if isinstance(atom, LabIs):
        yield Limit(f"lab:{atom.lab}", IS, atom.word)
    elif isinstance(atom, LabWithin | LabSustained):
        yield from _bounds(f"lab:{atom.lab}", atom.bounds)
    elif isinstance(atom, OfAge):
        yield from _bounds("age", atom.bounds)
    elif isinstance(atom, OfSize):
        yield from _bounds("size", atom.bounds)


def _bounds(about: str, bounds: Bounds) -> Iterator[Limit]:
    return (Limit(about, operator, str(limit)) for operator, limit in bounds.limits)
