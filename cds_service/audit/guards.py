"""What makes the tables append-only: triggers in the database itself, which refuse whoever asks."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from cds_service.audit import schema

PURGE_ROLE = "calcification_purge"
"""The one role of PostgreSQL that may delete."""
PURGEABLE = (schema.calls, schema.cards, schema.answered, schema.feedback, schema.looks)
"""What a purge takes away: all that holds data of patients or of readers."""


def statements(dialect: str) -> list[str]:
    """The statements that make every guard, where it is missing."""
    return _POSTGRESQL_GUARDS if dialect == "postgresql" else _SQLITE_GUARDS


def are_in_place(connection: Connection) -> bool:
    """Whether every guard is there and awake."""
    if connection.dialect.name == "postgresql":
        listed = "SELECT tgname FROM pg_trigger WHERE tgenabled = 'A'"
    else:
        listed = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    present = set(connection.scalars(text(listed)))
    wanted = statements(connection.dialect.name)
    return all(name in present for statement in wanted for name in _TRIGGER_NAME.findall(statement))


_TRIGGER_NAME = re.compile(r"^CREATE (?:OR REPLACE )?TRIGGER (?:IF NOT EXISTS )?(\w+)")


@contextmanager
def lifted(connection: Connection) -> Iterator[None]:
    """Let this transaction delete what a purge takes away.

    PostgreSQL lets the purging role. SQLite knows no roles: the guards against deleting are taken away and put back in
    the same transaction, which nobody else can write beside.
    """
    if connection.dialect.name == "postgresql":
        yield
        return
    # What is deleted is overwritten, so that it is not left readable in the file.
    connection.execute(text("PRAGMA secure_delete = ON"))
    for table in PURGEABLE:
        connection.execute(text(f"DROP TRIGGER IF EXISTS {table.name}_no_delete"))
    yield
    for statement in _SQLITE_GUARDS:
        connection.execute(text(statement))


_OTHER_KEYS = {"feedback": [["digest"]], "content_versions": [["version"]]}
_PLACE = {table.name: [["writer", "number"]] for table in schema.CHAINED}
_KEYS = {
    table.name: [
        [column.name for column in table.primary_key],
        *_PLACE.get(table.name, ()),
        *_OTHER_KEYS.get(table.name, ()),
    ]
    for table in schema.GUARDED
}

_PURGEABLE = ", ".join(f"'{table.name}'" for table in PURGEABLE)

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
    # By name, not by membership: a superuser is a member of every role, and is refused all the same.
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF TG_OP = 'DELETE' AND current_user = '{PURGE_ROLE}' "
    f"AND TG_TABLE_NAME IN ({_PURGEABLE}) THEN RETURN OLD; END IF; "
    "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
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
