"""Which rows of the record the index has not read yet: exactly, however many processes write.

The numbers of one writer are committed in order, so what was read of it is all up to its newest number, whatever
transactions of other writers are still open. Row numbers (`seq`) promise no such thing: a low one can appear late.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Table, func, select, text

from cds_service.audit import schema
from cds_service.audit.statements import upsert

_MOST_COUNTED = 100_000

# The writers of a table with their newest numbers, two probes of the index over (writer, number) for each writer.
_NEWEST = """
WITH RECURSIVE known(writer) AS (
  SELECT min(writer) FROM {table}
  UNION ALL
  SELECT (SELECT min(writer) FROM {table} WHERE writer > known.writer) FROM known WHERE known.writer IS NOT NULL
)
SELECT writer, (SELECT max(number) FROM {table} WHERE {table}.writer = known.writer) AS newest
FROM known WHERE writer IS NOT NULL
"""


class Stretch(NamedTuple):
    """What one writer wrote into a table and was not read yet: the numbers above `after`."""

    writer: str
    after: int


def unread(connection: Connection, table: Table) -> list[Stretch]:
    """The writers that have rows in a chained table that were not read yet."""
    known = select(schema.indexed).where(schema.indexed.c.read_from == table.name)
    read = {row.writer: row.number for row in connection.execute(known)}
    newest = connection.execute(text(_NEWEST.format(table=table.name)))
    return [Stretch(row.writer, read.get(row.writer, -1)) for row in newest if row.newest > read.get(row.writer, -1)]


def rows_of(connection: Connection, table: Table, stretch: Stretch, limit: int) -> Sequence[Row[Any]]:
    """The next rows of a writer, in the order in which they were written."""
    return connection.execute(
        select(table)
        .where(table.c.writer == stretch.writer, table.c.number > stretch.after)
        .order_by(table.c.number)
        .limit(limit)
    ).all()


def count_unread(connection: Connection) -> int:
    """How many calls and pieces of feedback were not read yet; counted up to a bound."""
    total = 0
    for table in (schema.calls, schema.feedback):
        for stretch in unread(connection, table):
            wanted = (
                select(table.c.number)
                .where(table.c.writer == stretch.writer, table.c.number > stretch.after)
                .limit(_MOST_COUNTED)
            )
            total += int(connection.scalar(select(func.count()).select_from(wanted.subquery())) or 0)
    return total


def mark_read(connection: Connection, table: Table, writer: str, number: int) -> None:
    """Remember how far a writer was read."""
    row = {"writer": writer, "read_from": table.name, "number": number}
    connection.execute(upsert(connection, schema.indexed, "number", adds=False), row)
