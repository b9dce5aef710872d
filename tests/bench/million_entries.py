"""The entries of a large record: a year of calls of three clients, with feedback, looks, restarts, three contents."""

import hashlib
import heapq
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from cds_service.audit import chain
from cds_service.audit.chain import Entry, Linked
from cds_service.audit.children import made_from
from cds_service.audit.record import AuditRecord, timestamp
from tests.bench.million_templates import Template, templates
from tests.scenarios.asking import CONTENT

FIRST_DAY = datetime(2025, 11, 3, tzinfo=UTC)
DAYS = 364
_BY_WEEKDAY = (1.0, 1.1, 1.05, 1.0, 0.9, 0.35, 0.3)
_OPENS, _HOURS = 7, 12
_CLIENTS = (("county-hospital", 0), ("university-hospital", 0), ("outpatient-imaging", 200))
"""Who calls, and from which day on."""
_CONTENT_DAYS = (0, 120, 260)
_CONTENT_WEEKS = {day // 7 for day in _CONTENT_DAYS}
_ORDINARY = [field.name for field in fields(AuditRecord) if field.name != "body"]
_REASONS = ("already-done", "not-applicable", "disagree", "")


@dataclass(slots=True)
class _Chains:
    """Every chain so far: the next number and the last link."""

    key: bytes
    heads: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def linked(self, writer: str, entry: Entry) -> Linked:
        number, before = self.heads.get(writer, (0, chain.START))
        link = chain.link(self.key, before, writer, number, entry)
        self.heads[writer] = (number + 1, link)
        return Linked(entry, writer, number, link)


def entries(calls: int, key: bytes) -> Iterator[Linked]:
    """Every entry of the record, in the order in which it was written; the calls' rows count from 1."""
    chains, started, waiting = _Chains(key), set[str](), list[tuple[str, int, str, Entry]]()
    made = templates()
    for number, moment in enumerate(_moments(calls)):
        day = (moment - FIRST_DAY).days
        writer = f"week{day // 7:02d}at{number % 2}"
        now = timestamp(moment)
        if writer not in started:
            started.add(writer)
            yield chains.linked(writer, _started(now))
            if number == 0 or (day // 7 in _CONTENT_WEEKS and writer.endswith("0")):
                yield from (chains.linked(writer, entry) for entry in _content(day, now, number == 0))
        while waiting and waiting[0][0] <= now:
            _, _, by, entry = heapq.heappop(waiting)
            yield chains.linked(by, entry)
        drawn = _draw(number)
        service = _service(drawn)
        template = made[service][drawn // 7 % len(made[service])]
        entry, uuids = _call(template, number, day, now, drawn)
        yield chains.linked(writer, entry)
        for place, after in enumerate(_afterwards(template, uuids, number, moment, entry)):
            at = after.values.get("received_at") or after.values["at"]
            heapq.heappush(waiting, (str(at), number * 8 + place, writer, after))


def _moments(calls: int) -> Iterator[datetime]:
    """When calls come: on weekdays more than at weekends, between seven and nineteen o'clock."""
    weights = [_BY_WEEKDAY[day % 7] for day in range(DAYS)]
    whole, reached, made = sum(weights), 0.0, 0
    for day, weight in enumerate(weights):
        reached += weight
        due = round(calls * reached / whole)
        for place in range(due - made):
            hours = _OPENS + _HOURS * (place + 0.5) / (due - made)
            yield FIRST_DAY + timedelta(days=day, hours=hours)
        made = due


def _draw(number: int) -> int:
    """A number that looks drawn by lot, the same in each run."""
    return int.from_bytes(hashlib.blake2b(b"%d" % number, digest_size=6).digest(), "big")


def _service(drawn: int) -> str:
    part = drawn % 100
    return f"calcification-{'report-sign' if part < 80 else 'patient-view' if part < 94 else 'order-sign'}"


def _started(now: str) -> Entry:
    return Entry("writers", {"started_at": now, "program": "0.5.0", "witnessed": "{}"})


def _versions() -> list[str]:
    older = [hashlib.sha256(f"older {place}".encode()).hexdigest() for place in range(len(_CONTENT_DAYS) - 1)]
    return [*(version[: len(CONTENT.version)] for version in older), CONTENT.version]


VERSIONS = _versions()


def _version_on(day: int) -> int:
    return max(place for place, since in enumerate(_CONTENT_DAYS) if since // 7 * 7 <= day)


def _content(day: int, now: str, very_first: bool) -> Iterator[Entry]:
    place = _version_on(day)
    if place or very_first:
        values: dict[str, Any] = {"version": VERSIONS[place], "first_seen": now, "body": _pack(CONTENT.snapshot)}
        yield Entry("content_versions", values)


def _pack(body: Any) -> bytes:
    return zlib.compress(json.dumps(body, separators=(",", ":")).encode())


def _uuid(number: int, place: int) -> str:
    digits = hashlib.blake2b(b"%d %d" % (number, place), digest_size=16).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _call(template: Template, number: int, day: int, now: str, drawn: int) -> tuple[Entry, list[str]]:
    """One call and its uuids; one in two hundred was refused."""
    uuids = [_uuid(number, place) for place in range(max(template.places, default=-1) + 1)]
    present = [name for name, since in _CLIENTS if since <= day]
    values: dict[str, Any] = {name: getattr(template.record, name) for name in _ORDINARY}
    values |= {
        "call_id": _uuid(number, -1),
        "received_at": now,
        "hook_instance": _uuid(number, -2),
        "client": present[drawn // 100 % 7 % len(present)],
        "patient_key": hashlib.sha256(b"patient %d" % (drawn % 180_000)).hexdigest(),
        "content_version": VERSIONS[_version_on(day)],
        "fingerprint": hashlib.sha256(b"request %d" % number).hexdigest(),
        "duration_us": 2500 + drawn % 9000,
        "body": template.packed(uuids),
        "texts": None,
    }
    if drawn % 200 == 17:
        refused: dict[str, Any] = {"outcome": "refused", "leading_etiology": "", "cards": 0, "patient_key": ""}
        body = {"refused": "the token has expired"}
        return Entry("calls", {**values, **refused, "client": "unproven", "body": _pack(body)}, made_from({})), []
    cards = tuple({"card_uuid": uuids[place]} for place in template.cards)
    return Entry("calls", values, (("cards", cards), ("answered", ()))), uuids


def _afterwards(template: Template, uuids: list[str], number: int, moment: datetime, call: Entry) -> Iterator[Entry]:
    """What readers do with the cards of a call, within ten minutes; now and then somebody looks at it later."""
    drawn = _draw(-number - 1)
    if uuids and template.cards and drawn % 100 < 40:
        said = "accepted" if drawn % 100 < 22 else "overridden"
        at = timestamp(moment + timedelta(seconds=20 + drawn // 100 % 580))
        body: dict[str, Any] = {"at": at, "client": call.values["client"]}
        if said == "accepted":
            body["accepted"] = [uuids[place] for place in template.suggestions[0]]
        elif _REASONS[drawn // 1000 % 4]:
            body["reason"] = {"system": "https://example.org/reasons", "code": _REASONS[drawn // 1000 % 4]}
        yield Entry(
            "feedback",
            {
                "card_uuid": uuids[template.cards[0]],
                "call_seq": number + 1,
                "received_at": at,
                "service": call.values["service"],
                "outcome": said,
                "digest": hashlib.sha256(b"feedback %d" % number).hexdigest(),
                "body": _pack(body),
            },
        )
    if drawn // 7 % 400 == 0:
        at = timestamp(moment + timedelta(hours=1))
        looked = {"at": at, "who": f"reader-{drawn % 12}", "what": "call", "call_id": call.values["call_id"]}
        yield Entry("looks", looked)
