"""A database as a program of schema 1 left it, with a record in it."""

import json
import zlib
from typing import Any

from sqlalchemy import Engine, text

from cds_service.audit import migrations
from tests.audit.records import RECORD

_GUARD = {
    "sqlite": "CREATE TRIGGER calls_no_delete BEFORE DELETE ON calls BEGIN SELECT RAISE(ABORT, 'append-only'); END",
    "postgresql": "CREATE RULE calls_no_delete AS ON DELETE TO calls DO INSTEAD NOTHING",
}


def make_schema_1(engine: Engine) -> None:
    """The tables, with a guard as an example."""
    with engine.begin() as connection:
        migrations.upgrade(connection, 0, 1, None, "")
        connection.execute(text("DROP TABLE alembic_version"))
        connection.execute(text(_GUARD[engine.dialect.name]))


def fill_schema_1(engine: Engine, calls: int) -> None:
    """So many calls, each with a card that was answered for a reader and has feedback; and one content version."""
    ordinary = [name for name in RECORD.__slots__ if name != "body"]
    columns = ", ".join((*ordinary, "body"))
    marks = ", ".join(f":{name}" for name in (*ordinary, "body"))
    with engine.begin() as connection:
        for number in range(1, calls + 1):
            card = f"card-{number}"
            body = {"cards": [{"uuid": card}], "reports": [], "answered": {"reader": "r", "digests": [f"d{number}"]}}
            own: dict[str, Any] = {name: getattr(RECORD, name) for name in ordinary}
            own |= {"call_id": f"call-{number}", "body": packed(body)}
            connection.execute(text(f"INSERT INTO calls ({columns}) VALUES ({marks})"), own)
            child = {"card": card, "call": number, "digest": f"d{number}", "body": packed({"at": "then"})}
            connection.execute(text("INSERT INTO cards (card_uuid, call_seq) VALUES (:card, :call)"), child)
            connection.execute(
                text("INSERT INTO answered (reader, digest, call_seq) VALUES ('r', :digest, :call)"), child
            )
            connection.execute(
                text(
                    "INSERT INTO feedback (card_uuid, call_seq, received_at, service, outcome, digest, body) "
                    "VALUES (:card, :call, '2026-01-01T12:05:00.000Z', 'calcification-report-sign', 'accepted', "
                    ":digest, :body)"
                ),
                child,
            )
        connection.execute(
            text("INSERT INTO content_versions (version, first_seen, body) VALUES ('1', 'then', :body)"),
            {"body": packed({"rules": {}})},
        )


def packed(body: dict[str, Any]) -> bytes:
    """A body as schema 1 keeps it."""
    return zlib.compress(json.dumps(body, separators=(",", ":")).encode())
