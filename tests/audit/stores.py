"""A store over a database of tests."""

from datetime import datetime
from itertools import count

from sqlalchemy import Engine

from cds_service.audit.store import Store
from cds_service.audit.writer import Writer

KEY = bytes(range(32))
"""The audit key of tests."""


def store_on(engine: Engine, now: datetime, prefix: str = "writer") -> Store:
    """A store and its writer, whose clock stands; the chains that it begins are named "writer1" and on."""
    return Store(engine, writer_on(engine, now, prefix), lambda: now)


def writer_on(engine: Engine, now: datetime, prefix: str = "writer") -> Writer:
    """A writer whose clock stands."""
    ids = count(1)
    return Writer(engine, KEY, lambda: now, lambda: f"{prefix}{next(ids)}")
