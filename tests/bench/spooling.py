"""`make bench-spool`: what an append costs with the database there and away, and what moving records over takes.

Every figure stands beside a yardstick of the same run, because disks differ and drift: writing 4 kB and fsync.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from cds_service.app import random_id, utc_now
from cds_service.audit import tables
from cds_service.audit.engine import open_engine
from cds_service.audit.record import AuditRecord
from cds_service.audit.spool import Spool, make_folder
from cds_service.audit.store import Store
from cds_service.audit.writer import Writer
from tests.audit.absence import Absence
from tests.audit.records import RECORD

RECORDS, ROUNDS = 1000, 5
TEXT = "".join(f"{number * 7919 % 10007:04d} " for number in range(3000))
"""Fills a record to some 5 kB once it is packed, as a call of 50 Observations does."""


def main() -> int:
    """Prints the table."""
    with TemporaryDirectory() as folder:
        top = Path(folder)
        yardstick = milliseconds(written_through(top / "yardstick"), 200)
        print(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}\n")
        show("yardstick: 4 kB written and fsynced", yardstick, "ms", yardstick)
        make_folder(top / "spool")
        for kind, spool in (("without a spool", None), ("with a spool", Spool(top / "spool"))):
            engine = opened(top / f"{kind}.sqlite3")
            store = store_over(engine, spool)
            show(f"an append to SQLite, {kind}", milliseconds(appending(store), 200), "ms", yardstick)
            engine.dispose()
        away(top, yardstick)
    return 0


def away(top: Path, yardstick: float) -> None:
    """Appends while the database is away, and the move of what they left."""
    (top / "var").mkdir()
    engine = opened(top / "var" / "calls.sqlite3")
    store, absence = store_over(engine, Spool(top / "spool")), Absence(engine, "")
    append = appending(store)
    append()
    absence.begin()
    append()
    began = time.perf_counter()
    for _ in range(RECORDS):
        append()
    took = time.perf_counter() - began
    show("an append to the spool", took * 1000 / RECORDS, "ms", yardstick)
    show("appends to the spool", RECORDS / took, "a second")
    size = next((top / "spool").glob("*.spool")).stat().st_size
    show("a record in the spool", size / (RECORDS + 1) / 1000, "kB")
    absence.end()
    time.sleep(1.1)
    began = time.perf_counter()
    while store.writer.move_waiting(RECORDS):
        pass
    took = time.perf_counter() - began
    show(f"moving {RECORDS} records to SQLite", took * 1000, "ms", yardstick)
    engine.dispose()


def opened(path: Path) -> Engine:
    """A new database."""
    engine = open_engine(f"sqlite:///{path}", "FULL", serving=True)
    tables.create(engine)
    return engine


def store_over(engine: Engine, spool: Spool | None) -> Store:
    """A store as the service has it."""
    return Store(engine, Writer(engine, bytes(32), utc_now, random_id, spool), utc_now)


def appending(store: Store) -> Callable[[], None]:
    """Keeps one record at each call."""
    numbers = count()

    def append() -> None:
        name = f"call-{next(numbers)}"
        record: AuditRecord = replace(RECORD, call_id=name, body={"cards": [{"uuid": name}], "reports": [], "x": TEXT})
        store.append(record)

    return append


def written_through(path: Path) -> Callable[[], None]:
    """Writes 4 kB to the disk at each call."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)

    def write() -> None:
        os.write(descriptor, bytes(4096))
        os.fsync(descriptor)

    return write


def milliseconds(work: Callable[[], object], repeats: int) -> float:
    """The median over rounds of the mean time of one piece of work."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(repeats):
            work()
        rounds.append((time.perf_counter() - start) * 1000 / repeats)
    return statistics.median(rounds)


def show(what: str, figure: float, unit: str, yardstick: float | None = None) -> None:
    """One line of the table."""
    ratio = f"{figure / yardstick:8.2f} x yardstick" if yardstick else ""
    print(f"{what:46} {figure:9.2f} {unit:8} {ratio}")


if __name__ == "__main__":
    sys.exit(main())
