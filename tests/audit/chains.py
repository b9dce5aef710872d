"""A record of two interleaved chains, and what an owner of its tables could do to it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine, text

from cds_service.audit import schema
from cds_service.audit.chain import Entry
from cds_service.audit.feedback import read_feedback
from cds_service.audit.record import AuditRecord
from cds_service.audit.store import Store
from cds_service.audit.witness import Witness
from tests.audit.records import RECORD, accepted
from tests.audit.stores import writer_on
from tests.conftest import NOON

LOOK = Entry("looks", {"at": "2026-01-01T12:30:00.000Z", "who": "reader", "what": "call", "call_id": "call-1"})
SWITCH = Entry(
    "switches",
    {
        "at": "2026-01-01T12:30:00.000Z",
        "who": "admin",
        "kind": "rule",
        "subject": "lipoma",
        "state": "off",
        "reason": "asked",
    },
)


def record_of(name: str) -> AuditRecord:
    """A call with one card, which was answered for a reader with two digests."""
    card = {"uuid": f"card-{name}", "suggestions": [{"uuid": "suggestion-1"}]}
    answered = {"reader": "r", "digests": [f"{name}-1", f"{name}-2"]}
    return replace(RECORD, call_id=f"call-{name}", body={"cards": [card], "reports": [], "answered": answered})


def write_two_chains(engine: Engine) -> None:
    """Chain "a1": content, calls a to d, feedback on a, a look, a switch. Chain "b1": calls e to g, then testimony.

    Entries of a1: 0 writers, 1 content, 2 a, 3 feedback, 4 b, 5 c, 6 look, 7 switch, 8 d; of b1: 0 writers, 1 e, 2 f,
    3 g, 4 testimony that a1 had come to 8.
    """
    first, second = writer_on(engine, NOON, "a"), writer_on(engine, NOON, "b")
    one, other = Store(engine, first, lambda: NOON), Store(engine, second, lambda: NOON)
    one.put_content("1", {"rules": {}})
    one.append(record_of("a"))
    other.append(record_of("e"))
    one.add_feedback(RECORD.service, read_feedback({"feedback": [accepted("card-a")]}, RECORD.client))
    one.append(record_of("b"))
    other.append(record_of("f"))
    one.append(record_of("c"))
    with first.transaction() as transaction:
        transaction.add(LOOK)
        transaction.add(SWITCH)
    one.append(record_of("d"))
    other.append(record_of("g"))
    Witness(engine, second, lambda: NOON).tick()


def tamper(engine: Engine, statements: Sequence[str], **values: Any) -> None:
    """Lift every guard, as an owner of the tables can, and run statements."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in schema.GUARDED:
                connection.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER USER"))
        for statement in statements:
            named = {name: value for name, value in values.items() if f":{name}" in statement}
            connection.execute(text(statement), named)
