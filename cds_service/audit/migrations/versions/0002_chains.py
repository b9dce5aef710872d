"""Schema 2: every row of the record stands in a chain, and beside the record stands what is worked out from it.

The rows of schema 1 become the chain "before", in the order calls, feedback, content versions.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby, islice
from typing import Any

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    insert,
    inspect,
    text,
)

from cds_service import __version__
from cds_service.audit.chain import START, Children, Place, link_over
from cds_service.audit.migrations import derived_0002
from cds_service.errors import StartError

revision = "0002"
down_revision = "0001"

_CHAIN = "before"
_OLD = ("answered", "cards", "feedback", "calls", "content_versions")
"""What is moved; what refers to other tables goes first."""
_CHILDREN = {"cards": ("card_uuid",), "answered": ("digest", "reader")}
_ORDER = {"calls": "seq", "feedback": "seq", "content_versions": "first_seen, version"}
_OWN = ("seq", "writer", "number", "link")
_AT_ONCE = 500

_metadata = MetaData()
_seq = BigInteger().with_variant(Integer, "sqlite")
Row = Mapping[str, Any]


def _chained(name: str, *columns: Column[Any] | Index) -> None:
    own: tuple[Column[Any], ...] = (
        Column("seq", _seq, primary_key=True, autoincrement=True),
        Column("writer", Text, nullable=False),
        Column("number", BigInteger, nullable=False),
        Column("link", LargeBinary, nullable=False),
    )
    place = UniqueConstraint("writer", "number", name=f"{name}_place")
    Table(name, _metadata, *own, *columns, place, sqlite_autoincrement=True)


_chained(
    "writers",
    Column("started_at", Text, nullable=False),
    Column("program", Text, nullable=False),
    Column("witnessed", Text, nullable=False),
)
_chained(
    "witnesses",
    Column("at", Text, nullable=False),
    Column("witnessed", Text, nullable=False),
)
_chained(
    "calls",
    Column("call_id", Text, nullable=False, index=True),
    Column("received_at", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("hook", Text, nullable=False),
    Column("hook_instance", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("patient_key", Text, nullable=False),
    Column("content_version", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("leading_etiology", Text, nullable=False),
    Column("cards", Integer, nullable=False),
    Column("duration_us", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("texts", LargeBinary, nullable=True),
    Index("calls_repeated", "hook_instance", "fingerprint", "content_version"),
)
Table(
    "cards",
    _metadata,
    Column("seq", _seq, primary_key=True, autoincrement=True),
    Column("card_uuid", Text, nullable=False, index=True),
    Column("call_seq", _seq, nullable=False, index=True),
    sqlite_autoincrement=True,
)
Table(
    "answered",
    _metadata,
    Column("seq", _seq, primary_key=True, autoincrement=True),
    Column("reader", Text, nullable=False, index=True),
    Column("digest", Text, nullable=False),
    Column("call_seq", _seq, nullable=False, index=True),
    sqlite_autoincrement=True,
)
_chained(
    "feedback",
    Column("card_uuid", Text, nullable=False, index=True),
    Column("call_seq", _seq, nullable=True, index=True),
    Column("received_at", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),
)
_chained(
    "content_versions",
    Column("version", Text, nullable=False, unique=True),
    Column("first_seen", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
_chained(
    "looks",
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("call_id", Text, nullable=False, index=True),
)
_chained(
    "switches",
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
_chained(
    "purges",
    Column("at", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("body", Text, nullable=False),
)


def upgrade() -> None:
    """Move the old rows aside, make the tables anew, and put the rows back, each in its place in the chain."""
    connection = op.get_bind()
    there = inspect(connection).get_table_names()
    old = [name for name in _OLD if name in there]
    for name in old:
        op.execute(f"CREATE TABLE moved_{name} AS SELECT * FROM {name}")
        op.execute(f"DROP TABLE {name}")
    _metadata.create_all(connection, checkfirst=False)
    derived_0002.metadata.create_all(connection, checkfirst=False)
    if any(connection.scalar(text(f"SELECT 1 FROM moved_{name} LIMIT 1")) for name in old):
        _put_back(connection, old)
    for name in old:
        op.execute(f"DROP TABLE moved_{name}")
    op.execute("INSERT INTO schema_version (version) VALUES (2)")


def _put_back(connection: Connection, old: list[str]) -> None:
    given = op.get_context().config.attributes  # type: ignore[union-attr]  # `migrations.upgrade` always gives one
    if given["key"] is None:
        raise StartError("The rows of the audit database must be chained. Run `calcification-cds audit migrate`.")
    children = {name: _by_call(connection, name) for name in _CHILDREN if name in old}

    def made_from(row: Row) -> Children:
        return tuple((name, children[name](row["seq"]) if name in children else ()) for name in _CHILDREN)

    first = {"started_at": given["now"], "program": __version__, "witnessed": "{}"}
    head = _append(connection, given["key"], (0, START), "writers", [(first, ())])
    for name in _ORDER:
        moved = ((row, made_from(row) if name == "calls" else ()) for row in _moved(connection, name, _ORDER[name]))
        head = _append(connection, given["key"], head, name, moved)
    for name in children:
        columns = ", ".join(("seq", *_CHILDREN[name], "call_seq"))
        op.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM moved_{name} ORDER BY seq")
    if connection.dialect.name == "postgresql":
        for name in ("calls", "feedback", *children):
            sequence = f"pg_get_serial_sequence('{name}', 'seq')"
            op.execute(f"SELECT setval({sequence}, (SELECT max(seq) FROM {name})) FROM {name} LIMIT 1")


def _append(
    connection: Connection, key: bytes, head: tuple[int, bytes], name: str, rows: Iterable[tuple[Row, Children]]
) -> tuple[int, bytes]:
    """Insert rows at the end of the chain; the number and the link before the next one."""
    table, stream = _metadata.tables[name], iter(rows)
    columns = [column.name for column in table.columns if column.name not in _OWN]
    number, link = head
    while at_once := list(islice(stream, _AT_ONCE)):
        batch = []
        for row, children in at_once:
            values = {column: row.get(column) for column in columns}
            link = link_over(key, link, Place(name, _CHAIN, number), values.values(), children)
            batch.append({**row, **values, "writer": _CHAIN, "number": number, "link": link})
            number += 1
        connection.execute(insert(table), batch)
    return number, link


def _moved(connection: Connection, name: str, order: str) -> Iterator[Row]:
    wanted = text(f"SELECT * FROM moved_{name} ORDER BY {order}")
    for row in connection.execute(wanted, execution_options={"yield_per": _AT_ONCE}):
        yield row._asdict()


def _by_call(connection: Connection, name: str) -> Callable[[int], tuple[Row, ...]]:
    """The rows that were made from a call, for calls that come in their order."""
    rows = _moved(connection, name, "call_seq, seq")
    groups = ((call, list(group)) for call, group in groupby(rows, key=lambda row: row["call_seq"]))
    waiting = next(groups, None)

    def taken(call: int) -> tuple[Row, ...]:
        nonlocal waiting
        if waiting is None or waiting[0] != call:
            return ()
        group, waiting = waiting[1], next(groups, None)
        return tuple({column: row[column] for column in _CHILDREN[name]} for row in group)

    return taken
