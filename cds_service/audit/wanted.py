"""Which part of the record somebody wants to go through."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, true

from cds_service.audit import schema


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries; what is empty asks for all.

    Attributes:
        since: the first moment, as `record.timestamp` writes it; a date alone will do.
        until: the moment at which it ends, which is left out.
        service, client, outcome: as on record.
    """

    since: str = ""
    until: str = ""
    service: str = ""
    client: str = ""
    outcome: str = ""


def within(wanted: Wanted) -> ColumnElement[bool]:
    """What a row of `calls` has to fulfil."""
    columns = schema.calls.c
    limits = (
        (wanted.since, columns.received_at >= wanted.since),
        (wanted.until, columns.received_at < wanted.until),
        (wanted.service, columns.service == wanted.service),
        (wanted.client, columns.client == wanted.client),
        (wanted.outcome, columns.outcome == wanted.outcome),
    )
    return and_(true(), *(condition for given, condition in limits if given))
