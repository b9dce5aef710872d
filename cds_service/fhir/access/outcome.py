"""The answers to the questions of one call, put together by prefetch key."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cds_service.core.facts import Missing, SetAside
from cds_service.fhir.access.trouble import Trouble
from cds_service.fhir.fetched import Fetched

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """What came of one question.

    Attributes:
        key: the prefetch key that it was for.
        pages: what was read.
        trouble: why there is no more of it; None when it was read to its end.
        continues: the client had sent the beginning.
    """

    key: str
    pages: tuple[Json, ...]
    trouble: Trouble | None
    continues: bool


def put_together(parts: Iterable[Part]) -> Fetched:
    """What was fetched for one call; several parts of one key are one answer."""
    by_key: dict[str, list[Part]] = {}
    for part in parts:
        by_key.setdefault(part.key, []).append(part)
    resources = {}
    failed = {}
    for key, of_key in by_key.items():
        missing = _missing(of_key)
        if missing is not None and missing is not Missing.NOT_PROVIDED:
            failed[key] = missing
        if _begun(of_key):
            resources[key] = _merged(of_key)
    return Fetched(resources, failed, tuple(_told(by_key)))


def _begun(parts: Sequence[Part]) -> bool:
    """Whether a part of the answer is there."""
    return any(part.pages or part.trouble is None or _continued(part) for part in parts)


def _continued(part: Part) -> bool:
    return part.continues and part.trouble is not Trouble.UNSAFE


def _missing(parts: Sequence[Part]) -> Missing | None:
    troubles = [part.trouble for part in parts if part.trouble is not None]
    if not troubles:
        return None
    return Missing.NOT_ALL_READ if _begun(parts) else troubles[0].missing


def _merged(parts: Sequence[Part]) -> tuple[Json, ...]:
    """All pages; what two questions both found stands there once."""
    pages = [page for part in parts for page in part.pages]
    return tuple(pages if len(parts) == 1 else _without_repeats(pages))


def _without_repeats(pages: Iterable[Json]) -> Iterator[Json]:
    seen: set[tuple[str, str]] = set()
    for page in pages:
        entries = page.get("entry")
        if not isinstance(entries, list):
            yield page
            continue
        kept = []
        for entry in entries:
            name = _name(entry)
            if name is None or name not in seen:
                kept.append(entry)
            if name is not None:
                seen.add(name)
        yield {**page, "entry": kept}


def _name(entry: object) -> tuple[str, str] | None:
    resource = entry.get("resource") if isinstance(entry, dict) else None
    if not isinstance(resource, dict):
        return None
    kind, identifier = resource.get("resourceType"), resource.get("id")
    return (kind, identifier) if isinstance(kind, str) and isinstance(identifier, str) else None


def _told(by_key: Mapping[str, Sequence[Part]]) -> Iterator[SetAside]:
    """One entry for each cause, with the keys that it concerns."""
    concerned: dict[Trouble, dict[str, None]] = {}
    for key, parts in by_key.items():
        for part in parts:
            if part.trouble is not None:
                concerned.setdefault(part.trouble, {})[key] = None
    for trouble, keys in concerned.items():
        yield SetAside("FHIR server", f"{trouble.words}: {', '.join(keys)}", len(keys))
