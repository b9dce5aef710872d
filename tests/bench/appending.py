"""What one append costs on a large record against an empty one: a call as it is recorded, made durable, one by one."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, create_engine, make_url, text

from cds_service.audit import tables
from cds_service.audit.engine import open_engine
from cds_service.audit.record import AuditRecord, timestamp
from cds_service.audit.store import Store
from cds_service.audit.writer import Writer
from tests.audit.stores import KEY
from tests.bench.million_entries import DAYS, FIRST_DAY
from tests.bench.million_templates import templates

APPENDS = 200
MOST = 1.5
_NOW = FIRST_DAY + timedelta(days=DAYS + 60)
"""After the year that the pages are measured over, so that nothing there changes."""


def appends(url: str, empty_url: str) -> tuple[float, float]:
    """Median milliseconds of an append on the large record and on an empty one.

    They take turns, so that both meet the same machine; what is appended to the large record stays there.
    """
    stores = [_store(url), _store(empty_url)]
    took: list[list[float]] = [[], []]
    body = templates()["calcification-report-sign"][0]
    for number in range(APPENDS):
        for (store, engine), times in zip(stores, took, strict=True):
            record = _record(body.record, f"{time.perf_counter_ns()}-{number}")
            began = time.perf_counter()
            store.append(record)
            times.append((time.perf_counter() - began) * 1000)
            if number == APPENDS - 1:
                engine.dispose()
    return statistics.median(took[0]), statistics.median(took[1])


def _store(url: str) -> tuple[Store, Engine]:
    engine = open_engine(url, "FULL")
    tables.create(engine)
    ids = count()
    begun = time.perf_counter_ns()
    writer = Writer(engine, KEY, lambda: _NOW, lambda: f"append{begun}at{next(ids)}")
    return Store(engine, writer, lambda: _NOW), engine


def _record(like: AuditRecord, name: str) -> AuditRecord:
    own = {"call_id": name, "hook_instance": name, "fingerprint": name, "received_at": timestamp(_NOW)}
    cards = [{**card, "uuid": f"{name}-{place}"} for place, card in enumerate(like.body.get("cards", ()))]
    return replace(like, **own, body={**like.body, "cards": cards})  # type: ignore[arg-type]  # strings, all of them


@contextmanager
def empty_beside(url: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database on the same disk and the same server."""
    if make_url(url).get_backend_name() == "sqlite":
        with TemporaryDirectory(dir=folder) as inner:
            yield f"sqlite:///{inner}/empty.sqlite3"
        return
    server = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS append_empty"))
        connection.execute(text("CREATE DATABASE append_empty"))
        yield url.replace("/console?", "/append_empty?")
        connection.execute(text("DROP DATABASE append_empty"))
    server.dispose()
