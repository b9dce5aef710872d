"""Brings an audit database from one schema to the next, in one transaction.

Run by command, or on an empty database. Which schema a database has stands in its table `schema_version`; Alembic's own
table follows it.
"""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

_SCRIPTS = "cds_service.audit:migrations"


def upgrade(connection: Connection, found: int, to: int, key: bytes | None, now: str) -> None:
    """Bring the schema from one version to a later one, in the connection's transaction.

    Args:
        connection: within a transaction.
        found: the schema of the database; 0 for an empty one.
        to: the schema that it shall have.
        key: the audit key, with which the rows that are there are chained; an empty database needs none.
        now: the present moment, as `record.timestamp` writes it.
    """
    config = Config()
    config.set_main_option("script_location", _SCRIPTS)
    config.attributes.update(connection=connection, key=key, now=now)
    context = MigrationContext.configure(connection)
    context.stamp(ScriptDirectory.from_config(config), revision(found) if found else "base")
    command.upgrade(config, revision(to))


def revision(version: int) -> str:
    """The revision that makes a schema."""
    return f"{version:04d}"
