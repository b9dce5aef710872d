"""The audit database of an installation, open: everything that reads and writes it, over one engine."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cds_service.audit import tables
from cds_service.audit.engine import open_engine
from cds_service.audit.index import Index
from cds_service.audit.looks import Looks
from cds_service.audit.recorded import Recorded
from cds_service.audit.seen_tokens import SeenTokens
from cds_service.audit.spool import Spool
from cds_service.audit.store import Store
from cds_service.audit.stream import Stream
from cds_service.audit.switches import Switches
from cds_service.audit.writer import Writer
from cds_service.settings import Settings


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
    spool: Spool | None = None,
    *,
    serving: bool = False,
) -> Audit:
    """Open the database; its tables are made where it is empty.

    Args:
        database_url: a SQLAlchemy URL of SQLite or PostgreSQL.
        synchronous: for SQLite, "FULL" or "NORMAL".
        key: the installation's audit key.
        clock: the present moment, in UTC.
        new_id: a new random id at each call.
        stopwatch: nanoseconds that only ever go up.
        spool: where records of calls wait while the database is away; None refuses them then.
        serving: whether callers wait for it, so that no statement may take long.

    Raises:
        StartError: the database cannot be used.
        RecordNotKept: the switches cannot be read.
    """
    engine = open_engine(database_url, synchronous, serving=serving)
    tables.create(engine)
    writer = Writer(engine, key, clock, new_id, spool, stopwatch)
    switches = Switches(engine, writer, clock, stopwatch)
    switches.require_readable()
    return Audit(
        writer=writer,
        store=Store(engine, writer, clock),
        stream=Stream(engine),
        seen=SeenTokens(engine, clock, writer.outage),
        switches=switches,
        looks=Looks(engine, writer, clock),
    )


def open_recorded(settings: Settings) -> Recorded:
    """The record in the database that the settings name, for reading alone.

    Raises:
        StartError: the URL means no database that the store can use.
    """
    return Recorded(open_engine(settings.database_url, settings.sqlite_synchronous))


def open_index(settings: Settings) -> Index:
    """What the console's figures are worked out with.

    Raises:
        StartError: the database cannot be used.
    """
    engine = open_engine(settings.database_url, settings.sqlite_synchronous)
    tables.create(engine)
    # Whoever is forked after this opens connections of its own.
    engine.dispose()
    return Index(engine)
