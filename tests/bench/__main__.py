"""`make bench`: what a call costs the server, what reading costs, how fast the program imports, what a worker weighs.

Every figure stands beside a yardstick measured in the same run, because machines differ and drift: the yardstick is
parsing the benchmark's own request as JSON, a hundred times.
"""

import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from cds_service.core.facts import Patient
from cds_service.core.findings import read_report
from cds_service.fhir.labs import read_labs
from cds_service.fhir.resources import receive
from cds_service.fhir.subject import Identity
from tests.bench.payload import REPORT, body, hook_request
from tests.serving import serving
from tests.shipped import shipped_content

CALLS, WARM_UP, ROUNDS = 300, 30, 7
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SIZE = 200_000


def filled(pattern: str) -> str:
    """The pattern over and over, to 200 kB."""
    return (pattern * (SIZE // len(pattern) + 1))[:SIZE]


HOSTILE = {
    "a": filled("a"),
    "no, no, no": filled("no "),
    "calcified calcified": filled("calcified "),
    "open brackets": filled("("),
    "one long sentence": filled("there is no calcification of the hip and "),
    "many short lines": filled("HIP:\n"),
    "digits": filled("1"),
    "sizes": filled("calcified 7 x 8 by 9.5 x "),
    "cues": filled("no, possible or likely family history of "),
    "headings": filled("FINDINGS: IMPRESSION "),
    "sub-headings": filled("CT: calcified hip. MRI: "),
    "places": filled("calcified mass about the right hip and knee, "),
    "soft hyphens": filled("cal\u00adci\u00adfied \u00ad"),
    "combining characters": filled("e\u0301"),
    "markup": filled("<div><p>calcified&lt;</p></div>"),
    "words broken by lines": filled("calci-\nfied "),
    "mistyped words": " ".join(
        f"{a}{b}cific{c}tion{d}" for a in "abcdefgk" for b in LETTERS for c in LETTERS for d in "abn"
    ),
}


def milliseconds(work: Callable[[], object], repeats: int) -> float:
    """The median over rounds of the mean time of one piece of work."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(repeats):
            work()
        rounds.append((time.perf_counter() - start) * 1000 / repeats)
    return statistics.median(rounds)


def show(what: str, figure: float, unit: str, limit: str, yardstick: float | None = None) -> None:
    """One line of the table."""
    ratio = f"{figure / yardstick:8.2f} x yardstick" if yardstick else " " * 18
    print(f"{what:46} {figure:9.2f} {unit:3} {ratio}   {limit}")


def reading(yardstick: float) -> None:
    """Reading a report, and reading text that is meant to be slow to read."""
    reader = shipped_content().reader
    words = len(REPORT.split())
    took = milliseconds(lambda: read_report(REPORT, reader), 50)
    show(f"reading a {words}-word report", took, "ms", "at most 1 ms for 230 words", yardstick)
    for name, text in HOSTILE.items():
        half, whole = (milliseconds(partial(read_report, part, reader), 1) for part in (text[: len(text) // 2], text))
        show(
            f"reading 200 kB of {name}",
            whole,
            "ms",
            f"{whole / max(half, 0.001):.1f} x half of it: 2 is linear",
            yardstick,
        )


def reading_labs(yardstick: float) -> None:
    """Reading the 50 Observations of the request: ten tests with five results each, the earlier ones included."""
    content = shipped_content()
    # As `serve` does before it forks: what is loaded at start is out of the collector's sight.
    gc.collect()
    gc.freeze()
    prefetch = {key: held for key, held in hook_request(0)["prefetch"].items() if key not in ("patient", "conditions")}
    patient, identity, as_of = Patient(Decimal(59), "male"), Identity("p1"), datetime(2026, 6, 30, tzinfo=UTC)

    def read() -> object:
        return read_labs(receive(prefetch, {}), content.labs, patient, identity, as_of)

    show("reading 50 Observations", milliseconds(read, 100), "ms", "at most 1.5 ms", yardstick)


def importing(yardstick: float) -> None:
    """Importing the application in a fresh interpreter, less the interpreter's own start."""

    def start(code: str) -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return (time.perf_counter() - began) * 1000

    took = statistics.median(start("import cds_service.app") - start("pass") for _ in range(ROUNDS))
    show("import cds_service.app", took, "ms", "under 1000 ms", yardstick)


def calling(yardstick: float) -> None:
    """Calls to a real server: its processes' CPU time for each call, with the audit commit, and their memory."""
    with TemporaryDirectory() as folder, serving(Path(folder)) as server, requests.Session() as session:
        address = f"{server.url}/cds-services/calcification-report-sign"
        headers = {"Content-Type": "application/json"}
        bodies = [body(number) for number in range(CALLS + WARM_UP)]
        for sent in bodies[:WARM_UP]:
            session.post(address, data=sent, headers=headers, timeout=10).raise_for_status()
        before, took = server.cpu_seconds(), []
        for sent in bodies[WARM_UP:]:
            began = time.perf_counter()
            answer = session.post(address, data=sent, headers=headers, timeout=10)
            took.append((time.perf_counter() - began) * 1000)
        spent = (server.cpu_seconds() - before) * 1000 / CALLS
        show(f"server CPU for a call of {len(bodies[0]) // 1000} kB", spent, "ms", "at most 10 ms", yardstick)
        show("a call as the client sees it, median", statistics.median(took), "ms", "", yardstick)
        show("a call as the client sees it, 99 in 100 under", sorted(took)[CALLS * 99 // 100], "ms", "", yardstick)
        show("the answer", len(answer.content) / 1000, "kB", "")
        for role, megabytes in server.memory_megabytes().items():
            show(f"memory of the {role}", megabytes, "MB", "at most 120 MB a worker" if role == "worker" else "")


def main() -> int:
    """Prints the table."""
    text = body(0)
    yardstick = milliseconds(lambda: json.loads(text), 100)
    print(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}\n")
    show("yardstick: parsing the request as JSON", yardstick, "ms", "")
    reading(yardstick)
    reading_labs(yardstick)
    importing(yardstick)
    calling(yardstick)
    return 0


if __name__ == "__main__":
    sys.exit(main())
