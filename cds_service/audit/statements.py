"""SQL that SQLite and PostgreSQL write differently."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite


def insert_if_new(connection: Connection, table: Any, row: Mapping[str, Any]) -> Any:
    """An insert that does nothing where the key is taken; atomic, and with `returning` it tells which."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table).values(**row).on_conflict_do_nothing()
