"""R2 to R13, O1 to O11 and E1 to E3: what a response holds."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.conformance import card_parts as parts
from cds_service.conformance.exchange import Exchange
from cds_service.conformance.ledger import Ledger, Remark
from cds_service.conformance.values import Placed, extensions, has, hollow, items
from cds_service.standard.message_schemas import RESPONSE, faults

_ABSENT = "no response holds what this is about"


@dataclass(frozen=True, slots=True)
class _Look:
    """Where an assertion looks, and what it finds there."""

    number: str
    elements: Callable[[Any], Placed]
    remarks: Callable[[Any], Iterator[Remark]]


def check_response(ledger: Ledger, exchange: Exchange) -> None:
    """Judges the answer to a good call that got 200."""
    for look in _LOOKS:
        for place, element in look.elements(exchange.body):
            told = (Remark(f"{place}: {found.words}", found.verdict) for found in look.remarks(element))
            ledger.judge(look.number, exchange, told)
    ledger.judge("E2", exchange, (Remark(f"{place} is null or empty") for place in hollow(exchange.body, "cards")))
    ledger.judge("E3", exchange, map(Remark, faults(RESPONSE, exchange.body)))


def check_override_codes(ledger: Ledger, exchanges: list[Exchange]) -> None:
    """Judges whether the override reasons of one service keep their codes from response to response."""
    codes: dict[str, set[str]] = {}
    for exchange in exchanges:
        for _, card in _cards(exchange.body):
            for _, reason in items(card, "overrideReasons", ""):
                if isinstance(reason, Mapping):
                    codes.setdefault(str(reason.get("display")), set()).add(str(reason.get("code")))
    if codes:
        changing = any(len(found) > 1 for found in codes.values())
        remarks = [Remark("an override reason has another code in another response")] if changing else []
        ledger.judge("O7", exchanges[-1], remarks)


def note_absent_parts(ledger: Ledger) -> None:
    """Says of the parts that no response holds that this is why they were not judged."""
    for look in _LOOKS:
        ledger.note_unseen(look.number, _ABSENT)


def _whole(body: Any) -> Placed:
    yield "the response", body


def _with(name: str, within: Callable[[Any], Placed]) -> Callable[[Any], Placed]:
    def placed(body: Any) -> Placed:
        return ((place, element) for place, element in within(body) if has(element, name))

    return placed


def _each(name: str, within: Callable[[Any], Placed]) -> Callable[[Any], Placed]:
    def placed(body: Any) -> Placed:
        for place, element in within(body):
            yield from items(element, name, place)

    return placed


def _cards(body: Any) -> Placed:
    return items(body, "cards", "")


_suggestions = _each("suggestions", _cards)
_links = _each("links", _cards)
_own_actions = _each("actions", _suggestions)


def _sources(body: Any) -> Placed:
    return ((f"{place}.source", card["source"]) for place, card in _cards(body) if has(card, "source"))


def _actions(body: Any) -> Placed:
    yield from _own_actions(body)
    yield from items(body, "systemActions", "")


def _identified(body: Any) -> Placed:
    if any(has(element, "uuid") for _, element in (*_cards(body), *_suggestions(body))):
        yield "the response", body


_LOOKS = (
    _Look("R2", _whole, parts.has_cards),
    _Look("R4", _cards, parts.summary),
    _Look("R5", _cards, parts.indicator),
    _Look("R6", _cards, parts.source),
    _Look("R7", _sources, parts.topic),
    _Look("R8", _sources, parts.source_urls),
    _Look("R9", _with("systemActions", _whole), parts.system_actions),
    _Look("R10", _own_actions, parts.described),
    _Look("R10", lambda body: items(body, "systemActions", ""), parts.system_described),
    _Look("R11", _actions, parts.action_type),
    _Look("R12", _actions, parts.carries_resource),
    _Look("R13", _actions, parts.deletes_by_id),
    _Look("O1", _identified, parts.uuids),
    _Look("O2", _with("detail", _cards), parts.detail),
    _Look("O3", _with("suggestions", _cards), parts.suggestions),
    _Look("O4", _with("suggestions", _cards), parts.recommended),
    _Look("O5", _suggestions, parts.suggestion),
    _Look("O6", _with("actions", _suggestions), parts.actions),
    _Look("O7", _with("overrideReasons", _cards), parts.override_reasons),
    _Look("O8", _with("links", _cards), parts.has_links),
    _Look("O8", _links, parts.link),
    _Look("O9", _links, parts.link_type),
    _Look("O10", _with("appContext", _links), parts.app_context),
    _Look("O11", _with("actionSelectionBehavior", _suggestions), parts.action_selection),
    _Look("E1", extensions, parts.extension),
)
