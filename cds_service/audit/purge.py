"""Takes away what is older than a day: of each chain the longest beginning in which everything is, and leaves a note.

What goes are calls with what was made from them, feedback and looks. What stays holds no data of patients: the first
entries of chains, content, testimony, switches, and the notes of purges themselves.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine, Select, Table, delete, func, select, text, union_all

from cds_service.audit import guards, schema, walk
from cds_service.audit.chain import Entry
from cds_service.audit.engine import READ_ONLY
from cds_service.audit.purged import Purge, Run, purge_body
from cds_service.audit.record import timestamp
from cds_service.audit.writer import Transaction, Writer
from cds_service.errors import StartError

_DATED = {schema.calls: "received_at", schema.feedback: "received_at", schema.looks: "at"}
"""What goes, and by which column it is old."""
_MADE_FROM_CALLS = (schema.cards, schema.answered, schema.entries, schema.fired, schema.marks, schema.lacking)


@dataclass(frozen=True, slots=True)
class Order:
    """What a purge is told: the key that signs it, the day before which everything goes, who says so, and when."""

    key: bytes
    before: date
    by: str
    clock: Callable[[], datetime]


def require_purger(engine: Engine) -> None:
    """Refuse to go on where the database would refuse.

    Raises:
        StartError: on PostgreSQL, for every role but the one that may delete.
    """
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        role = connection.scalar(text("SELECT current_user"))
    if role != guards.PURGE_ROLE:
        raise StartError(
            f"Only the role {guards.PURGE_ROLE} may purge, and CALCIFICATION_CDS_DATABASE_URL connects as {role}. "
            f"Connect as {guards.PURGE_ROLE}; `calcification-cds audit roles` prints the SQL that makes it."
        )


def foreseen(engine: Engine, order: Order) -> list[Purge]:
    """What a purge would take away. Nothing is changed."""
    with engine.execution_options(**{READ_ONLY: True}).connect() as connection:
        return [purge for writer in _chains(connection) if (purge := _plan(connection, writer, order)) is not None]


def purge(engine: Engine, writer: Writer, order: Order, progress: Callable[[int, int], object]) -> list[Purge]:
    """Purge chain after chain, each in a transaction of its own; one that was broken off is taken up by the next run.

    Args:
        engine: of a role that may delete.
        writer: of this process; its chain keeps the notes.
        order: what to purge.
        progress: told how many chains are done, of how many.
    """
    with engine.execution_options(**{READ_ONLY: True}).connect() as connection:
        due = [chain for chain in _chains(connection) if _plan(connection, chain, order) is not None]
    done = []
    for count, chain in enumerate(due, 1):
        with writer.transaction() as transaction:
            planned = _plan(transaction.connection, chain, order)
            if planned is not None:
                _take_away(transaction, order, planned)
                done.append(planned)
        progress(count, len(due))
    return done


def _chains(connection: Connection) -> list[str]:
    return sorted(walk.extents(connection))


def _plan(connection: Connection, writer: str, order: Order) -> Purge | None:
    """What there is to purge of a chain; None for nothing."""
    end = _end(connection, writer, order.before)
    listed = union_all(*(_of(table, writer, end) for table in _DATED)).order_by("number")
    runs = tuple(_runs((row.number, row.link) for row in connection.execute(listed)))
    if not runs:
        return None
    rows = {table.name: _count(connection, _of(table, writer, end)) for table in _DATED}
    rows |= {table.name: _count(connection, _beside(table, writer, end)) for table in (schema.cards, schema.answered)}
    kept = {name: count for name, count in rows.items() if count}
    return Purge(writer, runs, kept, order.by, order.before.isoformat(), timestamp(order.clock()))


def _end(connection: Connection, writer: str, before: date) -> int | None:
    """The number of the first entry that has to stay; None where none has."""
    young = [
        select(func.min(table.c.number)).where(table.c.writer == writer, table.c[column] >= before.isoformat())
        for table, column in _DATED.items()
    ]
    numbers = [number for wanted in young if (number := connection.scalar(wanted)) is not None]
    return min(numbers, default=None)


def _of(table: Table, writer: str, end: int | None) -> Select[tuple[int, bytes]]:
    wanted: Select[tuple[int, bytes]] = select(table.c.number, table.c.link).where(table.c.writer == writer)
    return wanted if end is None else wanted.where(table.c.number < end)


def _calls(writer: str, end: int | None) -> Select[tuple[int]]:
    return _of(schema.calls, writer, end).with_only_columns(schema.calls.c.seq)


def _beside(table: Table, writer: str, end: int | None) -> Select[tuple[int]]:
    return select(table.c.call_seq).where(table.c.call_seq.in_(_calls(writer, end)))


def _count(connection: Connection, wanted: Select[tuple[int, bytes]] | Select[tuple[int]]) -> int:
    return int(connection.scalar(select(func.count()).select_from(wanted.subquery())) or 0)


def _runs(places: Iterable[tuple[int, bytes]]) -> Iterator[Run]:
    """Places in their order, those that follow each other as one."""
    run: Run | None = None
    for number, link in places:
        if run is not None and number != run.last + 1:
            yield run
            run = None
        run = Run(number if run is None else run.first, number, link)
    if run is not None:
        yield run


def _take_away(transaction: Transaction, order: Order, planned: Purge) -> None:
    connection, last = transaction.connection, planned.runs[-1].last
    with guards.lifted(connection):
        for table in _MADE_FROM_CALLS:
            connection.execute(delete(table).where(table.c.call_seq.in_(_calls(planned.chain, last + 1))))
        for table in _DATED:
            connection.execute(delete(table).where(table.c.writer == planned.chain, table.c.number <= last))
    body = purge_body(order.key, planned)
    transaction.add(Entry("purges", {"at": planned.at, "before": planned.before, "body": body}))


def rows_in_all(purges: Iterable[Purge]) -> Mapping[str, int]:
    """Rows by table, of all purges together."""
    rows: dict[str, int] = {}
    for one in purges:
        for table, count in one.rows.items():
            rows[table] = rows.get(table, 0) + count
    return rows
