"""Finding calls by what is known of them, the newest first, in pages that stay right while calls come in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from cds_service.audit import schema
from cds_service.audit.console.scope import Scope
from cds_service.audit.console.ways import Beside, Columns, Tallied, absences_tallied, choose
from cds_service.audit.record import Outcome
from cds_service.audit.statements import following_indexes
from cds_service.audit.tally import RULE, SHADOW
from cds_service.audit.traits import FIRST, REASON, REPEAT, UNTOLD

MOST_COUNTED = 10_000
"""How many calls are counted; beyond it the page says "more than"."""
ANY, NO_ANSWER = "any", "none"
_LED = {
    "patient_key": "entries_by_patient",
    "answer": "entries_by_answer",
    "leading_etiology": "entries_by_etiology",
    "content_version": "entries_by_content",
    "client": "entries_by_client",
    "outcome": "entries_by_outcome",
    "service": "entries_by_service",
}
"""The columns of entries that an index leads by."""
_entries, _fired, _marks, _lacking = schema.entries, schema.fired, schema.marks, schema.lacking


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a call beside the scope. What is empty is not asked.

    Attributes:
        outcome: card, silent or refused.
        etiology: its first etiology.
        tier: of the rule that is asked for; without one, of the first etiology.
        rule: a rule that reached a tier in it.
        shadow: "yes" for a rule that nobody was to see, "no" for one that could be seen.
        place: "first" where the rule stood first on a card, "any" where a card told it at all.
        answer: accepted, overridden, or "none" for cards that got no answer.
        version: the content that judged it.
        patient: keyed hash of its patient.
        marks: kinds and subjects of marks, each of which it has.
        lacks: numbers of absences (`schema.absences`), one of which it has.
        repeats: "yes" for repeated deliveries instead of calls.
    """

    outcome: str = ""
    etiology: str = ""
    tier: str = ""
    rule: str = ""
    shadow: str = ""
    place: str = ""
    answer: str = ""
    version: str = ""
    patient: str = ""
    marks: tuple[tuple[str, str], ...] = ()
    lacks: tuple[int, ...] | None = None
    repeats: str = ""


class Position(NamedTuple):
    """Where a page ends: the last call on it."""

    received_at: str
    call_seq: int


@dataclass(frozen=True, slots=True)
class Found:
    """A page of calls.

    Attributes:
        calls: rows of `schema.entries`, the newest first.
        total: how many there are on all pages; `MOST_COUNTED` + 1 where there are more than are counted.
        next: where the next page begins; None on the last one.
    """

    calls: tuple[Row[Any], ...]
    total: int
    next: Position | None


def find(connection: Connection, scope: Scope, wanted: Wanted, after: Position | None, size: int) -> Found:
    """A page of the calls that are wanted."""
    question = _Question(connection, scope, wanted)
    with following_indexes(connection):
        newest = connection.scalars(question.places().limit(MOST_COUNTED + 1)).all()
        rows = _at(connection, newest[: size + 1])
        if after is not None:
            rows = connection.execute(question.rows(after).limit(size + 1)).all()
    last = rows[size - 1] if len(rows) > size else None
    following = None if last is None else Position(last.received_at, last.call_seq)
    return Found(tuple(rows[:size]), len(newest), following)


def _at(connection: Connection, places: Sequence[int]) -> Sequence[Row[Any]]:
    listed = connection.execute(select(_entries).where(_entries.c.call_seq.in_(places)))
    return sorted(listed, key=lambda row: (row.received_at, row.call_seq), reverse=True)


