"""Atheris on the request reader: bytes become a body, or steer what is put in the place of parts of a good call.

Run by `python -m tests.fuzz`, in a process of its own with a limit to its memory; ends it when something is wrong.
"""

import json
import resource
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["cds_service.web.json_body", "cds_service.fhir"]):
    from cds_service.fhir.chart import read_chart
    from cds_service.fhir.draft import read_draft
    from cds_service.fhir.request import read_call
    from cds_service.web.json_body import read_object

from cds_service.errors import RequestError
from tests.conftest import NOON
from tests.contract.calls import HOOK
from tests.fuzz.calls import mutated
from tests.scenarios.asking import CONTENT

MEMORY_BYTES = 2 * 1024**3
MOST_GROWTH_KB = 300 * 1024
LONGEST_S = 1.0
"""CPU time of one input. The program is instrumented here, so a plain one takes less."""


def read(raw: bytes) -> None:
    """Reads a body as the service does: the request, the chart, and every draft report.

    Raises:
        RequestError: what is wrong with it is the caller's.
    """
    body, _ = read_object(raw)
    call = read_call(body, "fuzzed", HOOK)
    chart = read_chart(call, CONTENT.labs, CONTENT.history, NOON, CONTENT.vocabulary.read_history)
    entries = call.context.get("draftReports", {}).get("entry")
    for entry in entries if isinstance(entries, list) else ():
        report = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(report, dict):
            read_draft(report, chart.report_observations, CONTENT.reader, CONTENT.own_sentence)


def body_from(data: bytes) -> bytes:
    """The body that some bytes stand for: themselves, or a good call changed as they say."""
    provider = atheris.FuzzedDataProvider(data)
    if provider.ConsumeIntInRange(0, 3) == 0:
        return bytes(provider.ConsumeBytes(len(data)))
    body = mutated(lambda count: provider.ConsumeIntInRange(0, count - 1))
    text = provider.ConsumeUnicode(provider.remaining_bytes())
    if text and isinstance(body, dict):
        body["prefetch"] = {**(body["prefetch"] if isinstance(body.get("prefetch"), dict) else {}), "text": text}
        for entry in _drafts(body):
            entry["conclusion"] = f"Calcified mass of the hip. {text}"
    return json.dumps(body).encode()


def _drafts(body: dict[str, object]) -> list[dict[str, object]]:
    context = body.get("context")
    drafts = context.get("draftReports") if isinstance(context, dict) else None
    entries = drafts.get("entry") if isinstance(drafts, dict) else None
    held = [entry.get("resource") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return [report for report in held if isinstance(report, dict)]


class Watch:
    """Notes the slowest input and how much memory grew, in a file that outlives the process.

    Args:
        report: the file.
    """

    def __init__(self, report: Path) -> None:
        self._report = report
        self._slowest = 0.0
        self._inputs = 0
        self._began_kb = 0

    def __call__(self, data: bytes) -> None:
        raw = body_from(data)
        began = time.process_time()
        with suppress(RequestError):
            read(raw)
        took = time.process_time() - began
        self._inputs += 1
        grown = self._grown_kb()
        if took > self._slowest or self._inputs % 500 == 0:
            self._slowest = max(self._slowest, took)
            found = {"inputs": self._inputs, "slowest_s": round(self._slowest, 3), "grown_mb": grown // 1024}
            self._report.write_text(json.dumps(found), encoding="utf-8")
        if took > LONGEST_S:
            raise RuntimeError(f"one input took {took:.2f} s")
        if grown > MOST_GROWTH_KB:
            raise RuntimeError(f"memory has grown by {grown // 1024} MB")

    def _grown_kb(self) -> int:
        """How much the peak has grown since the first hundred inputs, which fill caches."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if self._inputs <= 100:
            self._began_kb = peak
        return peak - self._began_kb


def main(words: list[str]) -> None:
    """Fuzzes for so many inputs, or seconds, and does not return."""
    parser = ArgumentParser()
    parser.add_argument("--report", type=Path, required=True)
    known, others = parser.parse_known_args(words)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    watch: Callable[[bytes], None] = Watch(known.report)
    atheris.Setup([sys.argv[0], *others], watch)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
