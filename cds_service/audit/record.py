"""What is kept of a call. Advice and its record are one value: neither leaves the program without the other."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson

from cds_service.audit.switched import ALL_ON, Switched


class Outcome(StrEnum):
    """What came of a call."""

    CARD = "card"
    SILENT = "silent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """The record of one call. It holds no patient name, no token, and of the report only the quoted spans.

    Attributes:
        call_id: the id in the call's page address; a repeated call has the same one.
        received_at: when this call came in, in UTC, as `timestamp` writes it.
        service: id of the CDS service called.
        hook: name of its hook.
        hook_instance: the client's id of the call; empty where a refused call gave none.
        client: who called, as far as it is known.
        patient_key: keyed hash of the patient id; empty where a refused call named no patient.
        content_version: version of the rules and wording that judged.
        fingerprint: SHA-256 of the request, as `fingerprint` computes it.
        outcome: card, silent or refused.
        leading_etiology: id of the first etiology of the differential; empty without one.
        cards: number of cards in the answer.
        duration_us: microseconds from reading the body to the answer, without keeping this record.
        body: everything else, as JSON values: facts, outcomes with evidence, work-up, cards, what was set aside.
    """

    call_id: str
    received_at: str
    service: str
    hook: str
    hook_instance: str
    client: str
    patient_key: str
    content_version: str
    fingerprint: str
    outcome: str
    leading_etiology: str
    cards: int
    duration_us: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a call came in, which its answer and its record need and its body does not say.

    Attributes:
        received_at: when this delivery came in, in UTC.
        as_of: the moment to judge by: `received_at`, or that of the first delivery when this is a repeat, so that a
            repeated call gets the same answer.
        client: who called, as far as it is known.
        fingerprint: SHA-256 of the request, as `fingerprint` computes it.
        elapsed_us: microseconds since the call came in.
        switched: what is switched off for it.
        memory_away: whether nobody could be asked if this is a repeat, so that it counts as none.
    """

    received_at: datetime
    as_of: datetime
    client: str
    fingerprint: str
    elapsed_us: Callable[[], int]
    switched: Switched = ALL_ON
    memory_away: bool = False


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A record as the store gives it back.

    Attributes:
        seq: its place among all calls of the installation.
        record: what was kept.
        writer, number, link: its chain, its place there, and the keyed hash over it and all before it.
        texts: the texts of its reports, sealed; None where they were not kept.
    """

    seq: int
    record: AuditRecord
    writer: str
    number: int
    link: bytes
    texts: bytes | None


def timestamp(moment: datetime) -> str:
    """An instant as the record writes it: UTC, ISO 8601, milliseconds, "Z".

    Raises:
        ValueError: for a moment without a time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("The audit record needs an instant, and a moment without a time zone is none.")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def fingerprint(request: Mapping[str, Any]) -> str:
    """SHA-256 of a request, whatever the order of its keys.

    The access token is left out: it changes between two deliveries of the same call and says nothing of the patient.
    """
    said = {key: value for key, value in request.items() if key != "fhirAuthorization"}
    try:
        canonical = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        # A lone surrogate or a number beyond 64 bits: the same request always comes this way.
        canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")
    return hashlib.sha256(canonical).hexdigest()
