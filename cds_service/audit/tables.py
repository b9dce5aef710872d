"""Makes the tables of the audit store and their guards, and refuses a database that another version wrote."""

import re

from sqlalchemy import Connection, Engine, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from cds_service.audit import schema
from cds_service.errors import StartError

# Any fixed number will do; it keeps two services that start together from creating the tables twice.
_POSTGRESQL_START_LOCK = 0x63616C63


def create(engine: Engine) -> None:
    """Make the tables and their guards where they are missing.

    Where all are in place nothing is changed, so that the service can run as a role that does not own the tables.

    Raises:
        StartError: the database cannot be used, or was written by another version of this program.
    """
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_POSTGRESQL_START_LOCK)))
            if not _complete(connection):
                _create(connection)
    except DBAPIError as error:
        # What the driver says can hold the address and the user of the database, but no patient data.
        raise StartError(f"The audit database cannot be used: {error.orig}") from None


def _create(connection: Connection) -> None:
    schema.metadata.create_all(connection)
    for statement in _POSTGRESQL_GUARDS if connection.dialect.name == "postgresql" else _SQLITE_GUARDS:
        connection.execute(text(statement))


def _complete(connection: Connection) -> bool:
    return schema.metadata.tables.keys() <= set(inspect(connection).get_table_names()) and _guarded(connection)


def _guarded(connection: Connection) -> bool:
    if connection.dialect.name == "postgresql":
        listed, wanted = "SELECT tgname FROM pg_trigger WHERE tgenabled = 'A'", _POSTGRESQL_GUARDS
    else:
        listed, wanted = "SELECT name FROM sqlite_master WHERE type = 'trigger'", _SQLITE_GUARDS
    present = set(connection.scalars(text(listed)))
    return all(name in present for statement in wanted for name in _TRIGGER_NAME.findall(statement))


_TRIGGER_NAME = re.compile(r"^CREATE (?:OR REPLACE )?TRIGGER (?:IF NOT EXISTS )?(\w+)")

_OTHER_KEYS = {"feedback": [["digest"]], "content_versions": [["version"]]}
_PLACE = {table.name: [["writer", "number"]] for table in schema.CHAINED}
_KEYS = {
    table.name: [["seq"], *_PLACE.get(table.name, ()), *_OTHER_KEYS.get(table.name, ())] for table in schema.GUARDED
}

_SQLITE_GUARDS = [
    f"CREATE TRIGGER IF NOT EXISTS {table}_no_{event.lower()} BEFORE {event} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    for table in _KEYS
    for event in ("UPDATE", "DELETE")
] + [
    # INSERT OR REPLACE deletes without firing the delete trigger, so a row with a key that exists is refused.
    f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace_{'_'.join(key)} BEFORE INSERT ON {table} "
    f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {' AND '.join(f'{column} = NEW.{column}' for column in key)}) "
    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    for table, keys in _KEYS.items()
    for key in keys
]

_POSTGRESQL_GUARDS = [
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
    *(
        statement
        for table in _KEYS
        for name, event, each in (
            (f"{table}_no_change", "UPDATE OR DELETE", "ROW"),
            (f"{table}_no_truncate", "TRUNCATE", "STATEMENT"),
        )
        for statement in (
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION refuse_change()",
            # Without ALWAYS, a session that plays replica would pass by the guard.
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
        )
    ),
]
