"""D1 to D10: the answer to GET /cds-services."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cds_service.conformance.exchange import Exchange
from cds_service.conformance.ledger import Ledger, Remark, doubt
from cds_service.conformance.values import has, hollow, is_text, items, member
from cds_service.standard.message_schemas import DISCOVERY, faults

_BRACES = re.compile(r"\{\{(.*?)\}\}")
_PORTABLE = re.compile(r"context\.\w+|userPractitionerId|userPractitionerRoleId|userPatientId|userRelatedPersonId")
_VERSION = re.compile(r"STU[123]|\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?")
_COMPLEX = re.compile(r"_include|_revinclude|_has|_filter|_lastUpdated|.*\..*|.*:(?!in$).*")


def check_discovery(ledger: Ledger, exchange: Exchange) -> list[Mapping[str, Any]]:
    """Judges the answer; the services in it that can be called at all."""
    body = exchange.body
    ledger.judge("D1", exchange, _is_an_object(exchange))
    if exchange.status != 200 or not isinstance(body, Mapping):
        return []
    services = list(items(body, "services", ""))
    ledger.judge("D2", exchange, [] if isinstance(body.get("services"), list) else [Remark("services is no array")])
    for number, look in _ENTRY.items():
        for place, entry in services:
            ledger.judge(number, exchange, (_at(place, remark) for remark in look(entry)))
    ledger.judge("D9", exchange, (Remark(f"{place} is null or empty") for place in hollow(body, "services")))
    ledger.judge("D10", exchange, _repeated([entry for _, entry in services]))
    ledger.judge("E3", exchange, map(Remark, faults(DISCOVERY, body)))
    return [entry for _, entry in services if is_text(member(entry, "id")) and is_text(member(entry, "hook"))]


def _is_an_object(exchange: Exchange) -> Iterator[Remark]:
    if exchange.status != 200:
        yield Remark(f"the status is {exchange.status or 'missing'}, not 200")
    elif not isinstance(exchange.body, Mapping):
        yield Remark("the body is no JSON object")
    elif not exchange.media_type.endswith("json"):
        yield doubt("the body is not declared as JSON")


def _at(place: str, remark: Remark) -> Remark:
    return Remark(f"{place}: {remark.words}", remark.verdict)


def _identified(entry: object) -> Iterator[Remark]:
    for name in ("hook", "id", "description"):
        if not is_text(member(entry, name)):
            yield Remark(f"{name} is missing or no text")


def _titled(entry: object) -> Iterator[Remark]:
    if not has(entry, "title"):
        yield doubt("title is missing; it is recommended")
    elif not is_text(member(entry, "title")):
        yield Remark("title is no text")


def _prefetch(entry: object) -> Iterator[Remark]:
    if not has(entry, "prefetch"):
        return
    held = member(entry, "prefetch")
    if not isinstance(held, Mapping):
        yield Remark("prefetch is no object")
    elif not all(is_text(key) and is_text(query) for key, query in held.items()):
        yield Remark("prefetch holds something other than text")


def _queries(entry: object) -> Iterator[tuple[str, str]]:
    held = member(entry, "prefetch")
    for key, query in held.items() if isinstance(held, Mapping) else ():
        if isinstance(query, str):
            yield str(key), query


def _tokens(entry: object) -> Iterator[Remark]:
    newer = str(member(entry, "version")).startswith(("3", "STU3"))
    for key, query in _queries(entry):
        tokens = _BRACES.findall(query)
        if "{{" in _BRACES.sub("", query) or "}}" in _BRACES.sub("", query):
            yield Remark(f"prefetch.{key} opens or closes a token only")
        elif not all(_PORTABLE.fullmatch(token) for token in tokens):
            words = f"prefetch.{key} has a token that is neither a root field of the context nor a user id"
            yield doubt(words) if newer else Remark(words)


def _simple(entry: object) -> Iterator[Remark]:
    for key, query in _queries(entry):
        names = [part.partition("=")[0] for part in query.partition("?")[2].split("&") if part]
        if any(_COMPLEX.fullmatch(name) for name in names):
            yield doubt(f"prefetch.{key} uses a parameter outside of the subset that clients are asked to support")
        if len(names) > len(set(names)):
            yield doubt(f"prefetch.{key} names a parameter twice, which some clients fold into one")


def _versions(entry: object) -> Iterator[Remark]:
    for name in ("usageRequirements", "hookVersion", "version"):
        if has(entry, name) and not is_text(member(entry, name)):
            yield Remark(f"{name} is no text")
    version = member(entry, "version")
    if isinstance(version, str) and not _VERSION.fullmatch(version):
        yield Remark("version is neither a semantic version nor STU1 to STU3")


def _repeated(entries: list[Any]) -> Iterator[Remark]:
    named = Counter((str(member(entry, "id")), str(member(entry, "hook"))) for entry in entries)
    for (identifier, _), times in named.items():
        if times > 1:
            yield Remark(f"{identifier} stands {times} times for one hook")


_ENTRY: Mapping[str, Callable[[object], Iterator[Remark]]] = {
    "D3": _identified,
    "D4": _titled,
    "D5": _prefetch,
    "D6": _tokens,
    "D7": _simple,
    "D8": _versions,
}
