"""The check as tests run it, on whatever answers at a URL."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from cds_service.app import random_id, utc_now
from cds_service.conformance.calls import Samples
from cds_service.conformance.check import Task, check
from cds_service.conformance.ledger import Row, Verdict
from cds_service.conformance.tokens import Signing
from tests.conformance.reference import ORIGIN
from tests.tokens import Signer, private_jwk

ISSUER, JKU = "https://ehr.example.org", "https://ehr.example.org/jwks.json"


def checked(
    url: str,
    signers: Sequence[Signer] = (),
    origin: str = ORIGIN,
    stopwatch: Callable[[], int] = time.perf_counter_ns,
    seconds: int = 60,
    given: Mapping[str, Any] | None = None,
    services: Sequence[str] = (),
) -> list[Row]:
    """Every assertion with what came of it."""
    keys = tuple(map(private_jwk, signers))
    signing = Signing(keys, ISSUER, JKU, "", "", url, utc_now, random_id) if keys else None
    samples = Samples(
        "Radiograph of the hip", "Calcified mass about the hip.", date(2026, 1, 31), random_id, given or {}
    )
    return list(check(Task(url, samples, signing, services, origin, seconds, stopwatch, utc_now)))


def numbers(rows: Sequence[Row], *verdicts: Verdict) -> set[str]:
    """The assertions that came to one of these verdicts."""
    return {row.assertion.number for row in rows if row.verdict in verdicts}
