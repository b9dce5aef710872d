"""Finding calls by what is known of them, the newest first, in pages that stay right while calls come in."""

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
from cds_service.audit.record import Outcome
from cds_service.audit.statements import following_indexes
from cds_service.audit.traits import FIRST, REPEAT, UNTOLD

MOST_COUNTED = 10_000
"""How many calls are counted; beyond it the page says "more than"."""
ANY, NO_ANSWER = "any", "none"
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
    counted = question.places().limit(MOST_COUNTED + 1).subquery()
    with following_indexes(connection):
        total = connection.scalar(select(func.count()).select_from(counted))
        rows = connection.execute(question.rows(after).limit(size + 1)).all()
    last = rows[size - 1] if len(rows) > size else None
    following = None if last is None else Position(last.received_at, last.call_seq)
    return Found(tuple(rows[:size]), int(total or 0), following)


class _Question:
    """The search as SQL: read along one index in the order of time, everything else checked call by call.

    Which index, is decided here: SQLite knows no better than that every index is as good as the next.
    """

    def __init__(self, connection: Connection, scope: Scope, wanted: Wanted) -> None:
        self._is_sqlite = connection.dialect.name == "sqlite"
        columns, beside = _of_entries(scope, wanted), _beside(wanted)
        self._along, own = _way(columns, beside)
        at = self._along.c.received_at
        self._conditions = [
            *own,
            at >= scope.since.isoformat(),
            at < scope.ends_before,
            *(_there_is(self._along, table, conditions) for table, conditions in beside),
        ]
        self._of_entries = [self._checked(column) == value for column, value in columns.values()]
        if self._along is _entries:
            # The other tables know first deliveries only, but for the mark of the repeated ones.
            self._of_entries.append(_entries.c.repeated.is_(wanted.repeats == "yes"))

    def places(self) -> Select[Any]:
        """The calls' places, in no order; entries are looked up only where something is asked of them."""
        source = self._joined() if self._of_entries else self._along
        return select(self._along.c.call_seq).select_from(source).where(*self._conditions, *self._of_entries)

    def rows(self, after: Position | None) -> Select[Any]:
        """The calls, the newest first, after a place."""
        at = (self._along.c.received_at, self._along.c.call_seq)
        listed = select(_entries).select_from(self._joined()).where(*self._conditions, *self._of_entries)
        if after is not None:
            listed = listed.where(tuple_(*at) < tuple_(literal(after.received_at), literal(after.call_seq)))
        return listed.order_by(at[0].desc(), at[1].desc())

    def _joined(self) -> FromClause:
        if self._along is _entries:
            return _entries
        return self._along.join(_entries, self._along.c.call_seq == _entries.c.call_seq)

    def _checked(self, column: ColumnElement[str]) -> ColumnElement[str]:
        """The column as SQLite finds no index for it."""
        return func.coalesce(column, "") if self._is_sqlite else column


Columns = dict[str, tuple[ColumnElement[str], str]]
Beside = list[tuple[FromClause, list[ColumnElement[bool]]]]


def _of_entries(scope: Scope, wanted: Wanted) -> Columns:
    """What is asked of the columns of entries, by name; the rarest first."""
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


def _beside(wanted: Wanted) -> Beside:
    """What is asked of the other tables; the rarest first."""
    asked: Beside = []
    for kind, subject in (*wanted.marks, *([(REPEAT, "")] if wanted.repeats == "yes" else [])):
        table = _marks.alias()
        asked.append((table, [table.c.kind == kind, table.c.subject == subject]))
    if wanted.rule:
        own = {"tier": wanted.tier, "place": FIRST if wanted.place == FIRST else ""}
        conditions = [_fired.c.rule == wanted.rule, *(_fired.c[name] == held for name, held in own.items() if held)]
        conditions += [_fired.c.place != UNTOLD] if wanted.place == ANY else []
        conditions += [_fired.c.shadow.is_(wanted.shadow == "yes")] if wanted.shadow else []
        asked.append((_fired, conditions))
    if wanted.lacks is not None:
        named = [_lacking.c.absences.contains(f",{number},") for number in wanted.lacks]
        asked.append((_lacking, [or_(false(), *named)]))
    return asked


def _way(columns: Columns, beside: Beside) -> tuple[FromClause, list[ColumnElement[bool]]]:
    """The table whose index is followed, and what is asked of it; it is taken out of what is left to check."""
    rare = "patient_key" in columns or columns.get("outcome", (None, ""))[1] == Outcome.REFUSED
    by_mark = bool(beside) and beside[0][0].c.keys()[0] == "kind"
    if beside and not rare and (by_mark or "answer" not in columns):
        return beside.pop(0)
    name = "outcome" if rare and "patient_key" not in columns else next(iter(columns), "")
    if not name or name in ("service", "tier", "unanswered"):
        return _entries, []
    column, value = columns.pop(name)
    return _entries, [column == value]


def _there_is(along: FromClause, table: FromClause, conditions: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    place = (table.c.received_at == along.c.received_at, table.c.call_seq == along.c.call_seq)
    return exists().where(*conditions, *place).correlate(along)
