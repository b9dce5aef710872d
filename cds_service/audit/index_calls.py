"""The index of calls: one entry for each delivery; rules, marks, absences and counts for each call once."""

import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Table, func, insert, select

from cds_service.audit import schema
from cds_service.audit.tally import Place, Tally
from cds_service.audit.traits import REPEAT, Absence, Traits, traits_of

_ASKED_AT_ONCE = 500
Rows = dict[Table, list[dict[str, Any]]]


def traits_of_row(row: Row[Any]) -> Traits:
    """The traits of a row of `calls`."""
    return traits_of(row.outcome, row.leading_etiology, row.duration_us, orjson.loads(zlib.decompress(row.body)))


def place_of(row: Row[Any]) -> Place:
    """Where a call is counted; of a row of `calls` or of `entries`."""
    return Place(row.received_at[:10], row.service, row.client, row.content_version)


def add_calls(connection: Connection, rows: Sequence[Row[Any]]) -> None:
    """Add rows of `calls` to the index."""
    known, numbers, tally = _known(connection, rows), _Numbers(connection), Tally()
    made: Rows = {schema.entries: [], schema.fired: [], schema.marks: [], schema.lacking: []}
    for row in rows:
        traits = traits_of_row(row)
        repeated = row.call_id in known
        known.add(row.call_id)
        made[schema.entries].append(_entry(row, traits, repeated))
        delivery = {"received_at": row.received_at, "call_seq": row.seq}
        if repeated:
            tally.add(place_of(row), REPEAT)
            made[schema.marks].append({**delivery, "kind": REPEAT, "subject": ""})
        else:
            tally.add_call(place_of(row), row.outcome, row.duration_us, traits)
            _add_found_by(made, delivery, traits, numbers)
    for table, values in made.items():
        if values:
            connection.execute(insert(table), values)
    tally.write(connection)


def _known(connection: Connection, rows: Sequence[Row[Any]]) -> set[str]:
    """Which of the calls were read before, in another delivery."""
    ids, entries = sorted({row.call_id for row in rows}), schema.entries
    known: set[str] = set()
    for start in range(0, len(ids), _ASKED_AT_ONCE):
        asked = ids[start : start + _ASKED_AT_ONCE]
        known.update(connection.scalars(select(entries.c.call_id).where(entries.c.call_id.in_(asked))))
    return known


def _entry(row: Row[Any], traits: Traits, repeated: bool) -> dict[str, Any]:
    copied = (
        "received_at", "call_id", "service", "client", "patient_key", "content_version", "outcome",
        "leading_etiology", "duration_us",
    )  # fmt: skip
    own = {"call_seq": row.seq, "repeated": repeated, "tier": traits.tier, "answer": ""}
    return {**{name: getattr(row, name) for name in copied}, **own}


def _add_found_by(made: Rows, call: dict[str, Any], traits: Traits, numbers: "_Numbers") -> None:
    made[schema.fired] += [{**call, **one._asdict()} for one in traits.fired]
    made[schema.marks] += [{**call, **one._asdict()} for one in traits.marks]
    if traits.absences:
        lacked = ",".join(str(number) for number in sorted(numbers.of(traits.absences)))
        made[schema.lacking].append({**call, "absences": f",{lacked},"})


class _Numbers:
    """The numbers of absences, new ones given out as they come up."""

    def __init__(self, connection: Connection) -> None:
        table = schema.absences
        self._connection = connection
        rows = connection.execute(select(table))
        self._known: dict[Absence, int] = {Absence(row.kind, row.subject, row.detail): row.id for row in rows}
        self._next = 1 + int(connection.scalar(select(func.max(table.c.id))) or 0)

    def of(self, absences: Iterable[Absence]) -> list[int]:
        return [self._number(absence) for absence in absences]

    def _number(self, absence: Absence) -> int:
        if absence not in self._known:
            self._connection.execute(insert(schema.absences), {"id": self._next, **absence._asdict()})
            self._known[absence] = self._next
            self._next += 1
        return self._known[absence]
