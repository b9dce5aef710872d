"""The last step before a response leaves: nothing null or empty in it, and nothing cut without saying so.

CDS Hooks 2.0.1, "Use of JSON". The FHIR resource of an action is the client's own, or a proposal that fhir.resources
built: it stays exactly as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cds_service.core.cards import SUMMARY_LENGTH

Json = dict[str, Any]

_HOLLOW: tuple[object, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Response:
    """A response that may leave.

    Attributes:
        cards: as they leave; there may be none.
        dropped: places of the members that were null or empty, such as `cards[0].detail`.
        overlong: places of the summaries that are longer than the standard allows; they leave whole.
    """

    cards: list[Json]
    dropped: tuple[str, ...]
    overlong: tuple[str, ...]


def response(cards: Sequence[Mapping[str, Any]]) -> Response:
    """The response that holds these cards, taken apart once.

    A card that loses a member it should have is better than no card, so nothing is raised here; `dropped` and
    `overlong` say by place what a caller has to answer for. Both are empty for every card that is built as meant.

    Args:
        cards: as JSON values.
    """
    dropped: list[str] = []
    filled = [_filled(card, f"cards[{index}]", dropped) for index, card in enumerate(cards)]
    overlong = tuple(
        f"cards[{index}].summary"
        for index, card in enumerate(filled)
        if len(str(card.get("summary", ""))) > SUMMARY_LENGTH
    )
    return Response(filled, tuple(dropped), overlong)


def _filled(value: Any, place: str, dropped: list[str]) -> Any:
    if isinstance(value, Mapping):
        if "resourceType" in value:
            return value
        members = {key: _filled(item, f"{place}.{key}", dropped) for key, item in value.items()}
        return {key: item for key, item in members.items() if not _left_out(item, f"{place}.{key}", dropped)}
    if isinstance(value, list | tuple):
        items = [_filled(item, f"{place}[{index}]", dropped) for index, item in enumerate(value)]
        return [item for index, item in enumerate(items) if not _left_out(item, f"{place}[{index}]", dropped)]
    return value


def _left_out(value: object, place: str, dropped: list[str]) -> bool:
    hollow = value in _HOLLOW
    if hollow:
        dropped.append(place)
    return hollow
