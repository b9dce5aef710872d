"""What a report says, in rows that a person can read: by lesion, with why something does not count, and by clause."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cds_service.core.facts import Assertion, Facts, Finding, Lesion, Span
from cds_service.core.labels import Labels
from cds_service.core.statements import OUTWEIGHED, Statement, statements_of

_WHY = {
    OUTWEIGHED: "other words of the report or a code outweigh this",
    "family": "said of a relative",
    "advice": "advised or asked for",
    "hypothetical": "asked for, not seen",
    "comparison": "a likeness only",
    "qualified": "only one kind of it is denied",
    "historical": "said of before",
    "resolved": "said to be gone",
    "negation": "denied",
    "uncertain": "in doubt",
    "history": "under a heading of what was known or asked before",
    "ignored": "under a heading that tells nothing of this examination",
}
# Of two statements of the same words, the one that shows.
_LOUDEST = {assertion: place for place, assertion in enumerate(Assertion)}
_PATIENT = "the patient as a whole"
_ELSEWHERE = "not of a lesion of this examination"


@dataclass(frozen=True, slots=True)
class StatedRow:
    """A finding or history entry: its name, its state, and the words or resource that state it."""

    label: str
    state: str
    told: str
    where: str


@dataclass(frozen=True, slots=True)
class LesionRow:
    """A lesion and what is said of it."""

    label: str
    size: str
    findings: tuple[StatedRow, ...]


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A finding as the report says it: how, why it does not count (empty where it does), the words, and where."""

    label: str
    assertion: str
    why: str
    words: str
    where: str


@dataclass(frozen=True, slots=True)
class StatementGroup:
    """All statements of one lesion, of the patient, or of neither, and what is said of the lesion as a whole."""

    label: str
    attributes: str
    rows: tuple[StatementRow, ...]


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """A clause of the report in pieces: each a text and how it is asserted; empty for the words between."""

    pieces: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """A finding of which text and code, or two codes, say different things; the state that counts comes first."""

    label: str
    lesion: str
    state: str
    by: str
    other_state: str
    other_by: str


@dataclass(frozen=True, slots=True)
class Said:
    """All that one report says."""

    groups: tuple[StatementGroup, ...]
    clauses: tuple[ClauseRow, ...]
    disputes: tuple[DisputeRow, ...]


def said_in(facts: Facts, labels: Labels) -> Said:
    """The rows of what the report of these facts says."""
    statements = statements_of(facts.lesions, facts.findings, facts.asides, labels.attributes)
    return Said(_groups(statements, facts, labels), _clauses(statements), _disputes(facts, labels))


def lesion_row(lesion: Lesion, labels: Labels) -> LesionRow:
    """A lesion with its findings."""
    size = "" if lesion.size_mm is None else f"{lesion.size_mm} mm"
    return LesionRow(lesion.label, size, tuple(finding_row(finding, labels) for finding in lesion.findings.values()))


def finding_row(finding: Finding, labels: Labels) -> StatedRow:
    """A finding with every clause that states it."""
    quotes = "; ".join(dict.fromkeys(f"“{span.quote}”" for span in finding.spans))
    return StatedRow(_name(finding.concept, labels), str(finding.state), quotes, _where(finding.spans))


def _groups(statements: Iterable[Statement], facts: Facts, labels: Labels) -> tuple[StatementGroup, ...]:
    by_lesion: dict[str | None, list[Statement]] = {lesion.id: [] for lesion in facts.lesions}
    patient: list[Statement] = []
    elsewhere: list[Statement] = []
    for said in statements:
        if said.lesion is not None:
            by_lesion[said.lesion].append(said)
        else:
            (patient if said.concept in facts.findings else elsewhere).append(said)
    groups = [
        StatementGroup(lesion.label, _attributes(by_lesion[lesion.id][0], labels), _rows(by_lesion[lesion.id], labels))
        for lesion in facts.lesions
        if by_lesion[lesion.id]
    ]
    groups += [
        StatementGroup(label, "", _rows(told, labels))
        for label, told in ((_PATIENT, patient), (_ELSEWHERE, elsewhere))
        if told
    ]
    return tuple(groups)


def _attributes(said: Statement, labels: Labels) -> str:
    """Size, number, course, tissue plane and form of a lesion in one line."""
    size = "" if said.size_mm is None else f"{said.size_mm} mm"
    concepts = ", ".join(_name(concept, labels) for concept in (*said.plane, *said.morphology))
    return "; ".join(part for part in (size, said.number, said.course, concepts) if part)


def _rows(told: Iterable[Statement], labels: Labels) -> tuple[StatementRow, ...]:
    same: dict[tuple[str, str, str], list[Span]] = {}
    for said in told:
        same.setdefault((said.concept, str(said.assertion), said.reason), []).append(said.span)
    return tuple(
        StatementRow(
            _name(concept, labels),
            assertion,
            _WHY.get(reason, reason),
            ", ".join(dict.fromkeys(f"“{_words(span)}”" for span in spans)),
            _where(spans),
        )
        for (concept, assertion, reason), spans in same.items()
    )


def _words(span: Span) -> str:
    """The exact words of a span; the whole clause where a record does not say which of its words."""
    if span.quote_start < 0 or not span.end:
        return span.quote
    return span.quote[span.start - span.quote_start : span.end - span.quote_start]


def _clauses(statements: Iterable[Statement]) -> tuple[ClauseRow, ...]:
    by_clause: dict[tuple[str, int], dict[tuple[int, int], Assertion]] = {}
    for said in statements:
        span = said.span
        if not span.end:
            continue
        marks = by_clause.setdefault((span.quote, span.quote_start), {})
        if span.quote_start >= 0:
            place = (span.start - span.quote_start, span.end - span.quote_start)
            marks[place] = min(said.assertion, marks.get(place, said.assertion), key=_LOUDEST.__getitem__)
    return tuple(ClauseRow(_pieces(quote, marks)) for (quote, _), marks in by_clause.items())


def _pieces(quote: str, marks: Mapping[tuple[int, int], Assertion]) -> tuple[tuple[str, str], ...]:
    """The clause cut at its marks; of two that overlap, the one that begins first is kept, and of those the longer."""
    pieces: list[tuple[str, str]] = []
    at = 0
    for start, end in sorted(marks, key=lambda place: (place[0], -place[1])):
        if start >= at:
            pieces += [(quote[at:start], ""), (quote[start:end], str(marks[start, end]))]
            at = end
    pieces.append((quote[at:], ""))
    return tuple(piece for piece in pieces if piece[0])


def _disputes(facts: Facts, labels: Labels) -> tuple[DisputeRow, ...]:
    everywhere = [(lesion.label, lesion.findings) for lesion in facts.lesions] + [(_PATIENT, facts.findings)]
    return tuple(
        DisputeRow(
            _name(finding.concept, labels),
            label,
            str(finding.state),
            _where(finding.spans),
            str(other.state),
            _where((other.span,)),
        )
        for label, findings in everywhere
        for finding in findings.values()
        for other in finding.disputed_by()
    )


def _where(spans: Iterable[Span]) -> str:
    told = (f"{span.resource} {span.start}–{span.end}" if span.end else span.resource for span in spans)
    return ", ".join(dict.fromkeys(told))


def _name(concept: str, labels: Labels) -> str:
    return labels.findings.get(concept, concept)
