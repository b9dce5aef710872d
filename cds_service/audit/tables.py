"""Makes the tables of the audit store and their guards, and refuses a database that another version wrote."""

from sqlalchemy import Connection, Engine, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from cds_service.audit import guards, schema
from cds_service.errors import StartError

# Any fixed number will do; it keeps two services that start together from creating the tables twice.
_POSTGRESQL_START_LOCK = 0x63616C63
_ANOTHER = "or set CALCIFICATION_CDS_DATABASE_URL to another database."


def create(engine: Engine) -> None:
    """Make the tables and their guards where they are missing.

    Where all are in place nothing is changed, so that the service can run as a role that does not own the tables.

    Raises:
        StartError: the database cannot be used, or was written by another version of this program.
    """
    try:
        with engine.begin() as connection:
            found = _found(connection)
            if 0 < found < schema.VERSION:
                raise StartError(
                    f"The audit database has schema {found}, and this version needs {schema.VERSION}. "
                    "Make a copy of the database, stop every process that uses it, "
                    f"and run `calcification-cds audit migrate`, {_ANOTHER}"
                )
            _make(connection, found, None, "")
    except DBAPIError as error:
        # What the driver says can hold the address and the user of the database, but no patient data.
        raise StartError(f"The audit database cannot be used: {error.orig}") from None


def migrate(engine: Engine, key: bytes, now: str) -> tuple[int, int]:
    """Bring the database to the schema of this version; it stays as it was if anything goes wrong.

    Args:
        engine: of a role that owns the tables.
        key: the audit key, with which rows of schema 1 are chained.
        now: the present moment, as `record.timestamp` writes it.

    Returns:
        The schema before (0: there was none) and after.

    Raises:
        StartError: the database cannot be used, or was written by a newer version of this program.
    """
    try:
        with engine.begin() as connection:
            found = _found(connection)
            _make(connection, found, key, now)
    except DBAPIError as error:
        raise StartError(f"The audit database stays as it was, for it cannot be migrated: {error.orig}") from None
    return found, schema.VERSION


def _found(connection: Connection) -> int:
    """The schema of the database, 0 for an empty one; no other process makes tables until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_POSTGRESQL_START_LOCK)))
    there = set(inspect(connection).get_table_names())
    if schema.schema_version.name not in there:
        if schema.calls.name in there:
            raise StartError(
                f"The audit database has tables of no version of calcification-cds. Move them away, {_ANOTHER}"
            )
        return 0
    found: int = connection.scalar(select(func.max(schema.schema_version.c.version))) or 0
    if found > schema.VERSION:
        raise StartError(
            f"The audit database has schema {found}, and this version knows {schema.VERSION}. "
            f"Start the newer version of calcification-cds, {_ANOTHER}"
        )
    return found


def _make(connection: Connection, found: int, key: bytes | None, now: str) -> None:
    if found < schema.VERSION:
        # Alembic is not loaded where nothing is to be done: most starts of the service.
        from cds_service.audit import migrations

        migrations.upgrade(connection, found, schema.VERSION, key, now)
    elif _complete(connection):
        return
    schema.metadata.create_all(connection)
    for statement in guards.statements(connection.dialect.name):
        connection.execute(text(statement))


def _complete(connection: Connection) -> bool:
    there = set(inspect(connection).get_table_names())
    return schema.metadata.tables.keys() <= there and guards.are_in_place(connection)
