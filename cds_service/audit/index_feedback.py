"""The index of feedback: what became of a call's cards, and why they were overridden.

A call with several pieces of feedback counts as accepted if one of them says so, else as overridden. It is counted on
the day of the call, not of the feedback, so that the parts add up to the calls with cards.
"""

import zlib
from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Row, bindparam, select, update

from cds_service.audit import schema
from cds_service.audit.index_calls import place_of, traits_of_row
from cds_service.audit.statements import insert_if_new
from cds_service.audit.tally import ANSWER, ANSWERED, ANSWERED_FIRST, REASON_FIRST, Place, Tally
from cds_service.audit.traits import FIRST, REASON, UNTOLD, Fired

ACCEPTED, OVERRIDDEN = "accepted", "overridden"
NO_REASON, OWN_WORDS = "no reason given", "own words only"
_LONGEST_CODE = 80
_FIRST_DELIVERY = (
    select(schema.entries)
    .where(schema.entries.c.call_id == bindparam("asked_for"))
    .where(schema.entries.c.repeated.is_(False))
)


def add_feedback(connection: Connection, rows: Sequence[Row[Any]]) -> None:
    """Add rows of `feedback` to the index, in the order in which they were written."""
    tally = Tally()
    for row in rows:
        if row.call_seq is not None:
            _add_one(connection, row, tally)
    tally.write(connection)


def _add_one(connection: Connection, row: Row[Any], tally: Tally) -> None:
    call = connection.execute(select(schema.calls).where(schema.calls.c.seq == row.call_seq)).first()
    entry = None if call is None else connection.execute(_FIRST_DELIVERY, {"asked_for": call.call_id}).first()
    if call is None or entry is None:
        # The call was purged before its feedback was read; nothing is counted of it any more.
        return
    told = [one for one in traits_of_row(call).fired if one.place != UNTOLD]
    _answer(connection, entry, row.outcome, told, tally)
    if row.outcome == OVERRIDDEN:
        _give_reason(connection, entry, reason_of(orjson.loads(zlib.decompress(row.body))), told, tally)


def _answer(connection: Connection, entry: Row[Any], outcome: str, told: Sequence[Fired], tally: Tally) -> None:
    if outcome == entry.answer or entry.answer == ACCEPTED:
        return
    here = schema.entries.c.call_seq == entry.call_seq
    connection.execute(update(schema.entries).where(here).values(answer=outcome))
    place = place_of(entry)
    if entry.answer:
        _count_answer(tally, place, entry.answer, told, -1)
    _count_answer(tally, place, outcome, told, 1)


def _count_answer(tally: Tally, place: Place, answer: str, told: Sequence[Fired], count: int) -> None:
    tally.add(place, ANSWER, answer, count=count)
    for one in told:
        tally.add(place, ANSWERED, one.rule, answer, count)
        if one.place == FIRST:
            tally.add(place, ANSWERED_FIRST, one.rule, answer, count)


def _give_reason(connection: Connection, entry: Row[Any], reason: str, told: Sequence[Fired], tally: Tally) -> None:
    mark = {"kind": REASON, "subject": reason, "received_at": entry.received_at, "call_seq": entry.call_seq}
    fresh = insert_if_new(connection, schema.marks, mark).returning(schema.marks.c.call_seq)
    if connection.scalar(fresh) is None:
        return
    place = place_of(entry)
    tally.add(place, REASON, "", reason)
    for one in told:
        tally.add(place, REASON, one.rule, reason)
        if one.place == FIRST:
            tally.add(place, REASON_FIRST, one.rule, reason)


def reason_of(body: dict[str, Any]) -> str:
    """Why a card was overridden: the code of the reason, or that there is none."""
    said = body.get("reason", {})
    code = str(said.get("code") or said.get("display") or "")[:_LONGEST_CODE]
    return code or (OWN_WORDS if body.get("comment") else NO_REASON)