class _Question:
    """The search as SQL: read along one index in the order of time, everything else checked call by call.

    Which index, is decided here: SQLite knows no better than that every index is as good as the next.
    """

    def __init__(self, connection: Connection, scope: Scope, wanted: Wanted) -> None:
        self._is_sqlite = connection.dialect.name == "sqlite"
        columns, beside = _of_entries(scope, wanted), _beside(connection, wanted)
        led = {name: value for name, (_, value) in columns.items() if name in _LED}
        self._along, own = choose(connection, scope, columns, beside, led)
        leads = next((index for name, index in _LED.items() if name in led and name not in columns), "entries_by_time")
        self._index = leads if self._along is _entries else ""
        at = self._along.c.received_at
        self._conditions = [
            *own,
            at >= scope.since.isoformat(),
            at < scope.ends_before,
            *(_there_is(self._along, one) for one in beside),
        ]
        self._of_entries = [self._checked(column) == value for column, value in columns.values()]
        if self._along is _entries:
            # The other tables know first deliveries only, but for the mark of the repeated ones.
            self._of_entries.append(_entries.c.repeated.is_(wanted.repeats == "yes"))

    def places(self) -> Select[Any]:
        """The calls' places, the newest first; entries are looked up only where something is asked of them."""
        source = self._joined() if self._of_entries else self._along
        places = select(self._along.c.call_seq).select_from(source).where(*self._conditions, *self._of_entries)
        return self._ordered(places)

    def _ordered(self, listed: Select[Any]) -> Select[Any]:
        listed = listed.order_by(self._along.c.received_at.desc(), self._along.c.call_seq.desc())
        # Without statistics, which a new database lacks, SQLite takes any index for as good as the next.
        return listed.with_hint(_entries, f"INDEXED BY {self._index}", "sqlite") if self._index else listed

    def rows(self, after: Position) -> Select[Any]:
        """The calls after a place, the newest first."""
        at = tuple_(self._along.c.received_at, self._along.c.call_seq)
        listed = select(_entries).select_from(self._joined()).where(*self._conditions, *self._of_entries)
        older = listed.where(at < tuple_(literal(after.received_at), literal(after.call_seq)))
        return self._ordered(older)

    def _joined(self) -> FromClause:
        if self._along is _entries:
            return _entries
        return self._along.join(_entries, self._along.c.call_seq == _entries.c.call_seq)

    def _checked(self, column: ColumnElement[str]) -> ColumnElement[str]:
        """The column as SQLite finds no index for it."""
        return func.coalesce(column, "") if self._is_sqlite else column


def _of_entries(scope: Scope, wanted: Wanted) -> Columns:
    """What is asked of the columns of entries, by name."""
    unanswered = wanted.answer == NO_ANSWER
    asked = {
        "patient_key": wanted.patient,
        "answer": "" if unanswered else wanted.answer,
        "leading_etiology": wanted.etiology,
        "content_version": wanted.version,
        "client": scope.client,
        "outcome": str(Outcome.CARD) if unanswered else wanted.outcome,
        "service": scope.service,
        "tier": "" if wanted.rule else wanted.tier,
    }
    columns: Columns = {name: (_entries.c[name], value) for name, value in asked.items() if value}
    return {**columns, "unanswered": (_entries.c.answer, "")} if unanswered else columns


def _beside(connection: Connection, wanted: Wanted) -> list[Beside]:
    """What is asked of the other tables."""
    asked: list[Beside] = []
    for kind, subject in (*wanted.marks, *([(REPEAT, "")] if wanted.repeats == "yes" else [])):
        table = _marks.alias()
        tallied = Tallied(kind, "", subject) if kind == REASON else Tallied(kind, subject)
        asked.append(Beside(table, [table.c.kind == kind, table.c.subject == subject], [tallied]))
    if wanted.rule:
        own = {"tier": wanted.tier, "place": FIRST if wanted.place == FIRST else ""}
        conditions = [_fired.c.rule == wanted.rule, *(_fired.c[name] == held for name, held in own.items() if held)]
        conditions += [_fired.c.place != UNTOLD] if wanted.place == ANY else []
        conditions += [_fired.c.shadow.is_(wanted.shadow == "yes")] if wanted.shadow else []
        asked.append(Beside(_fired, conditions, [Tallied(RULE, wanted.rule), Tallied(SHADOW, wanted.rule)]))
    if wanted.lacks is not None:
        named = [_lacking.c.absences.contains(f",{number},") for number in wanted.lacks]
        tallied_as = absences_tallied(connection, wanted.lacks)
        asked.append(Beside(_lacking, [or_(false(), *named)], tallied_as, is_read_whole=True))
    return asked


def _there_is(along: FromClause, one: Beside) -> ColumnElement[bool]:
    place = (one.table.c.received_at == along.c.received_at, one.table.c.call_seq == along.c.call_seq)
    return exists().where(*one.conditions, *place).correlate(along)
