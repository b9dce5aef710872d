"""Make synthetic patients: charts with five years of labs, imaging reports, and the truth about each.

Nobody stands behind any of them. The same seed, mix, number and day give the same bytes. `truth.ndjson` says what each
patient has, whatever a service says; `manifest.json` what was written.
"""

import os
import sys
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from cds_service.commands.drawn import add_population_arguments, drawn
from cds_service.replay.progress import Progress
from cds_service.synthetic.files import FORMS, write_population

EXAMPLES = """\
calcification-cds synth --seed 7 --patients 1000 --mix realistic --out patients
calcification-cds synth --seed 7 --patients 200 --mix stories --format bundles --out teaching --as-of 2026-06-30"""


def add_arguments(parser: ArgumentParser) -> None:
    """Seed, number, mix, day, form and folder."""
    add_population_arguments(parser, seed=1, patients=100, as_of=None)
    parser.add_argument(
        "--format", choices=list(FORMS), default="ndjson",
        help="ndjson: one file for each resource type; bundles: a transaction Bundle for each patient",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new or an empty folder")


def run(arguments: Namespace) -> int:
    """Make and write them, all or nothing."""
    asked = drawn(arguments)
    day = asked.as_of.date().isoformat()
    made = {"seed": arguments.seed, "patients": arguments.patients, "mix": arguments.mix, "as-of": day}
    progress = Progress(sys.stderr, time.monotonic, shown=sys.stderr.isatty())
    try:
        write_population(
            asked.patients,
            arguments.out,
            arguments.format,
            made,
            asked.as_of,
            lambda done: progress.tell(done, arguments.patients),
        )
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"Nothing was kept in {arguments.out}{os.sep}") from None
    finally:
        progress.end()
    print(f"{arguments.patients} patients as of {day}, in {arguments.out}{os.sep}")
    return 0
