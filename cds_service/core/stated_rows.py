"""What a report says, in rows that a person can read: by lesion, with why something does not count, and by clause."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cds_service.core.facts import Facts, Finding, Lesion, Span
from cds_service.core.facts_json import REPORT
from cds_service.core.labels import Labels
from cds_service.core.marked_text import Mark, Piece, pieces_of
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
    """A finding as the report says it: how, why it does not count (empty where it does), the words, and where.

    `number` counts the rows of one report, from 1.
    """

    label: str
    assertion: str
    why: str
    words: str
    where: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class StatementGroup:
    """All statements of one lesion, of the patient, or of neither, and what is said of the lesion as a whole."""

    label: str
    attributes: str
    rows: tuple[StatementRow, ...]


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """A clause of the report in pieces."""

    pieces: tuple[Piece, ...]


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
    """All that one report says; `text` is the whole of it in pieces, empty where it is not at hand."""

    groups: tuple[StatementGroup, ...]
    clauses: tuple[ClauseRow, ...]
    disputes: tuple[DisputeRow, ...]
    text: tuple[Piece, ...] = ()


def said_in(facts: Facts, labels: Labels, text: str = "") -> Said:
    """The rows of what the report of these facts says; `text` is the report itself, where it is at hand."""
    statements = statements_of(facts.lesions, facts.findings, facts.asides, labels.attributes)
    groups, rows = _groups(statements, facts, labels)
    marks = [_mark(said, rows[said], labels) for said in statements if said.span.resource == REPORT and said.span.end]
    return Said(groups, _clauses(statements, marks), _disputes(facts, labels), pieces_of(text, marks) if text else ())


def _mark(said: Statement, row: int, labels: Labels) -> Mark:
    why = _WHY.get(said.reason, said.reason)
    return Mark(said.span.start, said.span.end, _name(said.concept, labels), str(said.assertion), why, row)


def lesion_row(lesion: Lesion, labels: Labels) -> LesionRow:
    """A lesion with its findings."""
    size = "" if lesion.size_mm is None else f"{lesion.size_mm} mm"
    return LesionRow(lesion.label, size, tuple(finding_row(finding, labels) for finding in lesion.findings.values()))


def finding_row(finding: Finding, labels: Labels) -> StatedRow:
    """A finding with every clause that states it."""
    quotes = "; ".join(dict.fromkeys(f"“{span.quote}”" for span in finding.spans))
    return StatedRow(_name(finding.concept, labels), str(finding.state), quotes, _where(finding.spans))


def _groups(
    statements: Iterable[Statement], facts: Facts, labels: Labels
) -> tuple[tuple[StatementGroup, ...], Mapping[Statement, int]]:
    """The statements in groups, and the number of the row in which each stands."""
    by_lesion: dict[str | None, list[Statement]] = {lesion.id: [] for lesion in facts.lesions}
    patient: list[Statement] = []
    elsewhere: list[Statement] = []
    for said in statements:
        if said.lesion is not None:
            by_lesion[said.lesion].append(said)
        else:
            (patient if said.concept in facts.findings else elsewhere).append(said)
    told = [(lesion.label, by_lesion[lesion.id]) for lesion in facts.lesions]
    groups: list[StatementGroup] = []
    places: dict[Statement, int] = {}
    for label, group in (*told, (_PATIENT, patient), (_ELSEWHERE, elsewhere)):
        if group:
            rows = _rows(group, labels, places)
            groups.append(StatementGroup(label, _attributes(group[0], labels), rows))
    return tuple(groups), places


def _attributes(said: Statement, labels: Labels) -> str:
    """Size, number, course, tissue plane and form of a lesion in one line."""
    size = "" if said.size_mm is None else f"{said.size_mm} mm"
    concepts = ", ".join(_name(concept, labels) for concept in (*said.plane, *said.morphology))
    return "; ".join(part for part in (size, said.number, said.course, concepts) if part)


def _rows(told: Iterable[Statement], labels: Labels, places: dict[Statement, int]) -> tuple[StatementRow, ...]:
    """One row for all that says the same; notes in `places` which row that is, counted over all groups."""
    same: dict[tuple[str, str, str], list[Statement]] = {}
    for said in told:
        same.setdefault((said.concept, str(said.assertion), said.reason), []).append(said)
    first = max(places.values(), default=0) + 1
    rows = []
    for number, ((concept, assertion, reason), alike) in enumerate(same.items(), first):
        places.update(dict.fromkeys(alike, number))
        spans = [said.span for said in alike]
        words = ", ".join(dict.fromkeys(f"“{_words(span)}”" for span in spans))
        why = _WHY.get(reason, reason)
        rows.append(StatementRow(_name(concept, labels), assertion, why, words, _where(spans), number))
    return tuple(rows)


def _words(span: Span) -> str:
    """The exact words of a span; the whole clause where a record does not say which of its words."""
    if span.quote_start < 0 or not span.end:
        return span.quote
    return span.quote[span.start - span.quote_start : span.end - span.quote_start]


def _clauses(statements: Iterable[Statement], marks: Iterable[Mark]) -> tuple[ClauseRow, ...]:
    """Each clause that says something, with its words marked where the record says which of them they are."""
    known = tuple(marks)
    quoted = dict.fromkeys((said.span.quote, said.span.quote_start) for said in statements if said.span.end)
    return tuple(ClauseRow(pieces_of(quote, _within(quote, start, known))) for quote, start in quoted)


def _within(quote: str, begins: int, marks: Iterable[Mark]) -> list[Mark]:
    """The marks in a quote, counted from its own beginning; none where that is not known."""
    if begins < 0:
        return []
    inside = (mark for mark in marks if begins <= mark.start < begins + len(quote))
    return [mark._replace(start=mark.start - begins, end=mark.end - begins) for mark in inside]


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
