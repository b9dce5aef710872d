"""Reads chains as they lie in the database, without believing anything in it: every value as the driver gives it."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection

from cds_service.audit import chain, children
from cds_service.audit.chain import Children

_LEADING = ("seq", "number", "link")
_NO_PLACE = "typeof(writer) <> 'text' OR typeof(number) <> 'integer'"


class Found(NamedTuple):
    """A row as it was found: `values` are those that its link covers."""

    table: str
    seq: int
    number: int
    link: Any
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a chain: its numbers from first to last, and the tables that have any."""

    writer: str
    first: int
    last: int
    tables: tuple[str, ...]


def extents(connection: Connection) -> dict[str, dict[str, tuple[int, int]]]:
    """The first and the last number of each chain in each table."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    placed = f"NOT ({_NO_PLACE})" if connection.dialect.name == "sqlite" else "TRUE"
    for table in chain.COLUMNS:
        sql = f"SELECT writer, MIN(number), MAX(number) FROM {table} WHERE {placed} GROUP BY writer"
        for writer, first, last in _raw(connection, sql, ()):
            found.setdefault(writer, {})[table] = (first, last)
    return found


def without_place(connection: Connection) -> Iterator[tuple[str, int]]:
    """Table and seq of rows whose writer is no text or whose number is none, which only SQLite allows."""
    if connection.dialect.name == "sqlite":
        for table in chain.COLUMNS:
            for (seq,) in _raw(connection, f"SELECT seq FROM {table} WHERE {_NO_PLACE}", ()):
                yield table, seq


def belonging_to_none(connection: Connection) -> Iterator[tuple[str, int, int]]:
    """Table, seq and call of rows that stand beside no call."""
    for table in children.COLUMNS:
        sql = (
            f"SELECT {table}.seq, {table}.call_seq FROM {table} LEFT JOIN calls ON calls.seq = {table}.call_seq "
            "WHERE calls.seq IS NULL ORDER BY 1"
        )
        for seq, call in _raw(connection, sql, ()):
            yield table, seq, call


def astray(connection: Connection) -> Iterator[tuple[str, int]]:
    """Writer and number of feedback that names a call which never sent its card."""
    sql = (
        "SELECT feedback.writer, feedback.number FROM feedback JOIN calls ON calls.seq = feedback.call_seq "
        "WHERE NOT EXISTS (SELECT 1 FROM cards WHERE cards.call_seq = feedback.call_seq "
        "AND cards.card_uuid = feedback.card_uuid)"
    )
    yield from _raw(connection, sql, ())


def rows_of(connection: Connection, stretch: Stretch) -> list[Found]:
    """The rows of a stretch, in the order of their numbers."""
    found = [row for table in stretch.tables for row in _rows(connection, table, stretch)]
    return sorted(found, key=attrgetter("number"))


def _rows(connection: Connection, table: str, stretch: Stretch) -> list[Found]:
    columns = ", ".join(f'"{name}"' for name in (*_LEADING, *chain.COLUMNS[table]))
    sql = f"SELECT {columns} FROM {table} WHERE writer = ? AND number BETWEEN ? AND ? ORDER BY number, seq"
    rows = _raw(connection, sql, (stretch.writer, stretch.first, stretch.last))
    return [Found(table, row[0], row[1], row[2], row[3:]) for row in rows]


def children_by_call(connection: Connection, stretch: Stretch) -> dict[int, Children]:
    """What is there beside the calls of a stretch, by their seq; a call that has nothing is left out."""
    if "calls" not in stretch.tables:
        return {}
    found: dict[int, dict[str, list[dict[str, Any]]]] = {}
    for table, names in children.COLUMNS.items():
        columns = ", ".join(f"{table}.{name}" for name in names)
        sql = (
            f"SELECT calls.seq, {columns} FROM calls JOIN {table} ON {table}.call_seq = calls.seq "
            f"WHERE calls.writer = ? AND calls.number BETWEEN ? AND ? ORDER BY calls.number, {table}.seq"
        )
        for call, *values in _raw(connection, sql, (stretch.writer, stretch.first, stretch.last)):
            found.setdefault(call, {}).setdefault(table, []).append(dict(zip(names, values, strict=True)))
    return {
        call: tuple((table, tuple(made.get(table, ()))) for table in children.COLUMNS) for call, made in found.items()
    }


def link_of(connection: Connection, writer: str, number: int) -> bytes | None:
    """The link that stands at a place; None where nothing does."""
    for table in chain.COLUMNS:
        for (link,) in _raw(connection, f"SELECT link FROM {table} WHERE writer = ? AND number = ?", (writer, number)):
            return bytes(link) if isinstance(link, bytes) else None
    return None


def _raw(connection: Connection, sql: str, arguments: Sequence[Any]) -> list[Any]:
    """Rows as the driver gives them; PostgreSQL sends them in its binary form, which spares both ends the text."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        found: list[Any] = driver.cursor(binary=True).execute(sql.replace("?", "%s"), arguments).fetchall()
        return found
    try:
        found = driver.execute(sql, arguments).fetchall()
    except sqlite3.OperationalError:
        # Text that is no UTF-8: whoever tampers is not stopped by an encoding, and must not stop us.
        usual, driver.text_factory = driver.text_factory, lambda raw: raw.decode("utf-8", "surrogateescape")
        try:
            found = driver.execute(sql, arguments).fetchall()
        finally:
            driver.text_factory = usual
    return found
