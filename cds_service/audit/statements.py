"""SQL that SQLite and PostgreSQL write differently."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_if_new(connection: Connection, table: Any, row: Mapping[str, Any] | None = None) -> Any:
    """An insert that does nothing where the key is taken; atomic, and with `returning` it tells which.

    Args:
        connection: to the database.
        table: where to.
        row: the one row; None where the rows come in when it is executed.
    """
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table)
    return (statement if row is None else statement.values(**row)).on_conflict_do_nothing()


def upsert(connection: Connection, table: Table, column: str, *, adds: bool) -> Any:
    """An insert that, where the primary key is taken, puts the new value into a column, or adds it to the one there."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table)
    new = statement.excluded[column]
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns), set_={column: table.c[column] + new if adds else new}
    )


_PLANS = ("jit", *(f"enable_{kind}" for kind in ("sort", "seqscan", "bitmapscan", "hashjoin", "mergejoin")))


@contextmanager
def following_indexes(connection: Connection) -> Iterator[None]:
    """Let PostgreSQL read along indexes meanwhile, whatever its statistics say.

    They take conditions on the same rows for independent, and so expect one row where thousands are: whole tables
    would be read, joined and sorted for a page of fifty. In SQLite the statements themselves name the way.
    """
    postgresql_reads = connection.dialect.name == "postgresql"
    if postgresql_reads:
        connection.exec_driver_sql("; ".join(f"SET LOCAL {name} = off" for name in _PLANS))
    yield
    if postgresql_reads:
        # After an error the transaction is over, and this with it.
        connection.exec_driver_sql("; ".join(f"SET LOCAL {name} TO DEFAULT" for name in _PLANS))
