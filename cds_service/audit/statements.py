"""SQL that SQLite and PostgreSQL write differently."""

from collections.abc import Mapping
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
