"""A store over a database of tests."""

from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path

from sqlalchemy import Engine

from cds_service.audit.outage import PAUSE_NS
from cds_service.audit.spool import Spool
from cds_service.audit.store import Store
from cds_service.audit.writer import Writer

KEY = bytes(range(32))
"""The audit key of tests."""


hurrying = count(step=2 * PAUSE_NS).__next__
"""A stopwatch by which a database that was away is always tried again."""


def store_on(
    engine: Engine,
    now: datetime,
    prefix: str = "writer",
    spool: Path | None = None,
    stopwatch: Callable[[], int] = hurrying,
) -> Store:
    """A store and its writer, whose clock stands; the chains that it begins are named "writer1" and on."""
    return Store(engine, writer_on(engine, now, prefix, spool, stopwatch), lambda: now)


def writer_on(
    engine: Engine,
    now: datetime,
    prefix: str = "writer",
    spool: Path | None = None,
    stopwatch: Callable[[], int] = hurrying,
) -> Writer:
    """A writer whose clock stands."""
    ids = count(1)
    own = None if spool is None else Spool(spool)
    return Writer(engine, KEY, lambda: now, lambda: f"{prefix}{next(ids)}", own, stopwatch)
