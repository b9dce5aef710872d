"""Overrides with their reasons, call by call."""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Row, select

from cds_service.audit import schema
from cds_service.audit.index_feedback import reason_of

_feedback, _calls = schema.feedback, schema.calls


class Said(NamedTuple):
    """What a reader said of a call's card: what was done, why by its code, the reason in words, and the comment."""

    outcome: str
    reason: str
    words: str
    comment: str


def said_of(connection: Connection, calls: Sequence[Row[Any]]) -> Mapping[str, list[Said]]:
    """The feedback on calls (rows of `schema.entries`), by call id, in the order of arrival."""
    ids = [call.call_id for call in calls]
    rows = connection.execute(
        select(_calls.c.call_id, _feedback.c.outcome, _feedback.c.body)
        .select_from(_feedback.join(_calls, _feedback.c.call_seq == _calls.c.seq))
        .where(_calls.c.call_id.in_(ids))
        .order_by(_feedback.c.seq)
    )
    said: dict[str, list[Said]] = {}
    for row in rows:
        body = orjson.loads(zlib.decompress(row.body))
        told = body.get("reason", {})
        reason = reason_of(body) if row.outcome == "overridden" else ""
        words = str(told.get("display") or told.get("code") or "")
        said.setdefault(row.call_id, []).append(Said(row.outcome, reason, words, str(body.get("comment", ""))))
    return said
