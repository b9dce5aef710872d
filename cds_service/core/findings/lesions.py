"""Lesions as they build up over a report, and the findings of the patient."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from cds_service.core.facts import Finding, Lesion, Span, State
from cds_service.core.findings.vocabulary import Side

_STRENGTH = {State.PRESENT: 2, State.UNCERTAIN: 1, State.DENIED: 0}
_UNSITED = "site not stated"
_MAX_SPANS = 6


class Findings:
    """Findings by concept; present outweighs uncertain outweighs denied, with the spans of the state that won."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[State, list[Span]]] = {}

    def say(self, concept: str, state: State, span: Span) -> None:
        """Add one statement."""
        known = self._said.get(concept)
        if known is None or _STRENGTH[state] > _STRENGTH[known[0]]:
            self._said[concept] = (state, [span])
        elif state is known[0] and len(known[1]) < _MAX_SPANS and span not in known[1]:
            known[1].append(span)

    def merge(self, other: "Findings") -> None:
        """Add every statement of another collection."""
        for concept, (state, spans) in other._said.items():
            for span in spans:
                self.say(concept, state, span)

    def is_present(self, concept: str) -> bool:
        """Whether the concept is stated as present."""
        return concept in self._said and self._said[concept][0] is State.PRESENT

    def first_span(self, concepts: Iterable[str]) -> Span:
        """The first span of the first concept that is stated."""
        return next(self._said[concept][1][0] for concept in concepts if concept in self._said)

    def frozen(self) -> Mapping[str, Finding]:
        """The findings as values."""
        return {concept: Finding(concept, state, tuple(spans)) for concept, (state, spans) in self._said.items()}

    def __bool__(self) -> bool:
        return bool(self._said)


@dataclass(slots=True, eq=False)
class Draft:
    """A lesion that is still being read."""

    region: str | None
    side: str | None
    size_mm: Decimal | None = None
    findings: Findings = field(default_factory=Findings)

    def has_any(self, concepts: Iterable[str]) -> bool:
        """Whether any of the concepts is stated as present in it."""
        return any(self.findings.is_present(concept) for concept in concepts)


class LesionBook:
    """Every lesion of one report, by region and side."""

    def __init__(self, labels: Mapping[str, str], mineral: frozenset[str]) -> None:
        self._labels = labels
        self._mineral = mineral
        self._drafts: list[Draft] = []
        self._spoken_of_together = False

    def at(self, region: str | None, side: str | None) -> list[Draft]:
        """The lesions that a region and side mean. No side means any known there; a new pair opens one."""
        here = [draft for draft in self._drafts if draft.region == region]
        if not here:
            return [self._open(region, side)]
        if side is None:
            return here
        exact = [draft for draft in here if draft.side == side]
        if exact:
            return exact
        open_side = [draft for draft in here if draft.side in (None, Side.BOTH)]
        if open_side:
            draft = open_side[0]
            draft.side = draft.side or side
            return [draft]
        if side == Side.BOTH:
            if len(here) == 1:
                here[0].side = Side.BOTH
            return here
        return [self._open(region, side)]

    def minerals(self) -> list[Draft]:
        """The lesions with mineral so far, in the order of the report."""
        return [draft for draft in self._drafts if draft.region is not None and draft.has_any(self._mineral)]

    def speak_of_several(self) -> None:
        """Note that a statement without a site spoke of several lesions."""
        self._spoken_of_together = True

    def close(self, sides: Mapping[str, str | None]) -> tuple[Lesion, ...]:
        """The lesions as values; what was said without a site goes to the lesion it can only mean.

        Args:
            sides: of the regions examined, for lesions whose side the text leaves to the exam's title.
        """
        unsited = [draft for draft in self._drafts if draft.region is None]
        known = self.minerals()
        if unsited and known:
            for draft in known if self._spoken_of_together else known[:1]:
                draft.findings.merge(unsited[0].findings)
                draft.size_mm = max(
                    (size for size in (draft.size_mm, unsited[0].size_mm) if size is not None), default=None
                )
            self._drafts.remove(unsited[0])
        for draft in self._drafts:
            draft.side = draft.side or sides.get(draft.region or "")
        return tuple(self._value(draft) for draft in self._drafts if draft.findings)

    def drafts(self) -> list[Draft]:
        """Every lesion so far."""
        return list(self._drafts)

    def _open(self, region: str | None, side: str | None) -> Draft:
        draft = Draft(region, side)
        self._drafts.append(draft)
        return draft

    def _value(self, draft: Draft) -> Lesion:
        name = draft.region or "unsited"
        label = self._labels.get(draft.region, draft.region) if draft.region else _UNSITED
        return Lesion(
            id=f"{name}:{draft.side}" if draft.side else name,
            label=side_label(label, draft.side),
            region=draft.region,
            size_mm=draft.size_mm,
            findings=draft.findings.frozen(),
        )


def side_label(site: str, side: str | None) -> str:
    """A site with its side, as a person reads it: "right hip", or "hip, both sides"."""
    if side is None:
        return site
    return f"{site}, both sides" if side == Side.BOTH else f"{side} {site}"
