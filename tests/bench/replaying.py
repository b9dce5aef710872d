"""`python -m tests.bench.replaying`: calls replayed in a second, by one process and by as many as there are processors.

The record holds the benchmark's call and one that names no calcification, half and half, each as often as asked for.
The yardstick is answering the same calls anew from their requests, in this process.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from uuid import NAMESPACE_URL, uuid5

from cds_service.answer import Setting, answer
from cds_service.app import World, open_records
from cds_service.audit.opened import open_recorded
from cds_service.audit.record import Arrival, AuditRecord, fingerprint
from cds_service.fhir.request import read_call
from cds_service.replay.again import Judge
from cds_service.replay.asking import asked_of
from cds_service.replay.one import Replayer
from cds_service.replay.run import Files, run
from cds_service.replay.state import Question, State
from cds_service.settings import Settings
from tests.bench.payload import hook_request
from tests.scenarios.asking import AS_OF, CONTENT, DOMAIN, SERVICE
from tests.scenarios.asking import hook_request as short_request

_SILENT = "Radiograph of the chest. The lungs are clear. No pleural effusion."
Value = TypeVar("Value")

QUESTION = Question("the same rules", CONTENT.version, "2026", "", "", "", "")


def requests(count: int) -> Iterator[dict[str, Any]]:
    """The requests of so many calls, of the two kinds in turn."""
    silent = short_request(_SILENT)
    for place in range(count):
        yield hook_request(place) if place % 2 else {**silent, "hookInstance": str(uuid5(NAMESPACE_URL, str(place)))}


def answered(request: dict[str, Any]) -> AuditRecord:
    """The record of an answer."""
    call = read_call(request, SERVICE.id, SERVICE.hook_name(DOMAIN))
    arrival = Arrival(AS_OF, AS_OF, "bench", fingerprint(request), lambda: 0)
    return answer(SERVICE, call, arrival, Setting(CONTENT, DOMAIN, "http://127.0.0.1:8080", lambda _patient: "")).record


def replaying(settings: Settings, jobs: int) -> None:
    """Replays every call on record."""
    recorded = open_recorded(settings)
    state, snapshots = asked_of(recorded, State(QUESTION), CONTENT)
    recorded.close()
    run(Replayer(Judge(CONTENT, snapshots)), recorded, state, Files(None, None), jobs, lambda _done, _all: None)
    assert state.counts.calls["same"] == state.question.calls


def measured(what: str, calls: int, work: Callable[[], Value], yardstick: float = 0.0) -> tuple[Value, float]:
    """Shows what a call costs, by the clock and in CPU time of all processes; what came of it, and the CPU time."""
    began, before = time.perf_counter(), os.times()
    result = work()
    after = os.times()
    spent = sum(now - then for now, then in zip(after[:4], before[:4], strict=True)) * 1000 / calls
    rate = calls / (time.perf_counter() - began)
    ratio = f"{spent / yardstick:6.2f} x yardstick" if yardstick else ""
    print(f"{what:36} {rate:8.0f} calls/s {spent:8.2f} ms CPU a call {ratio}")
    return result, spent


def main() -> int:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=4000)
    calls = parser.parse_args().calls
    processors = os.cpu_count() or 1
    print(f"{processors} processors, Python {sys.version.split()[0]}, {calls} calls\n")
    with TemporaryDirectory() as folder:
        settings = Settings(
            database_url=f"sqlite:///{folder}/calls.sqlite3",
            sqlite_synchronous="NORMAL",
            audit_key_file=Path(folder) / "audit.key",
        )
        store = open_records(settings, World(clock=lambda: AS_OF)).store
        store.put_content(CONTENT.version, CONTENT.snapshot)
        asked = list(requests(calls))
        records, yardstick = measured(
            "yardstick: answered, unrecorded", calls, lambda: [answered(request) for request in asked]
        )
        for record in records:
            store.append(record)
        store.close()
        for jobs in sorted({1, processors}):
            measured(f"replayed, processes: {jobs}", calls, partial(replaying, settings, jobs), yardstick)
    return 0


if __name__ == "__main__":
    sys.exit(main())
