"""The chain: each row of the record carries a keyed hash over itself and the row before it, per writer.

Who changes, removes or reorders rows in the database would have to make every later link anew, and cannot without the
installation's audit key, which the database does not hold.
"""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Table

from cds_service.audit import schema

LINK_BYTES = 32
START = bytes(LINK_BYTES)
"""What stands before the first link of a chain."""

_OWN = ("seq", "writer", "number", "link")
COLUMNS = {
    table.name: tuple(column.name for column in table.columns if column.name not in _OWN) for table in schema.CHAINED
}
"""The columns that a link covers, by table, in their order."""

Value = str | int | bytes | None
Children = tuple[tuple[str, tuple[Mapping[str, Value], ...]], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the record before it has its place in a chain.

    Attributes:
        table: one of `schema.CHAINED`, by name.
        values: by column, without seq, writer, number and link.
        children: rows of tables that are made from this one, by table; each holds `call_seq` once the row is kept.
    """

    table: str
    values: Mapping[str, Value]
    children: Children = ()


@dataclass(frozen=True, slots=True)
class Linked:
    """An entry in its place: the `number`-th of the chain of `writer`, counted from 0."""

    entry: Entry
    writer: str
    number: int
    link: bytes


def link(key: bytes, before: bytes, writer: str, number: int, entry: Entry) -> bytes:
    """The link of an entry: HMAC-SHA-256 over the link before it, its place, and everything it holds.

    Args:
        key: the installation's audit key.
        before: the link of the entry before it in the writer's chain; `START` for the first.
        writer: the writer's id.
        number: its place in the chain.
        entry: the row, with what is made from it.
    """
    values = [entry.values[name] for name in COLUMNS[entry.table]]
    return link_over(key, before, Place(entry.table, writer, number), values, entry.children)


class Place(NamedTuple):
    """Where a row stands: its table, the writer of its chain, and its number there."""

    table: str
    writer: str
    number: int


def link_over(key: bytes, before: bytes, place: Place, values: Iterable[object], children: Children) -> bytes:
    """The link of a row as it is read, whatever stands in it.

    Args:
        key: the installation's audit key.
        before: the link of the entry before it.
        place: where it stands.
        values: of the columns that a link covers, in their order.
        children: what is made from the row, as in `Entry.children`.
    """
    said = [before, _said((place.writer, place.number, place.table, *values))]
    for name, rows in children:
        said.append(_said((name,)))
        said += [_said([row[column] for column in sorted(row)]) for row in rows]
    return hmac.digest(key, b"".join(said), "sha256")


def _said(values: Iterable[object]) -> bytes:
    """Values, each with its kind and length in bytes before it, so that no two rows read the same.

    It is written for speed, since verification spends most of its time here: text is put together as text.
    """
    parts: list[bytes] = []
    words: list[str] = []
    for value in values:
        if type(value) is str and value.isascii():
            words.append(f"s{len(value)}:{value}")
        elif type(value) is int:
            digits = str(value)
            words.append(f"i{len(digits)}:{digits}")
        elif value is None:
            words.append("n")
        else:
            kind, raw = _raw(value)
            parts += ["".join(words).encode(), b"%b%d:" % (kind, len(raw)), raw]
            words.clear()
    return b"".join([*parts, "".join(words).encode()])


def _raw(value: object) -> tuple[bytes, bytes]:
    if isinstance(value, bytes):
        return b"b", value
    if isinstance(value, str):
        return b"s", value.encode("utf-8", "surrogatepass")
    # Nothing like it is ever written; a database that was tampered with can give it back.
    return b"?", repr(value).encode()


def table_named(name: str) -> Table:
    """The chained table or child table with this name."""
    return schema.metadata.tables[name]
