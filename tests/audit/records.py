"""Records to keep in tests."""

from typing import Any

from cds_service.audit.record import AuditRecord

RECORD = AuditRecord(
    call_id="call-1",
    received_at="2026-01-01T12:00:00.000Z",
    service="calcification-report-sign",
    hook="io.github.calcification-cds.report-sign",
    hook_instance="d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    client="loopback",
    patient_key="k" * 64,
    content_version="1",
    fingerprint="f" * 64,
    outcome="card",
    leading_etiology="tumoral-calcinosis",
    cards=1,
    duration_us=4200,
    body={
        "cards": [{"uuid": "card-1", "summary": "µ≥ and “quotes”", "suggestions": [{"uuid": "suggestion-1"}]}],
        "reports": [],
    },
)


def accepted(card: str, **more: Any) -> dict[str, Any]:
    """Feedback that a suggestion of a card was taken."""
    return {
        "card": card,
        "outcome": "accepted",
        "acceptedSuggestions": [{"id": "suggestion-1"}],
        "outcomeTimestamp": "2026-01-01T12:05:00Z",
        **more,
    }


def overridden(card: str, **more: Any) -> dict[str, Any]:
    """Feedback that a card was dismissed."""
    return {"card": card, "outcome": "overridden", "outcomeTimestamp": "2026-01-01T12:05:00+01:00", **more}
