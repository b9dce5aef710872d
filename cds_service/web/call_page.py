"""The page of one call: why it got this answer, from the record and the content that judged it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response
from markupsafe import Markup

from cds_service.audit.feedback import StoredFeedback
from cds_service.audit.record import Outcome, StoredCall
from cds_service.errors import UnknownCall
from cds_service.security.report_texts import ReportTexts, SealedTextsError
from cds_service.settings import PREFIX
from cds_service.web.card_markdown import rendered
from cds_service.web.installation import Installation
from cds_service.web.looks import keep_look
from cds_service.web.page import page
from cds_service.web.people import Role, ask_for

_NOT_KEPT = (
    "The text of this report was not kept, only the clauses that say something of a finding. "
    f"Where {PREFIX}REPORT_TEXT is on, it is kept, sealed with a key of the installation."
)
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


@dataclass(frozen=True, slots=True)
class FeedbackRow:
    """What was done with one card.

    Attributes:
        card: the card's place on the page, from 1; 0 for a card that is not on it.
        given: the feedback as it is stored.
        after: how long after the call it was given, in words.
        taken: the labels of the suggestions that were taken.
        unknown: how many suggestions were said to be taken that are not on the card.
        reason: why it was overridden, in the words of the client or of the card that offered it; else its code.
    """

    card: int
    given: StoredFeedback
    after: str
    taken: tuple[str, ...]
    unknown: int
    reason: str


@dataclass(frozen=True, slots=True)
class CardView:
    """A card as it was sent, its detail as an EHR renders it, and what was done with it."""

    sent: Mapping[str, Any]
    body: Markup
    feedback: tuple[FeedbackRow, ...]


def call_blueprint(installation: Installation) -> Blueprint:
    """The page of a call. Its address cannot be guessed: a reader has it from a card, an auditor from a search."""
    routes = Blueprint("calls", __name__)
    ask_for(routes, Role.READER, Role.AUDITOR)

    @routes.get("/calls/<call_id>")
    def call(call_id: str) -> Response:
        found = installation.store.find(call_id)
        if not found:
            raise UnknownCall("No call with this id is on record here.")
        keep_look("call page", call_id)
        record = found[0].record
        if record.outcome == Outcome.REFUSED:
            return page("refused.html", record=record)
        content = installation.store.content(record.content_version) or {}
        texts, no_text = _texts(found, installation.report_texts)
        told = installation.explain(record.body, content, texts)
        feedback = _feedback(told.cards, installation.store.feedback_for(call_id), record.received_at)
        return page(
            "call.html",
            record=record,
            deliveries=found,
            explanation=told,
            no_text=no_text,
            cards=_cards(told.cards, feedback),
            feedback=feedback,
        )

    return routes


def _texts(deliveries: Sequence[StoredCall], kept: ReportTexts) -> tuple[tuple[str, ...], str]:
    """The texts of the call's reports, and where there are none a sentence that says why."""
    sealed = next((one for one in deliveries if one.texts is not None), None)
    if sealed is None or sealed.texts is None:
        return (), _NOT_KEPT
    try:
        return kept.opened(sealed.texts, sealed.record.call_id), ""
    except SealedTextsError as error:
        return (), f"The text of this report was kept, and cannot be shown: {error}."


def _cards(sent: Sequence[Mapping[str, Any]], feedback: Sequence[FeedbackRow]) -> list[CardView]:
    return [
        CardView(
            card,
            rendered(card.get("detail", ""), "Table of the card"),
            tuple(row for row in feedback if row.card == place),
        )
        for place, card in enumerate(sent, 1)
    ]


def _feedback(
    cards: Sequence[Mapping[str, Any]], given: Sequence[StoredFeedback], received_at: str
) -> tuple[FeedbackRow, ...]:
    places = {card.get("uuid"): place for place, card in enumerate(cards, 1)}
    labels = {
        suggestion.get("uuid"): suggestion.get("label", "")
        for card in cards
        for suggestion in card.get("suggestions", ())
    }
    offered = {one.get("code"): one.get("display", "") for card in cards for one in card.get("overrideReasons", ())}
    return tuple(
        FeedbackRow(
            card=places.get(one.card, 0),
            given=one,
            after=_after(received_at, one.body.get("at", "")),
            taken=tuple(labels[name] for name in one.body.get("accepted", ()) if name in labels),
            unknown=len(one.body.get("unknownSuggestions", ())),
            reason=_reason(one.body.get("reason", {}), offered),
        )
        for one in given
    )


def _reason(given: Mapping[str, str], offered: Mapping[str, str]) -> str:
    code = given.get("code", "")
    return given.get("display", "") or offered.get(code, "") or code


def _after(received_at: str, answered_at: str) -> str:
    """The time between the call and its answer, by two clocks: the service's and the client's."""
    if not answered_at:
        return ""
    seconds = (datetime.fromisoformat(answered_at.upper()) - datetime.fromisoformat(received_at)).total_seconds()
    if seconds < 0:
        return "before the call, by the client's clock"
    return f"{duration(int(seconds))} after the call"


def duration(seconds: int) -> str:
    """A length of time in its two largest parts: "45 s", "4 min 12 s", "3 h 5 min", "2 d 4 h"."""
    for size, unit, smaller, small in ((_DAY, "d", _HOUR, "h"), (_HOUR, "h", _MINUTE, "min"), (_MINUTE, "min", 1, "s")):
        if seconds >= size:
            return f"{seconds // size} {unit} {seconds % size // smaller} {small}"
    return f"{seconds} s"
