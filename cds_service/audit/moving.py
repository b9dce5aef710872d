"""Moves entries from the spool to the database: in their order, and each exactly once, by its place in its chain."""

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import DataError, IntegrityError

from cds_service.audit import chain
from cds_service.audit.chain import Linked

_INSERT = {name: insert(chain.table_named(name)) for name in (*chain.COLUMNS, "cards", "answered")}


class PlaceTaken(ValueError):
    """Another entry stands in a chain where this one belongs."""


def insert_linked(connection: Connection, place: Linked) -> int:
    """Insert an entry where it belongs; the `seq` of its row."""
    own = {"writer": place.writer, "number": place.number, "link": place.link}
    kept = connection.execute(_INSERT[place.entry.table], {**place.entry.values, **own})
    seq: int = kept.inserted_primary_key[0] if kept.inserted_primary_key else 0
    for table, rows in place.entry.children:
        if rows:
            connection.execute(_INSERT[table], [{**row, "call_seq": seq} for row in rows])
    return seq


def move(engine: Engine, places: Sequence[Linked]) -> list[Linked]:
    """Insert the entries that are not there yet; those that the database refuses for their own sake.

    An entry can be there already: its commit was not heard of, or the file was not cut before its process died.

    Raises:
        SQLAlchemyError: the database is away or its tables are not as they should be; none of them may be there.
    """
    try:
        _insert_missing(engine, places)
    except (IntegrityError, DataError, ValueError):
        # One of them is refused, or another process moved it at the same moment. Each by itself shows which.
        return [place for place in places if _refused(engine, place)]
    return []


def _refused(engine: Engine, place: Linked) -> bool:
    try:
        _insert_missing(engine, [place])
    except (IntegrityError, DataError, ValueError):
        return True
    return False


def _insert_missing(engine: Engine, places: Sequence[Linked]) -> None:
    with engine.begin() as connection:
        for place in places:
            if not _is_there(connection, place):
                insert_linked(connection, place)


def _is_there(connection: Connection, place: Linked) -> bool:
    columns = chain.table_named(place.entry.table).c
    same = select(columns.link).where(columns.writer == place.writer).where(columns.number == place.number)
    link = connection.scalar(same)
    if link is not None and bytes(link) != place.link:
        raise PlaceTaken
    return link is not None
