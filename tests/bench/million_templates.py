"""Answered calls to make a large store from: real answers of the service, of which each can be kept many times over.

A body is packed once, in pieces; the uuids in it are put between the pieces for each call anew, so that a million
bodies cost no more than the checksums.
"""

import base64
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import orjson

from cds_service.audit.record import AuditRecord
from cds_service.hooks import SERVICES
from tests.bench.payload import hook_request
from tests.evaluation.reading_list import Listed, reading_list
from tests.evaluation.told import MINERAL_KINDS
from tests.scenarios.asking import DOMAIN, ask, bundle, observation, request_of, stored_report

_UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HEADER, _END = b"\x78\x9c", b"\x01\x00\x00\xff\xff"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Template:
    """One answered call, whose uuids are still to be set.

    Attributes:
        record: as the service made it.
        pieces: what stands between the uuids of its body, plain and packed.
        places: for each gap between pieces, which of the call's uuids stands there.
        cards: the cards, as numbers of uuids.
        suggestions: the suggestions of each card, as numbers of uuids.
    """

    record: AuditRecord
    pieces: tuple[tuple[bytes, bytes], ...]
    places: tuple[int, ...]
    cards: tuple[int, ...]
    suggestions: tuple[tuple[int, ...], ...]

    def packed(self, uuids: Sequence[str]) -> bytes:
        """The body with these uuids, packed as the store packs one.

        Args:
            uuids: one for each that `places` names.
        """
        first, *rest = self.pieces
        packed, checksum = [_HEADER, first[1]], zlib.adler32(first[0])
        for place, (plain, squeezed) in zip(self.places, rest, strict=True):
            raw = uuids[place].encode()
            size = len(raw).to_bytes(2, "little")
            packed += [b"\x00", size, bytes(255 - byte for byte in size), raw, squeezed]
            checksum = zlib.adler32(plain, zlib.adler32(raw, checksum))
        return b"".join([*packed, _END, checksum.to_bytes(4, "big")])


def template_of(record: AuditRecord) -> Template:
    """A template from an answered call."""
    body = orjson.dumps(dict(record.body))
    uuids = list(dict.fromkeys(_UUID.findall(body)))
    number = {uuid.decode(): place for place, uuid in enumerate(uuids)}
    cards = record.body.get("cards", ())
    return Template(
        record,
        tuple((piece, _squeezed(piece)) for piece in _UUID.split(body)),
        tuple(uuids.index(found) for found in _UUID.findall(body)),
        tuple(number[card["uuid"]] for card in cards),
        tuple(tuple(number[one["uuid"]] for one in card.get("suggestions", ())) for card in cards),
    )


def _squeezed(piece: bytes) -> bytes:
    """A piece as blocks of DEFLATE that need nothing before them and end on a whole byte."""
    squeezing = zlib.compressobj(wbits=-15)
    return squeezing.compress(piece) + squeezing.flush(zlib.Z_FULL_FLUSH)


def templates(many: int = 240) -> Mapping[str, tuple[Template, ...]]:
    """Templates by service, on charts with many laboratory results and with few.

    Three of four reports name mineral in the soft tissues, so that bodies are as large as those of calls with a card;
    the rest is the reading list by its weights.
    """
    listed = reading_list().listed
    telling = [one for one in listed if one.kind in MINERAL_KINDS]
    chosen = [*telling[:: max(1, len(telling) * 4 // (many * 3))][: many * 3 // 4], *_sampled(listed, many // 4)]
    signing = [template_of(ask(_signed(listed, place)).record) for place, listed in enumerate(chosen)]
    opening, ordering = SERVICES["calcification-patient-view"], SERVICES["calcification-order-sign"]
    opened = [template_of(ask(_opened(listed), opening).record) for listed in chosen[::4]]
    ordered = [template_of(ask(_ordered(listed), ordering).record) for listed in chosen[::8]]
    return {opening.id: tuple(opened), ordering.id: tuple(ordered), signing[0].record.service: tuple(signing)}


def _sampled(listed: Sequence[Listed], many: int) -> Iterator[Listed]:
    """So many of the list that each kind has its share."""
    reached = list(accumulate(one.weight for one in listed))
    place = 0
    for step in range(many):
        while reached[place] < (step + 0.5) / many * reached[-1]:
            place += 1
        yield listed[place]


def _signed(listed: Listed, place: int) -> Json:
    """Five of six charts are full ones: fifty results and ten problems."""
    own = listed.case.request
    if place % 6 == 0:
        return own
    full = hook_request(place)
    (drafted,) = full["context"]["draftReports"]["entry"]
    text = base64.b64encode(_text(listed).encode()).decode()
    drafted["resource"]["presentedForm"] = [{"contentType": "text/plain", "data": text}]
    if place % 3 == 1:
        full["prefetch"]["renal"] = bundle([observation("egfr", 90 - place % 60, "mL/min/{1.73_m2}")])
    return full


def _text(listed: Listed) -> str:
    text: str = listed.case.request["context"]["draftReports"]["entry"][0]["resource"]["conclusion"]
    return text


def _opened(listed: Listed) -> Json:
    return request_of(SERVICES["calcification-patient-view"], {}, {"imaging": bundle([_on_file(listed)])})


def _ordered(listed: Listed) -> Json:
    order = {
        "resourceType": "ServiceRequest",
        "id": "o1",
        "status": "draft",
        "subject": {"reference": "Patient/p1"},
        "code": {"text": "Calcium", "coding": [{"system": "http://loinc.org", "code": "17861-6"}]},
    }
    orders = {"draftOrders": bundle([order])}
    return request_of(SERVICES["calcification-order-sign"], orders, {"imaging": bundle([_on_file(listed)])})


def _on_file(listed: Listed) -> Json:
    return stored_report("imaging-1", _text(listed), "2026-05-02", code={"text": f"Imaging, {DOMAIN}"})
