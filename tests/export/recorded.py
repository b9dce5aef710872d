"""Recorded calls to take out: real answers to calls that hold what must not leave."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cds_service.audit.feedback import StoredFeedback
from cds_service.audit.record import AuditRecord, StoredCall
from cds_service.export.rows import Recorded
from tests.audit.records import RECORD
from tests.scenarios.asking import CONTENT, ask, bundle, hook_request, observation, report

SECRETS = {
    "the report's words": "Large lobulated periarticular calcified masses",
    "a result's id": "Observation/",
    "a result's date": "2026-06-29",
    "a condition's words": "haemodialysis",
    "the report's id": "draft-of-miller",
    "the clinician's comment": "Call Mr Miller",
    "a code that a client made up": "MILLER-123",
    "the patient's key": "key of p1",
    "the client": "county-hospital",
}
TEXT = "Large lobulated periarticular calcified masses about both hips with fluid-calcium levels."


def stored(seq: int, record: AuditRecord) -> StoredCall:
    """A record as a store gives it back."""
    return StoredCall(seq, record, "writer1", seq, bytes(32), None)


def answered(name: str = "one", patient: str = "p1", received: str = "2026-03-09T12:00:00.000Z") -> Recorded:
    """A call with a card, on a chart of somebody of 93 years, dismissed with a reason of the client's own."""
    request = hook_request(
        labs=[("phosphate", 8.2, "mg/dL")],
        conditions=["haemodialysis"],
        birth_date="1933-01-01",
        prefetch={"enzymes": bundle([observation("calcium", 9, "mg/dL", subject={"reference": "Patient/another"})])},
        reports=[report(f"{TEXT} {name}", id="draft-of-miller")],
    )
    told = ask(request)
    record = replace(told.record, client="county-hospital", patient_key=f"key of {patient}", received_at=received)
    made_up = {"system": "urn:client", "code": "MILLER-123", "display": "MILLER-123"}
    said = {"at": received, "reason": made_up, "comment": "Call Mr Miller", "client": "county-hospital"}
    feedback = StoredFeedback(told.cards[0]["uuid"], received, "overridden", said)
    return recorded(stored(1, record), [feedback])


def silent() -> Recorded:
    """A call that was not spoken to."""
    return recorded(stored(2, ask(hook_request("Vascular calcification only.")).record))


def refused() -> Recorded:
    """A call that named no patient."""
    record = replace(
        RECORD, outcome="refused", cards=0, patient_key="", leading_etiology="", body={"refused": "hook is missing."}
    )
    return recorded(stored(3, record))


def alarming() -> Recorded:
    """A call with a must-not-miss card."""
    request = hook_request(
        "Aggressive soft tissue mass of the thigh with amorphous mineralisation, destroying the femoral cortex."
    )
    return recorded(stored(4, ask(request).record))


def recorded(call: StoredCall, feedback: Sequence[StoredFeedback] = ()) -> Recorded:
    """A delivery with the content of the product."""
    content: dict[str, Any] = CONTENT.snapshot
    return Recorded(call, content, feedback)
