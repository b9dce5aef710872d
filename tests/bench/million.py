"""What a million records cost: `make` fills a database, quickly.

`python -m tests.bench.million make --calls 1000000 --database sqlite:////folder/calls.sqlite3`. The audit key is that
of the tests; `--key FILE` writes it out. A database is the same each time it is made.
"""

import sys
import time
from argparse import ArgumentParser, Namespace
from collections import defaultdict
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from cds_service.audit import chain, tables
from cds_service.audit.chain import Linked
from cds_service.audit.engine import open_engine
from tests.audit.stores import KEY
from tests.bench.million_entries import entries

_BATCH = 20_000
_CHILDREN = {"cards": ("card_uuid",), "answered": ("reader", "digest")}
_COLUMNS = {name: ("seq", "writer", "number", "link", *chain.COLUMNS[name]) for name in chain.COLUMNS}
_COLUMNS |= {name: ("seq", *columns, "call_seq") for name, columns in _CHILDREN.items()}

Rows = dict[str, list[tuple[Any, ...]]]


def fill(engine: Engine, calls: int) -> int:
    """Make the tables and write so many calls with all that belongs to them; the number of chained rows."""
    tables.create(engine)
    written, counts, stream = 0, defaultdict[str, int](int), entries(calls, KEY)
    if engine.dialect.name == "sqlite":
        _without_guards(engine)
    while batch := list(islice(stream, _BATCH)):
        written += len(batch)
        _write(engine, _rows(batch, counts))
        print(f"\r{written:,} rows", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            for name, reached in counts.items():
                sequence = f"pg_get_serial_sequence('{name}', 'seq')"
                connection.execute(text(f"SELECT setval({sequence}, {reached})"))
    tables.create(engine)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))
    return written


def _without_guards(engine: Engine) -> None:
    """The guards of SQLite look up each key before it is written; they are put back at the end."""
    with engine.begin() as connection:
        for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f"DROP TRIGGER {name}"))


def _rows(batch: Iterable[Linked], counts: dict[str, int]) -> Rows:
    rows: Rows = defaultdict(list)
    for place in batch:
        table, values = place.entry.table, place.entry.values
        counts[table] += 1
        seq = counts[table]
        own = (seq, place.writer, place.number, place.link)
        rows[table].append((*own, *(values[name] for name in chain.COLUMNS[table])))
        for child, made in place.entry.children:
            for row in made:
                counts[child] += 1
                rows[child].append((counts[child], *(row[name] for name in _CHILDREN[child]), seq))
    return rows


def _write(engine: Engine, rows: Rows) -> None:
    connection = engine.raw_connection()
    try:
        cursor: Any = connection.cursor()
        if engine.dialect.name == "sqlite":
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute("PRAGMA cache_size=-400000")
            cursor.execute("BEGIN IMMEDIATE")
        for name, listed in rows.items():
            columns = _COLUMNS[name]
            if engine.dialect.name == "sqlite":
                marks = ", ".join("?" * len(columns))
                cursor.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})", listed)
            else:
                with cursor.copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
                    for row in listed:
                        copy.write_row(row)
        connection.commit()
    finally:
        connection.close()


def _make(arguments: Namespace) -> None:
    if arguments.key:
        arguments.key.write_bytes(KEY)
    engine = open_engine(arguments.database, "FULL")
    began = time.perf_counter()
    written = fill(engine, arguments.calls)
    print(f"{written:,} chained rows for {arguments.calls:,} calls in {time.perf_counter() - began:.0f} s")
    engine.dispose()


def main() -> int:
    """Runs what the arguments ask for."""
    parser = ArgumentParser(prog="python -m tests.bench.million", description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(required=True)
    make = commands.add_parser("make")
    make.add_argument("--calls", type=int, default=1_000_000)
    make.add_argument("--database", required=True, help="URL of an empty database")
    make.add_argument("--key", type=Path, help="file to write the audit key to")
    make.set_defaults(run=_make)
    arguments = parser.parse_args()
    arguments.run(arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main())
