"""F1 to F7 and X14: what becomes of feedback. It is sent for made-up cards, and may stay in the service's records."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cds_service.conformance.exchange import Exchange
from cds_service.conformance.ledger import Ledger
from cds_service.conformance.subject import Subject

Json = dict[str, Any]

_TAKEN = (200, 201, 202, 204)
_NO_ENDPOINT = (404, 405, 501)
_NUMBERS = ("F1", "F2", "F3", "F4", "F5", "F6", "F7", "X14")


def check_feedback(subject: Subject, now: datetime) -> None:
    """Judges one service's feedback endpoint, if it has one: it may go without."""
    at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    exact = now.strftime("%Y-%m-%dT%H:%M:%S.123Z")
    card, suggestion = _shown(subject.good) or (subject.by.samples.new_id(), subject.by.samples.new_id())
    accepted: Json = {"card": card, "outcome": "accepted", "acceptedSuggestions": [{"id": suggestion}]}
    first = _send(
        subject, "a suggestion accepted, as the public sandbox says it", {**accepted, "outcomeTimestamp": exact}
    )
    if first.status in _NO_ENDPOINT:
        skip_feedback(subject.by.ledger, "no service has a feedback endpoint, which is optional (S2-148)")
        return
    subject.expect("F7", first, *_TAKEN)
    overridden: Json = {"card": card, "outcome": "overridden", "outcomeTimestamp": exact}
    reason = {"reason": {"code": "made-up", "system": "https://browser.invalid/reasons"}}
    subject.expect("F7", _send(subject, "dismissed, as the sandbox says it", overridden), *_TAKEN)
    dismissed = _send(
        subject, "dismissed with a reason's code, as the sandbox says it", {**overridden, "overrideReason": reason}
    )
    subject.expect("F7", dismissed, *_TAKEN)
    unknown = {"card": subject.by.samples.new_id(), "outcome": "overridden", "outcomeTimestamp": at}
    subject.expect("F5", _send(subject, "a card that nobody was shown", unknown), *_TAKEN)
    subject.expect("F6", _send(subject, "the same once more", unknown), *_TAKEN)
    _refused(subject, {"card": card, "outcome": "overridden", "outcomeTimestamp": at})


def skip_feedback(ledger: Ledger, why: str) -> None:
    """Says why no feedback was sent."""
    for number in _NUMBERS:
        ledger.note_unseen(number, why)


def _refused(subject: Subject, good: Mapping[str, Any]) -> None:
    bodies: Mapping[str, Json] = {"an empty array": {"feedback": []}, "no array": {}}
    for what, body in bodies.items():
        subject.expect("F1", subject.by.line.post(f"{subject.path}/feedback", body, what), 400)
    changes: tuple[tuple[str, str, Json], ...] = (
        ("F2", "no card", {"card": None}),
        ("F2", "no outcome", {"outcome": None}),
        ("F2", "an outcome of neither kind", {"outcome": "ignored"}),
        ("F2", "no outcomeTimestamp", {"outcomeTimestamp": None}),
        ("F2", "an outcomeTimestamp without a zone", {"outcomeTimestamp": "2026-01-31T09:30:00"}),
        ("F3", "accepted without acceptedSuggestions", {"outcome": "accepted"}),
        ("F4", "an overrideReason with nothing in it", {"overrideReason": {"extension": {"example.x": 1}}}),
        ("X14", "the outcome banana", {"outcome": "banana"}),
    )
    for number, what, change in changes:
        item = {name: value for name, value in {**good, **change}.items() if value is not None}
        subject.expect(number, _send(subject, what, item), 400)


def _send(subject: Subject, what: str, item: Mapping[str, Any]) -> Exchange:
    return subject.by.line.post(f"{subject.path}/feedback", {"feedback": [item]}, what)


def _shown(good: Exchange) -> tuple[str, str] | None:
    """A card and a suggestion of the good call's answer."""
    for card in good.cards:
        suggestions = card.get("suggestions") if isinstance(card, dict) else None
        for suggestion in suggestions if isinstance(suggestions, list) else ():
            if isinstance(suggestion, dict) and isinstance(suggestion.get("uuid"), str) and card.get("uuid"):
                return str(card["uuid"]), suggestion["uuid"]
    return None
