"""Walks the chains of a database by itself: numbers that follow one another, and every link made anew."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, Engine, select

from cds_service.audit import chain, schema
from cds_service.audit.chain import Entry


def walked(engine: Engine, key: bytes) -> dict[str, int]:
    """How many entries each chain has; raises AssertionError where one is missing, twice there, or not as written."""
    with engine.connect() as connection:
        rows: dict[str, list[tuple[int, bytes, Entry]]] = defaultdict(list)
        for table in schema.CHAINED:
            for row in connection.execute(select(table)).mappings():
                rows[row["writer"]].append((row["number"], bytes(row["link"]), _entry(connection, table.name, row)))
    for writer, entries in rows.items():
        entries.sort(key=lambda placed: placed[0])
        assert [number for number, _, _ in entries] == list(range(len(entries))), f"the chain of {writer} has gaps"
        before = chain.START
        for number, link, entry in entries:
            assert link == chain.link(key, before, writer, number, entry), f"entry {number} of {writer} is another"
            before = link
    return {writer: len(entries) for writer, entries in rows.items()}


def _entry(connection: Connection, table: str, row: Any) -> Entry:
    values = {name: _plain(row[name]) for name in chain.COLUMNS[table]}
    made = (schema.cards, schema.answered) if table == "calls" else ()
    return Entry(table, values, tuple((child.name, _made_from(connection, child, row["seq"])) for child in made))


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _made_from(connection: Connection, child: Any, seq: int) -> tuple[dict[str, Any], ...]:
    kept = connection.execute(select(child).where(child.c.call_seq == seq).order_by(child.c.seq)).mappings()
    return tuple({name: value for name, value in row.items() if name not in ("seq", "call_seq")} for row in kept)
