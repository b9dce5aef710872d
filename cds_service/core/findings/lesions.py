"""Lesions as they build up over a report, and the findings of the patient."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from cds_service.core.facts import Finding, Lesion, Outweighed, Span, State
from cds_service.core.findings.vocabulary import Category, Number, Side

_STRENGTH = {State.PRESENT: 2, State.UNCERTAIN: 1, State.DENIED: 0}
_UNSITED = "site not stated"
_MAX_SPANS = 6


class Findings:
    """Findings by concept; present outweighs uncertain outweighs denied, and what is outweighed is kept beside it."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[State, list[Span]]] = {}
        self._outweighed: dict[str, list[Outweighed]] = {}

    def say(self, concept: str, state: State, span: Span) -> None:
        """Add one statement."""
        known = self._said.get(concept)
        if known is None:
            self._said[concept] = (state, [span])
        elif state is known[0]:
            if len(known[1]) < _MAX_SPANS and span not in known[1]:
                known[1].append(span)
        elif _STRENGTH[state] > _STRENGTH[known[0]]:
            self._said[concept] = (state, [span])
            for weaker in known[1]:
                self._outweigh(concept, Outweighed(known[0], weaker))
        else:
            self._outweigh(concept, Outweighed(state, span))

    def merge(self, other: "Findings") -> None:
        """Add every statement of another collection."""
        for concept, (state, spans) in other._said.items():
            for span in spans:
                self.say(concept, state, span)
        for concept, weaker in other._outweighed.items():
            for item in weaker:
                self._outweigh(concept, item)

    def is_present(self, concept: str) -> bool:
        """Whether the concept is stated as present."""
        return concept in self._said and self._said[concept][0] is State.PRESENT

    def first_span(self, concepts: Iterable[str]) -> Span:
        """The first span of the first concept that is stated."""
        return next(self._said[concept][1][0] for concept in concepts if concept in self._said)

    def frozen(self) -> Mapping[str, Finding]:
        """The findings as values."""
        weaker = self._outweighed
        return {
            concept: Finding(concept, state, tuple(spans), tuple(weaker[concept]) if concept in weaker else ())
            for concept, (state, spans) in self._said.items()
        }

    def _outweigh(self, concept: str, weaker: Outweighed) -> None:
        known = self._outweighed.setdefault(concept, [])
        if len(known) < _MAX_SPANS and weaker not in known:
            known.append(weaker)

    def __bool__(self) -> bool:
        return bool(self._said)


@dataclass(slots=True, eq=False)
class Draft:
    """A lesion that is still being read."""

    region: str | None
    side: str | None
    size_mm: Decimal | None = None
    findings: Findings = field(default_factory=Findings)
    number: str = ""
    resolved: bool = False

    def count(self, number: str) -> None:
        """Take what is said of how many there are; a number of several outweighs "one", and the first one stays."""
        if self.number in ("", Number.ONE):
            self.number = number or self.number

    def has_any(self, concepts: Iterable[str]) -> bool:
        """Whether any of the concepts is stated as present in it."""
        return any(self.findings.is_present(concept) for concept in concepts)


class LesionBook:
    """Every lesion of one report, by region and side."""

    def __init__(
        self, labels: Mapping[str, str], mineral: frozenset[str], courses: Mapping[str, frozenset[str]]
    ) -> None:
        self._labels = labels
        self._mineral = mineral
        self._courses = courses
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
                draft.count(unsited[0].number)
                draft.resolved = draft.resolved or unsited[0].resolved
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
            side=draft.side,
            number=draft.number,
            course=self._course(draft),
        )

    def _course(self, draft: Draft) -> str:
        """The course that the findings state; resolved only where nothing of it is there."""
        stated = (course for course, concepts in self._courses.items() if draft.has_any(concepts))
        gone = Category.RESOLVED if draft.resolved and not draft.has_any(self._mineral) else ""
        return next(stated, gone)


def side_label(site: str, side: str | None) -> str:
    """A site with its side, as a person reads it: "right hip", or "hip, both sides"."""
    if side is None:
        return site
    return f"{site}, both sides" if side == Side.BOTH else f"{side} {site}"
