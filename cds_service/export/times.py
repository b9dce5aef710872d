"""Moments as a person gives them: a date, or an instant with its zone."""

from datetime import UTC, datetime

from cds_service.audit.record import timestamp
from cds_service.errors import InvalidRequest


def instant_of(text: str, name: str) -> str:
    """The moment as the record writes it; empty for an empty text. A date alone is its midnight in UTC.

    Raises:
        InvalidRequest: it is no moment; the message names the parameter.
    """
    if not text:
        return ""
    try:
        moment = datetime.fromisoformat(text)
        return timestamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise InvalidRequest(
            f"{name} must be a date or an instant, such as 2026-01-31 or 2026-01-31T09:30:00Z."
        ) from None
