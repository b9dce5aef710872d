"""Move records that wait in the spool to the database.

The service does so by itself as soon as the database is back. This is for records that a service left behind which is
not started again. Records of a service that runs are its own: they are counted, and left to it.
"""

import os
from argparse import ArgumentParser, Namespace

from cds_service.app import open_records
from cds_service.audit.spool import Spool
from cds_service.settings import from_environment

EXAMPLES = "calcification-cds audit drain"

_AT_ONCE = 10_000


def add_arguments(_parser: ArgumentParser) -> None:
    """Nothing: the settings say where the spool and the database are."""


def run(_arguments: Namespace) -> int:
    """Move them, and say how many there were; 1 when some wait on, or lie aside."""
    settings = from_environment(os.environ)
    audit = open_records(settings)
    moved = 0
    while count := audit.writer.move_left_behind(_AT_ONCE):
        moved += count
    audit.store.close()
    print(f"{moved} records moved to the database")
    state = Spool(settings.spool_dir).state()
    if state.waiting:
        print(f"{state.waiting} records wait on, of a service that runs, or because the database is away")
    for name in state.aside:
        print(f"{settings.spool_dir / name} holds what could not be moved")
    return 1 if state.waiting or state.aside else 0
