"""What several lesions say together."""

from collections.abc import Iterable, Mapping
from itertools import chain

from cds_service.core.facts import Finding, Span, State
from cds_service.core.findings.lesions import Draft, Findings, LesionBook
from cds_service.core.findings.vocabulary import Side, TextVocabulary

_SEVERAL = 2


def derive(book: LesionBook, findings: Findings, vocabulary: TextVocabulary) -> Mapping[str, Finding]:
    """The findings of the patient, with those added that follow from several lesions or from both sides."""
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
            if draft.side == Side.BOTH or {(draft.region, Side.RIGHT), (draft.region, Side.LEFT)} <= sides
        ]
        if paired:
            _add(concept, paired, parts, findings)
    deposits = [draft.findings for draft in book.drafts() if draft.has_any(vocabulary.mineral_findings)]
    for concept, groups in vocabulary.across_lesions.items():
        _add_across(concept, groups, [*deposits, findings], findings)
    return findings.frozen()


def _add_across(concept: str, groups: Iterable[frozenset[str]], stated: list[Findings], findings: Findings) -> None:
    """Add what each group of findings has a part in, whether at one lesion, at several or of the patient."""
    found = [_stated(group, stated) for group in groups]
    if all(found):
        for span in chain.from_iterable(found):
            findings.say(concept, State.PRESENT, span)


def _stated(group: frozenset[str], stated: Iterable[Findings]) -> list[Span]:
    """The first words that state any of these findings as present; nothing where none does."""
    having = ((one, sorted(filter(one.is_present, group))) for one in stated)
    return next(([one.first_span(names)] for one, names in having if names), [])


def _count(drafts: list[Draft], neighbours: Mapping[str, frozenset[str]]) -> int:
    """How many deposits the lesions are: neighbouring sites count once unless they are on different sides."""
    if any(draft.side == Side.BOTH for draft in drafts):
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
