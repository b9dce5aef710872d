"""The tables of the audit store, and what makes them append-only in SQLite and PostgreSQL."""

import re

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from cds_service.errors import StartError

VERSION = 1

metadata = MetaData()

# SQLite gives out row numbers for INTEGER keys only, PostgreSQL should not run out of them.
_seq = BigInteger().with_variant(Integer, "sqlite")

schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True, autoincrement=False))

calls = Table(
    "calls",
    metadata,
    Column("seq", _seq, primary_key=True, autoincrement=True),
    Column("call_id", Text, nullable=False, index=True),
    Column("received_at", Text, nullable=False, index=True),
    Column("service", Text, nullable=False),
    Column("hook", Text, nullable=False),
    Column("hook_instance", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("patient_key", Text, nullable=False, index=True),
    Column("content_version", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("leading_etiology", Text, nullable=False),
    Column("cards", Integer, nullable=False),
    Column("duration_us", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("calls_repeated", "hook_instance", "fingerprint", "content_version"),
    sqlite_autoincrement=True,
)

cards = Table(
    "cards",
    metadata,
    Column("seq", _seq, primary_key=True, autoincrement=True),
    Column("card_uuid", Text, nullable=False, index=True),
    Column("call_seq", _seq, ForeignKey("calls.seq"), nullable=False),
    sqlite_autoincrement=True,
)

# Which card told which reader what of which report; made from the record, so that a card is not repeated.
answered = Table(
    "answered",
    metadata,
    Column("seq", _seq, primary_key=True, autoincrement=True),
    Column("reader", Text, nullable=False, index=True),
    Column("digest", Text, nullable=False),
    Column("call_seq", _seq, ForeignKey("calls.seq"), nullable=False),
    sqlite_autoincrement=True,
)

feedback = Table(
    "feedback",
    metadata,
    Column("seq", _seq, primary_key=True, autoincrement=True),
    Column("card_uuid", Text, nullable=False, index=True),
    Column("call_seq", _seq, ForeignKey("calls.seq"), nullable=True, index=True),
    Column("received_at", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

content_versions = Table(
    "content_versions",
    metadata,
    Column("version", Text, primary_key=True),
    Column("first_seen", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

# The one table that is not part of the record: its rows go when their token has expired.
seen_tokens = Table(
    "seen_tokens",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("expires_at", BigInteger, nullable=False, index=True),
)

# Any fixed number will do; it keeps two services that start together from creating the tables twice.
_POSTGRESQL_START_LOCK = 0x63616C63


def create(engine: Engine) -> None:
    """Make the tables and their guards where they are missing.

    Where all are in place nothing is changed, so that the service can run as a role that does not own the tables.

    Raises:
        StartError: the database cannot be used, or was written by a newer version of this program.
    """
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_POSTGRESQL_START_LOCK)))
            if _version(connection) != VERSION or not _complete(connection):
                _create(connection)
    except DBAPIError as error:
        # What the driver says can hold the address and the user of the database, but no patient data.
        raise StartError(f"The audit database cannot be used: {error.orig}") from None


def _create(connection: Connection) -> None:
    metadata.create_all(connection)
    if _version(connection) is None:
        connection.execute(insert(schema_version).values(version=VERSION))
    for statement in _POSTGRESQL_GUARDS if connection.dialect.name == "postgresql" else _SQLITE_GUARDS:
        connection.execute(text(statement))


def _version(connection: Connection) -> int | None:
    if not inspect(connection).has_table(schema_version.name):
        return None
    found: int | None = connection.scalar(select(func.max(schema_version.c.version)))
    if found is not None and found > VERSION:
        raise StartError(
            f"The audit database has schema {found}, and this version knows {VERSION}. "
            "Start the newer version of calcification-cds, or set CALCIFICATION_CDS_DATABASE_URL to another database."
        )
    return found


def _complete(connection: Connection) -> bool:
    return metadata.tables.keys() <= set(inspect(connection).get_table_names()) and _guarded(connection)


def _guarded(connection: Connection) -> bool:
    if connection.dialect.name == "postgresql":
        listed, wanted = "SELECT tgname FROM pg_trigger WHERE tgenabled = 'A'", _POSTGRESQL_GUARDS
    else:
        listed, wanted = "SELECT name FROM sqlite_master WHERE type = 'trigger'", _SQLITE_GUARDS
    present = set(connection.scalars(text(listed)))
    return all(name in present for statement in wanted for name in _TRIGGER_NAME.findall(statement))


_TRIGGER_NAME = re.compile(r"^CREATE (?:OR REPLACE )?TRIGGER (?:IF NOT EXISTS )?(\w+)")

_KEYS = {
    "schema_version": ["version"],
    "calls": ["seq"],
    "cards": ["seq"],
    "answered": ["seq"],
    "feedback": ["seq", "digest"],
    "content_versions": ["version"],
}

_SQLITE_GUARDS = [
    f"CREATE TRIGGER IF NOT EXISTS {table}_no_{event.lower()} BEFORE {event} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    for table in _KEYS
    for event in ("UPDATE", "DELETE")
] + [
    # INSERT OR REPLACE deletes without firing the delete trigger, so a row with a key that exists is passed over.
    f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace_{key} BEFORE INSERT ON {table} "
    f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) BEGIN SELECT RAISE(IGNORE); END"
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
