"""Take away calls, feedback and looks that are older than a day, and leave a signed note of what went.

Of each chain the longest beginning goes in which everything is older. On PostgreSQL, connect as calcification_purge.
"""

import getpass
import os
import socket
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping
from datetime import date

from cds_service.app import random_id, utc_now
from cds_service.audit import tables
from cds_service.audit.engine import open_engine
from cds_service.audit.purge import Order, foreseen, purge, require_purger, rows_in_all
from cds_service.audit.writer import Writer
from cds_service.commands.audit.verify import progress_line
from cds_service.security.secret_file import read_secret
from cds_service.settings import from_environment

EXAMPLES = """\
calcification-cds audit purge --before 2021-01-01 --dry-run
calcification-cds audit purge --before 2021-01-01"""


def add_arguments(parser: ArgumentParser) -> None:
    """`--before` and `--dry-run`."""
    parser.add_argument("--before", type=_day, required=True, metavar="DATE", help="the first day that stays, in UTC")
    parser.add_argument("--dry-run", action="store_true", help="say what would go, and change nothing")


def run(arguments: Namespace) -> int:
    """Purge, and say what went."""
    settings = from_environment(os.environ)
    key = read_secret(settings.audit_key_file, "audit_key_file", make=False)
    engine = open_engine(settings.database_url, settings.sqlite_synchronous)
    tables.create(engine)
    order = Order(key, arguments.before, f"{getpass.getuser()} on {socket.gethostname()}", utc_now)
    if arguments.dry_run:
        gone, would = foreseen(engine, order), "would go"
    else:
        require_purger(engine)
        writer = Writer(engine, key, utc_now, random_id)
        gone, would = purge(engine, writer, order, progress_line("purged chains")), "are gone"
    engine.dispose()
    for one in gone:
        print(f"chain {one.chain}, up to entry {one.runs[-1].last}: {_in_words(one.rows)}")
    print(f"{_in_words(rows_in_all(gone)) or 'No rows'} {would}, all older than {arguments.before}.")
    return 0


def _in_words(rows: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {table}" for table, count in rows.items())


def _day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise ArgumentTypeError(f"{said} is no day; write it as 2021-01-31") from None
