"""What is said of the reports of a call once they are read: facts to differential to cards.

An answer and its replay both come through `decide`, so that a record, judged again by the same content, gives the same
cards. Nothing in here looks at what a client sent, but for the resource that an update echoes.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from cds_service.audit.body import JudgedReport, record_body
from cds_service.audit.given import ReadReport
from cds_service.content.load import Content
from cds_service.core.cards import Card, Manner, Seen, card_of, differential_list, must_not_miss_card
from cds_service.fhir.outgoing import CallIdentity, Subject, card_json
from cds_service.fhir.response import Response, response
from cds_service.judgement import NOTHING_RANKED, OUT_OF_TIME, judge_read

NOT_TOLD = {
    Manner.OPENING: "the work-up is complete or on order, and points to no etiology",
    Manner.ORDERING: "no test that would tell is missing, or all of them are on order",
}
SPOKEN_FOR = "the call speaks of another report"
MUST_NOT_MISS = "what it shows must not be missed, and no laboratory test is the answer to it"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call asks, beside its reports.

    Attributes:
        manner: how the service speaks.
        ordered: the labs that are on order, by lab id.
        who: whom proposed orders are for.
        ids: what the ids of the cards are made from.
    """

    manner: Manner
    ordered: frozenset[str]
    who: Subject
    ids: CallIdentity


@dataclass(frozen=True, slots=True)
class Told:
    """A report and the card on it; `card` is None where it is silent."""

    judged: JudgedReport
    card: Card | None


@dataclass(frozen=True, slots=True)
class Decision:
    """Everything that is said of a call's reports.

    Attributes:
        told: each report in its turn.
        leaving: the cards as they leave.
        appended: the text that each of these cards offers to append; empty where it offers none.
    """

    told: tuple[Told, ...]
    leaving: Response
    appended: tuple[str, ...]

    def body(self) -> Json:
        """What the record's body holds of it."""
        body = record_body([one.judged for one in self.told], zip(self.leaving.cards, self.appended, strict=True))
        if self.leaving.dropped or self.leaving.overlong:
            body["amiss"] = [*self.leaving.dropped, *self.leaving.overlong]
        return body


ToldBefore = Callable[[int, JudgedReport], str]
"""The earlier call that told this reader the same of a report, by its place and judgement; empty where none did."""


def decide(content: Content, asked: Asked, reports: Iterable[ReadReport], told_before: ToldBefore) -> Decision:
    """What is said of a call's reports.

    Args:
        content: rules and wording.
        asked: what the call asks.
        reports: as they were read, in the order in which they are judged; each is taken when its turn comes.
        told_before: whether the same reader was told the same before; such a card is not repeated.
    """
    judged = [judge_read(content, read) for read in reports]
    told = tuple(_told(content, asked, judged, told_before))
    built = list(_cards(content, asked, told))
    return Decision(told, response([card for card, _ in built]), tuple(appended for _, appended in built))


def _told(content: Content, asked: Asked, judged: list[JudgedReport], told_before: ToldBefore) -> Iterator[Told]:
    """Each report with the card on it, or the reason for silence."""
    manner, spoken_for = asked.manner, False
    unread = sum(one.read.silent == OUT_OF_TIME for one in judged)
    # Where one card speaks for all, what must not be missed goes before what is merely newer.
    alarming = manner is Manner.OPENING and any(one.found.spoken for one in judged)
    for place, one in enumerate(judged):
        card = None
        if alarming and not one.found.spoken:
            one = _silent(one, SPOKEN_FOR)
        if not one.silent or (manner is Manner.ASSISTING and one.found.weak):
            card = card_of(manner, content.speaker, Seen(one.facts, one.found, asked.ordered, one.read.source, unread))
        if card is None:
            yield Told(_silent(one, _not_told(manner, one)), None)
        elif spoken_for and manner.speaks_once:
            yield Told(_silent(one, SPOKEN_FOR), None)
        else:
            spoken_for = True
            # Who asks for help again wants to see it again, and what must not be missed is said each time.
            each_time = manner is Manner.ASSISTING or (manner.speaks_once and one.found.spoken)
            yield _once(one, card, "" if each_time else told_before(place, one))


def _once(judged: JudgedReport, card: Card, earlier: str) -> Told:
    """The card, unless this reader was told the same of the same report before."""
    held = card.appended if card.appended and card.appended in str(judged.report.get("conclusion", "")) else ""
    if earlier:
        reason = f"its card was answered before, in call {earlier}, and the report has not changed since"
        return Told(replace(_silent(judged, reason), earlier=earlier, held=held), None)
    return Told(replace(judged, silent="", held=held), card)


def _not_told(manner: Manner, judged: JudgedReport) -> str:
    if not manner.speaks_once:
        return ""
    if manner is Manner.ORDERING and judged.found.spoken:
        return MUST_NOT_MISS
    return NOT_TOLD[manner] if judged.found.ranked else NOTHING_RANKED


def _silent(judged: JudgedReport, reason: str) -> JudgedReport:
    return judged if judged.silent else replace(judged, silent=reason)


def _cards(content: Content, asked: Asked, told: tuple[Told, ...]) -> Iterator[tuple[Json, str]]:
    """The card of each report that has one, then at most one must-not-miss card for the call; with what it appends."""
    for place, one in enumerate(told):
        if one.card is not None:
            yield _card(content, asked, place, one.judged, one.card)
    spoken = [] if asked.manner.speaks_once else [place for place, one in enumerate(told) if one.judged.found.spoken]
    for place in spoken[:1]:
        alarmed = told[place].judged
        card = must_not_miss_card(content.speaker, alarmed.facts, alarmed.found)
        yield _card(content, asked, place, alarmed, card)


def _card(content: Content, asked: Asked, place: int, judged: JudgedReport, card: Card) -> tuple[Json, str]:
    ids, listed = replace(asked.ids, place=place), differential_list(judged.found)
    return card_json(card, judged.report, listed, asked.who, ids, content.words), card.appended
