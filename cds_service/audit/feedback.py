"""Feedback on cards: what a clinician did with them (CDS Hooks 2.0.1, "Feedback")."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from cds_service.errors import BodyTooLarge, InvalidRequest

MOST_ITEMS = 200
"""Cards that one request may tell of."""
LONGEST_COMMENT = 4000
"""Characters of a clinician's own words."""
_MOST_SUGGESTIONS = 50
_LONGEST_CODING = 500
_OUTCOMES = ("accepted", "overridden")
_LONGEST_ID = 200
# RFC 3339, section 5.6: a date, a time with seconds, and a zone.
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})")


class Reception(StrEnum):
    """What became of one piece of feedback."""

    KEPT = "kept"
    REPEATED = "repeated"
    UNKNOWN_CARD = "unknown card"
    UNKNOWN_SUGGESTION = "unknown suggestion"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What was done with one card.

    Attributes:
        card: uuid of the card.
        outcome: "accepted" or "overridden".
        at: when, as the client wrote it.
        accepted: uuids of the suggestions that were taken.
        reason: system, code and display of the override reason; a part that is absent is empty.
        comment: the clinician's own words.
        client: who sent it, as it was proven.
    """

    card: str
    outcome: str
    at: str
    accepted: tuple[str, ...]
    reason: tuple[str, str, str]
    comment: str
    client: str

    def body(self) -> dict[str, Any]:
        """The feedback as JSON values, without what is empty."""
        reason = {key: value for key, value in zip(("system", "code", "display"), self.reason, strict=True) if value}
        said = {
            "at": self.at,
            "accepted": list(self.accepted),
            "reason": reason,
            "comment": self.comment,
            "client": self.client,
        }
        return {key: value for key, value in said.items() if value}

    def digest(self, service: str) -> str:
        """The same for the same feedback of the same client, so that a repeated delivery is recognised.

        What another client says of the card is no repeat: it must not keep the first one's word out.
        """
        said = json.dumps([service, self.card, self.outcome, self.body()], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class StoredFeedback:
    """Feedback as the store gives it back.

    `body` is as `Feedback.body` made it; where accepted suggestions are none of the card's, their ids stand in it once
    more, under `unknownSuggestions`.
    """

    card: str
    received_at: str
    outcome: str
    body: Mapping[str, Any]


def read_feedback(body: object, client: str) -> tuple[Feedback, ...]:
    """The feedback in a request body. One item that is wrong refuses them all, so that none is lost unseen.

    Args:
        body: the parsed JSON.
        client: who sent it, as it was proven.

    Raises:
        InvalidRequest: naming the place and what belongs there.
        BodyTooLarge: it tells of more cards than one request may.
    """
    items = body.get("feedback") if isinstance(body, Mapping) else None
    if not isinstance(items, list) or not items:
        raise InvalidRequest("The body must be an object with an array `feedback` of at least one item.")
    if len(items) > MOST_ITEMS:
        raise BodyTooLarge(f"feedback holds more than {MOST_ITEMS} items. Send the others in requests of their own.")
    return tuple(_item(item, f"feedback[{index}]", client) for index, item in enumerate(items))


def _item(item: object, place: str, client: str) -> Feedback:
    if not isinstance(item, Mapping):
        raise InvalidRequest(f"{place} must be an object.")
    outcome = item.get("outcome")
    if outcome not in _OUTCOMES:
        raise InvalidRequest(f"{place}.outcome must be `accepted` or `overridden`.")
    reason, comment = _override(item.get("overrideReason"), f"{place}.overrideReason")
    return Feedback(
        card=_identifier(item.get("card"), f"{place}.card", "the uuid of a card"),
        outcome=outcome,
        at=_instant(item.get("outcomeTimestamp"), f"{place}.outcomeTimestamp"),
        accepted=_accepted(item.get("acceptedSuggestions"), f"{place}.acceptedSuggestions", outcome == "accepted"),
        reason=reason,
        comment=comment,
        client=client,
    )


def _identifier(value: object, place: str, meaning: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_ID or not value.isprintable():
        raise InvalidRequest(f"{place} must be {meaning}, as a string.")
    return value.strip()


def _instant(value: object, place: str) -> str:
    problem = f"{place} must be an instant with a time zone, such as 2026-01-31T09:30:00Z."
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise InvalidRequest(problem)
    try:
        datetime.fromisoformat(value.upper())
    except ValueError:
        raise InvalidRequest(problem) from None
    return value


def _accepted(value: object, place: str, required: bool) -> tuple[str, ...]:
    if value is None and not required:
        return ()
    if not isinstance(value, Sequence) or isinstance(value, str) or (required and not value):
        raise InvalidRequest(f"{place} must be an array of objects with the `id` of a suggestion that was accepted.")
    if len(value) > _MOST_SUGGESTIONS:
        raise InvalidRequest(f"{place} must not hold more than {_MOST_SUGGESTIONS} suggestions.")
    return tuple(
        _identifier(
            entry.get("id") if isinstance(entry, Mapping) else None, f"{place}[{index}].id", "the uuid of a suggestion"
        )
        for index, entry in enumerate(value)
    )


def _override(value: object, place: str) -> tuple[tuple[str, str, str], str]:
    if value is None:
        return ("", "", ""), ""
    reason = value.get("reason") if isinstance(value, Mapping) else None
    comment = value.get("userComment") if isinstance(value, Mapping) else None
    if reason is None and comment is None:
        raise InvalidRequest(f"{place} must hold a `reason`, a `userComment`, or both.")
    if comment is not None and (not isinstance(comment, str) or len(comment) > LONGEST_COMMENT):
        raise InvalidRequest(f"{place}.userComment must be a string of at most {LONGEST_COMMENT} characters.")
    if reason is not None and not (isinstance(reason, Mapping) and isinstance(reason.get("code"), str)):
        raise InvalidRequest(f"{place}.reason must be a Coding with at least a `code`.")
    parts = [(reason or {}).get(key, "") for key in ("system", "code", "display")]
    if not all(isinstance(part, str) and len(part) <= _LONGEST_CODING for part in parts):
        raise InvalidRequest(f"{place}.reason must hold strings only, of at most {_LONGEST_CODING} characters.")
    return (parts[0], parts[1], parts[2]), comment or ""
