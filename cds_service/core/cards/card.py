"""What every card is made of: its value, and the names and wording that its texts are made from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from cds_service.core.differential import Differential
from cds_service.core.evidence import lesion_of
from cds_service.core.facts import Facts
from cds_service.core.labels import Labels, LabOrder
from cds_service.core.markdown import cut, escape
from cds_service.core.rules import RuleSet
from cds_service.core.wording import CardWords, Wording

SUMMARY_LENGTH = 139
"""CDS Hooks: one sentence of fewer than 140 characters."""

EXPLAINED, WEAK_NAMED, TESTS_NAMED, ORDERS_PROPOSED, EVIDENCE_LENGTH = 3, 3, 3, 3, 220
"""How much of the differential a card spells out; the call's page has all of it."""


_TITLE_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Card:
    """One card, before it becomes JSON.

    Attributes:
        kind: "differential", "must-not-miss", "work-up" or "missing-tests".
        appended: the text that the update suggestion appends to the draft's conclusion; "" for none.
        orders: the missing tests to propose orders for.
    """

    kind: str
    summary: str
    detail: str
    indicator: str
    appended: str
    orders: tuple[LabOrder, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Which stored report or order was read, for a reader who does not have it open: its title, day and name."""

    title: str
    day: str
    resource: str
    is_order: bool = False

    @property
    def said_title(self) -> str:
        """The title as far as a card prints it."""
        return cut(self.title, _TITLE_LENGTH)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a card may speak of.

    Attributes:
        facts: of one report and the chart.
        found: the differential of these facts.
        ordered: the labs that are on order already.
        source: what was read; None where the reader is writing it.
        unread: how many reports of the call there was no time to read.
    """

    facts: Facts
    found: Differential
    ordered: frozenset[str]
    source: Source | None = None
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Speaker:
    """What card texts are made from, besides the call itself."""

    rules: RuleSet
    labels: Labels
    words: CardWords

    def title(self, etiology: str) -> str:
        """The etiology's name by itself."""
        return self.rules.named(etiology).name

    def full_title(self, etiology: str) -> str:
        """The document's name with the one in use today, where that is another."""
        known = self.rules.named(etiology)
        if known.modern_name.casefold() == known.name.casefold():
            return known.name
        return self.words.differential.say("today", name=known.name, modern=known.modern_name)

    def name(self, etiology: str) -> str:
        """The etiology's name within a sentence: without the capital, unless it is an abbreviation."""
        title = self.title(etiology)
        return title if title[1:2].isupper() else title[:1].lower() + title[1:]

    def fitting(self, names: Sequence[str], say: Callable[[str], str]) -> str:
        """The summary that names as many as fit into its length, the others counted.

        Args:
            names: at least one.
            say: the sentence, given the names as one text.
        """
        for named in range(len(names), 0, -1):
            listed = ", ".join(names[:named])
            if named < len(names):
                listed = self.words.common.say("more", names=listed, count=len(names) - named)
            if len(say(listed)) <= SUMMARY_LENGTH:
                return say(listed)
        return cut(say(names[0]), SUMMARY_LENGTH)

    def read_from(self, source: Source) -> str:
        """The line that says what was read."""
        common = self.words.common
        untitled = "source_untitled_order" if source.is_order else "source_untitled"
        title = escape(source.said_title) if source.title else common.say(untitled)
        day = source.day or common.say("source_undated")
        return common.say("read_from", title=title, day=day, resource=escape(source.resource))


def reviewed(words: Wording, reviewers: Iterable[str]) -> str:
    """Who signed the rules, or that nobody did."""
    named = [name for name in dict.fromkeys(reviewers) if name != "none"]
    return words.say("reviewed.some", names="; ".join(named)) if named else words.say("reviewed.none")


def where_of(speaker: Speaker, facts: Facts, lesion_id: str) -> str:
    """The lesion as a person reads it, or that no site is stated."""
    lesion = lesion_of(facts, lesion_id)
    return lesion.label if lesion is not None else speaker.words.common.say("site_not_stated")
