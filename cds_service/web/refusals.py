"""The record of a request that gets no answer, and how many of them strangers can cause."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import Any

from cds_service.audit.record import AuditRecord, Outcome, timestamp
from cds_service.web.installation import Installation, Offer

STRANGERS_AT_ONCE = 20
STRANGERS_EVERY_S = 60
_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is known of a request when it is refused.

    Attributes:
        offer: the CDS service that was called; None where it was none on offer.
        client: who called, as far as it is proven.
        reason: why, without anything that the request says.
        received_at: when it came in.
        duration_us: microseconds since then.
        hook_instance: the client's id of the call; empty where there is none.
        fingerprint: of the request; empty where it was not read.
        more: members of the record's body beside the reason.
    """

    offer: Offer | None
    client: str
    reason: str
    received_at: datetime
    duration_us: int
    hook_instance: str = ""
    fingerprint: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


def refusal_record(installation: Installation, refusal: Refusal) -> AuditRecord:
    """The refusal as the audit store keeps it."""
    return AuditRecord(
        call_id=installation.new_id(),
        received_at=timestamp(refusal.received_at),
        service=refusal.offer.id if refusal.offer else "",
        hook=refusal.offer.hook if refusal.offer else "",
        hook_instance=refusal.hook_instance,
        client=refusal.client,
        patient_key="",
        content_version=installation.content_version,
        fingerprint=refusal.fingerprint,
        outcome=Outcome.REFUSED,
        leading_etiology="",
        cards=0,
        duration_us=refusal.duration_us,
        body={"refused": refusal.reason, **refusal.more},
    )


class StrangersBudget:
    """How many refusals of unproven callers are written down: some at once, then one a minute for each process.

    The record is append-only, so whoever could write to it at will could fill the disk. What is not written down is
    counted, and the next that is says how many there were.

    Args:
        stopwatch: nanoseconds that only ever go up.
    """

    def __init__(self, stopwatch: Callable[[], int]) -> None:
        self._stopwatch = stopwatch
        self._state = _Budget(float(STRANGERS_AT_ONCE), stopwatch(), 0)
        self._lock = Lock()

    def spend(self) -> int | None:
        """How many were not written down before this one, which may be; None when this one may not be either."""
        with self._lock:
            now = self._stopwatch()
            earned = (now - self._state.at) / (STRANGERS_EVERY_S * _NS)
            left = min(self._state.left + earned, float(STRANGERS_AT_ONCE))
            if left < 1:
                self._state = replace(self._state, left=left, at=now, passed_over=self._state.passed_over + 1)
                return None
            passed_over = self._state.passed_over
            self._state = _Budget(left - 1, now, 0)
            return passed_over


@dataclass(frozen=True, slots=True)
class _Budget:
    left: float
    at: int
    passed_over: int
