"""The audit database of an installation, open: everything that reads and writes it, over one engine."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cds_service.audit import tables
from cds_service.audit.engine import open_engine
from cds_service.audit.looks import Looks
from cds_service.audit.seen_tokens import SeenTokens
from cds_service.audit.store import Store
from cds_service.audit.stream import Stream
from cds_service.audit.switches import Switches
from cds_service.audit.writer import Writer


@dataclass(frozen=True, slots=True)
class Audit:
    """What an open audit database offers.

    Attributes:
        writer: writes the record.
        store: appends calls and feedback, and gives them back.
        stream: reads the record from one end to the other.
        seen: the tokens that were used.
        switches: what is switched off.
        looks: who looked at what.
    """

    writer: Writer
    store: Store
    stream: Stream
    seen: SeenTokens
    switches: Switches
    looks: Looks


def open_audit(
    database_url: str,
    synchronous: str,
    key: bytes,
    clock: Callable[[], datetime],
    new_id: Callable[[], str],
    stopwatch: Callable[[], int],
) -> Audit:
    """Open the database; its tables are made where it is empty.

    Args:
        database_url: a SQLAlchemy URL of SQLite or PostgreSQL.
        synchronous: for SQLite, "FULL" or "NORMAL".
        key: the installation's audit key.
        clock: the present moment, in UTC.
        new_id: a new random id at each call.
        stopwatch: nanoseconds that only ever go up.

    Raises:
        StartError: the database cannot be used.
        RecordNotKept: the switches cannot be read.
    """
    engine = open_engine(database_url, synchronous)
    tables.create(engine)
    writer = Writer(engine, key, clock, new_id)
    switches = Switches(engine, writer, clock, stopwatch)
    switches.require_readable()
    return Audit(
        writer=writer,
        store=Store(engine, writer, clock),
        stream=Stream(engine),
        seen=SeenTokens(engine, clock),
        switches=switches,
        looks=Looks(engine, writer, clock),
    )
