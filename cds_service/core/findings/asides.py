"""What a report mentions without stating it of this patient here and now, and why it does not count."""

from collections.abc import Collection

from cds_service.core.facts import Aside, Assertion, SetAside, Span
from cds_service.core.findings.vocabulary import Category

_MOST = 40
_TOO_MANY = "finding mentioned only in passing, beyond the number that is listed"

# Which of the categories that reach a mention tells most of why it does not count, and what it makes of it.
_REASONS = {
    Category.FAMILY: Assertion.SOMEONE_ELSE,
    Category.ADVICE: Assertion.HYPOTHETICAL,
    Category.HYPOTHETICAL: Assertion.HYPOTHETICAL,
    Category.COMPARISON: Assertion.HYPOTHETICAL,
    Category.QUALIFIED: Assertion.ABSENT,
    Category.HISTORICAL: Assertion.HISTORICAL,
    Category.RESOLVED: Assertion.ABSENT,
    Category.NEGATION: Assertion.ABSENT,
    Category.UNCERTAIN: Assertion.UNCERTAIN,
}


class Asides:
    """The mentions of one report that do not count; beyond a number they are counted only."""

    def __init__(self) -> None:
        self._asides: dict[tuple[str, int], Aside] = {}
        self._more = 0

    def add(self, concept: str, categories: Collection[str], where: tuple[str | None, str | None], span: Span) -> None:
        """Note a mention.

        Args:
            concept: the finding's id.
            categories: of the cues that reach it; none where only a doubt about what the word itself denies is left.
            where: region and side.
            span: the words.
        """
        reason = next((name for name in _REASONS if name in categories), Category.UNCERTAIN)
        self._note(Aside(concept, _REASONS[reason], reason, *where, span))

    def add_of_section(self, concept: str, categories: Collection[str], section: str, span: Span) -> None:
        """Note a mention under a heading beneath which nothing is told of this examination.

        It is of before, unless its cues say that it is someone else's, asked for, or denied.
        """
        asked = Category.UNCERTAIN in categories
        reason = next((name for name in _REASONS if name in categories and name != Category.UNCERTAIN), section)
        told = Assertion.HYPOTHETICAL if asked and reason == section else Assertion.HISTORICAL
        self._note(Aside(concept, _REASONS.get(reason, told), reason, None, None, span))

    def all(self) -> tuple[Aside, ...]:
        """Every one that is listed, in the order of the report."""
        return tuple(self._asides.values())

    def set_aside(self) -> tuple[SetAside, ...]:
        """The number of those that are not listed."""
        return (SetAside("report", _TOO_MANY, self._more),) if self._more else ()

    def _note(self, aside: Aside) -> None:
        key = (aside.concept, aside.span.start)
        if key in self._asides:
            return
        if len(self._asides) < _MOST:
            self._asides[key] = aside
        else:
            self._more += 1
