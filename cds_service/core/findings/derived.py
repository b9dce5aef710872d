"""What several lesions say together."""

from collections.abc import Mapping

from cds_service.core.facts import Finding, State
from cds_service.core.findings.lesions import Draft, Findings, LesionBook
from cds_service.core.findings.vocabulary import TextVocabulary

_BOTH = "both"
_SEVERAL = 2


def derive(book: LesionBook, findings: Findings, vocabulary: TextVocabulary) -> Mapping[str, Finding]:
    """The findings of the patient, with those that follow from two lesions or from both sides added."""
    drafts = [draft for draft in book.drafts() if draft.region is not None]
    for concept, parts in vocabulary.in_several_lesions.items():
        having = [draft for draft in drafts if draft.has_any(parts)]
        if _count(having, vocabulary.neighbours) >= _SEVERAL:
            _add(concept, having, parts, findings)
    for concept, parts in vocabulary.on_both_sides.items():
        having = [draft for draft in drafts if draft.has_any(parts)]
        sides = {(draft.region, draft.side) for draft in having}
        paired = [
            draft
            for draft in having
            if draft.side == _BOTH or {(draft.region, "right"), (draft.region, "left")} <= sides
        ]
        if paired:
            _add(concept, paired, parts, findings)
    return findings.frozen()


def _count(drafts: list[Draft], neighbours: Mapping[str, frozenset[str]]) -> int:
    """How many deposits the lesions are: neighbouring sites count once unless they are on different sides."""
    if any(draft.side == _BOTH for draft in drafts):
        return _SEVERAL
    apart: list[Draft] = []
    for draft in drafts:
        if not any(_same_deposit(draft, other, neighbours) for other in apart):
            apart.append(draft)
    return len(apart)


def _same_deposit(one: Draft, other: Draft, neighbours: Mapping[str, frozenset[str]]) -> bool:
    return (other.region or "") in neighbours.get(one.region or "", frozenset()) and (
        one.side == other.side or None in (one.side, other.side)
    )


def _add(concept: str, drafts: list[Draft], parts: frozenset[str], findings: Findings) -> None:
    for draft in drafts:
        findings.say(concept, State.PRESENT, draft.findings.first_span(sorted(parts)))
