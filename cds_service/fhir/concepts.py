"""Concepts in whatever form they are sent: a string, a Coding, a CodeableConcept, or an array of any of these.

The drafts of the report hooks type `category` as a string and show an array, and `procedure` the other way round, so
every form has to be taken.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cds_service.core.report_kinds import Code, Kinds
from cds_service.fhir.resources import codings, concept_text

_MOST = 50


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept: its codes, and its names in the order in which they are worth showing."""

    codes: tuple[Code, ...]
    names: tuple[str, ...]


def read_concepts(value: object) -> tuple[Concept, ...]:
    """The concepts in a value of any of these forms; what is none of them is no concept."""
    return tuple(_concepts(value))


def known_as(value: object, kinds: Kinds) -> bool:
    """Whether one of the concepts in a value is of a kind."""
    return any(kinds.known(concept.codes, concept.names) for concept in read_concepts(value))


def title_of(*values: object) -> str:
    """The first name that one of these values gives; empty where none does."""
    return next((name for value in values for concept in read_concepts(value) for name in concept.names), "")


def _concepts(value: object) -> Iterator[Concept]:
    if isinstance(value, list):
        for item in value[:_MOST]:
            if not isinstance(item, list):
                yield from _concepts(item)
    elif isinstance(value, str) and value.strip():
        system, bar, code = value.strip().rpartition("|")
        yield Concept((Code.of(system, code),), () if bar else (value.strip(),))
    elif isinstance(value, dict):
        coded = codings(value) or codings({"coding": value})
        names = (concept_text(value), *(display for _, _, display in coded))
        codes = tuple(Code.of(system, code) for system, code, _ in coded if code)
        yield Concept(codes, tuple(name for name in names if name))
