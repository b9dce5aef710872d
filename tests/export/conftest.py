"""The stores of the audit tests, on SQLite and on PostgreSQL."""

from tests.audit.conftest import database_url, engine, postgresql_server, store

__all__ = ["database_url", "engine", "postgresql_server", "store"]
