"""What a report says, statement by statement: for the reader and the audit. Rules judge findings, not these.

Nothing here is stored: a lesion's attributes and what outweighed what stand in the facts, and statements follow.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from cds_service.core.facts import Aside, Assertion, Finding, Lesion, Span, State

_OF_STATE = {
    State.PRESENT: Assertion.PRESENT,
    State.DENIED: Assertion.ABSENT,
    State.UNCERTAIN: Assertion.UNCERTAIN,
}
OUTWEIGHED = "outweighed"


class Attributes(NamedTuple):
    """Which findings tell the form of a lesion and which the tissue that it lies in, by id."""

    morphology: frozenset[str]
    plane: frozenset[str]


NO_ATTRIBUTES = Attributes(frozenset(), frozenset())


class Statement(NamedTuple):
    """One mention of a finding.

    Attributes:
        concept: the finding's id.
        assertion: how the report says it.
        lesion: id of the lesion that it speaks of; None for the patient as a whole, or where none is meant.
        region, side: where.
        plane, morphology: findings present in that lesion that say where it lies and what it looks like.
        size_mm, number, course: of that lesion, as `Lesion` has them.
        span: the exact words, and the clause around them.
        reason: why it does not count: `OUTWEIGHED`, or the reason of an `Aside`; empty where it counts.
    """

    concept: str
    assertion: Assertion
    lesion: str | None
    region: str | None
    side: str | None
    plane: tuple[str, ...]
    morphology: tuple[str, ...]
    size_mm: Decimal | None
    number: str
    course: str
    span: Span
    reason: str


def statements_of(
    lesions: Iterable[Lesion], findings: Mapping[str, Finding], asides: Iterable[Aside], attributes: Attributes
) -> tuple[Statement, ...]:
    """Every statement of a report, in the order of its text; what codes state comes first."""
    known = tuple(lesions)
    told = [said for lesion in known for said in _of_findings(lesion.findings, lesion, attributes)]
    told += _of_findings(findings, None, attributes)
    told += [_of_aside(aside, known, attributes) for aside in asides]
    return tuple(sorted(told, key=lambda said: (said.span.start, said.span.end)))


def _of_findings(findings: Mapping[str, Finding], lesion: Lesion | None, attributes: Attributes) -> Iterator[Statement]:
    for finding in findings.values():
        for span in finding.spans:
            yield _statement(finding.concept, _OF_STATE[finding.state], lesion, attributes, span, "")
        for state, span in finding.outweighed:
            yield _statement(finding.concept, _OF_STATE[state], lesion, attributes, span, OUTWEIGHED)


def _of_aside(aside: Aside, lesions: tuple[Lesion, ...], attributes: Attributes) -> Statement:
    there = next((lesion for lesion in lesions if aside.region is not None and _is_at(lesion, aside)), None)
    told = _statement(aside.concept, aside.assertion, there, attributes, aside.span, aside.reason)
    return told._replace(region=aside.region, side=aside.side)


def _is_at(lesion: Lesion, aside: Aside) -> bool:
    return lesion.region == aside.region and (lesion.side == aside.side or None in (lesion.side, aside.side))


def _statement(
    concept: str, assertion: Assertion, lesion: Lesion | None, attributes: Attributes, span: Span, reason: str
) -> Statement:
    if lesion is None:
        return Statement(concept, assertion, None, None, None, (), (), None, "", "", span, reason)
    return Statement(
        concept,
        assertion,
        lesion.id,
        lesion.region,
        lesion.side,
        _present(lesion, attributes.plane),
        _present(lesion, attributes.morphology),
        lesion.size_mm,
        lesion.number,
        lesion.course,
        span,
        reason,
    )


def _present(lesion: Lesion, concepts: frozenset[str]) -> tuple[str, ...]:
    return tuple(
        concept
        for concept, finding in lesion.findings.items()
        if finding.state is State.PRESENT and concept in concepts
    )
