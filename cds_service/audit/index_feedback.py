"""The index of feedback: what became of a call's cards, and why they were overridden.

A call with several pieces of feedback counts as accepted if one of them says so, else as overridden. It is counted on
the day of the call, not of the feedback, so that the parts add up to the calls with cards.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
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
_ASKED_AT_ONCE = 200
_SET_ANSWER = (
    update(schema.entries)
    .where(schema.entries.c.call_seq == bindparam("answered_call"))
    .values(answer=bindparam("answered_as"))
)


@dataclass(slots=True)
class _Call:
    """A call that was answered.

    Attributes:
        entry: its first delivery in the index.
        told: the rules that its card told.
        answer: as it stands after the feedback so far.
        reasons: why it was overridden, by this feedback.
    """

    entry: Row[Any]
    told: tuple[Fired, ...]
    answer: str
    reasons: dict[str, None]


def add_feedback(connection: Connection, rows: Sequence[Row[Any]]) -> None:
    """Add rows of `feedback` to the index, in the order in which they were written."""
    calls = _calls(connection, {row.call_seq for row in rows if row.call_seq is not None})
    for row in rows:
        # Without a call: it was on no card of ours, or the call was purged. Nothing is counted of it here.
        call = calls.get(row.call_seq)
        if call is not None:
            call.answer = ACCEPTED if ACCEPTED in (row.outcome, call.answer) else OVERRIDDEN
            if row.outcome == OVERRIDDEN:
                call.reasons[reason_of(orjson.loads(zlib.decompress(row.body)))] = None
    answered = {call.entry.call_seq: call for call in calls.values()}
    tally = Tally()
    _answer(connection, answered.values(), tally)
    _give_reasons(connection, answered, tally)
    tally.write(connection)


def _calls(connection: Connection, seqs: set[int]) -> dict[int, _Call]:
    """The calls by the numbers of their deliveries; deliveries of one call share it."""
    delivered = {row.seq: row for row in _in_parts(connection, schema.calls, "seq", seqs)}
    ids = {row.call_id for row in delivered.values()}
    entries = _in_parts(connection, schema.entries, "call_id", ids)
    first = {row.call_id: row for row in entries if not row.repeated}
    known: dict[str, _Call] = {}
    for row in delivered.values():
        if row.call_id in first and row.call_id not in known:
            entry = first[row.call_id]
            told = tuple(one for one in traits_of_row(row).fired if one.place != UNTOLD)
            known[row.call_id] = _Call(entry, told, entry.answer, {})
    return {seq: known[row.call_id] for seq, row in delivered.items() if row.call_id in known}


def _in_parts(connection: Connection, table: Any, column: str, keys: Iterable[Any]) -> Iterator[Row[Any]]:
    ordered = sorted(keys)
    for start in range(0, len(ordered), _ASKED_AT_ONCE):
        asked = ordered[start : start + _ASKED_AT_ONCE]
        yield from connection.execute(select(table).where(table.c[column].in_(asked)))


def _answer(connection: Connection, calls: Iterable[_Call], tally: Tally) -> None:
    changed = [call for call in calls if call.answer != call.entry.answer]
    for call in changed:
        place = place_of(call.entry)
        if call.entry.answer:
            _count_answer(tally, place, call.entry.answer, call.told, -1)
        _count_answer(tally, place, call.answer, call.told, 1)
    if changed:
        connection.execute(
            _SET_ANSWER, [{"answered_call": call.entry.call_seq, "answered_as": call.answer} for call in changed]
        )


def _count_answer(tally: Tally, place: Place, answer: str, told: Sequence[Fired], count: int) -> None:
    tally.add(place, ANSWER, answer, count=count)
    for one in told:
        tally.add(place, ANSWERED, one.rule, answer, count)
        if one.place == FIRST:
            tally.add(place, ANSWERED_FIRST, one.rule, answer, count)


def _give_reasons(connection: Connection, calls: dict[int, _Call], tally: Tally) -> None:
    """Mark calls with the reasons that were given for the first time."""
    marks = [
        {"kind": REASON, "subject": reason, "received_at": call.entry.received_at, "call_seq": call.entry.call_seq}
        for call in calls.values()
        for reason in call.reasons
    ]
    if not marks:
        return
    fresh = insert_if_new(connection, schema.marks).returning(schema.marks.c.subject, schema.marks.c.call_seq)
    for row in connection.execute(fresh, marks).all():
        call = calls[row.call_seq]
        place = place_of(call.entry)
        tally.add(place, REASON, "", row.subject)
        for one in call.told:
            tally.add(place, REASON, one.rule, row.subject)
            if one.place == FIRST:
                tally.add(place, REASON_FIRST, one.rule, row.subject)


def reason_of(body: dict[str, Any]) -> str:
    """Why a card was overridden: the code of the reason, or that there is none."""
    said = body.get("reason", {})
    code = str(said.get("code") or said.get("display") or "")[:_LONGEST_CODE]
    return code or (OWN_WORDS if body.get("comment") else NO_REASON)
