"""`make bench-synth`: how long a population takes to make and write, and how much memory, for each mix.

The yardstick of the same run, because machines differ and drift: writing the same patients once they are made.
"""

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from cds_service.content.load import load_content
from cds_service.content.locate import default_content, default_patients, default_reading_list
from cds_service.synthetic.files import write_population
from cds_service.synthetic.population import EvenMix, Mix, population
from cds_service.synthetic.reading_list import RealisticMix
from cds_service.synthetic.stories import load_stories
from tests.scenarios.asking import AS_OF

_SAMPLE = 300


def main() -> int:
    """Prints a line for each mix."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.synthesizing", description=(__doc__ or "").strip())
    parser.add_argument("--patients", type=int, default=10_000, metavar="N", help="of each mix (default: 10000)")
    count = parser.parse_args().patients
    stories = load_stories(default_patients(), default_content()[0], load_content(*default_content()))
    mixes: dict[str, Mix] = {
        "realistic": RealisticMix(stories, default_patients(), default_reading_list()),
        "stories": EvenMix(stories),
    }
    print(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}, {len(stories)} stories")
    for name, mix in mixes.items():
        _measure(name, mix, count)
    return 0


def _measure(name: str, mix: Mix, count: int) -> None:
    sample = list(islice(population(7, _SAMPLE, mix, AS_OF), _SAMPLE))
    yardstick = _seconds(lambda folder: write_population(sample, folder, "ndjson", {}, AS_OF, _nobody)) / _SAMPLE
    made = _seconds(
        lambda folder: write_population(population(7, count, mix, AS_OF), folder, "ndjson", {}, AS_OF, _nobody)
    )
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    resources = sum(len(patient.resources) for patient in sample) / _SAMPLE
    print(
        f"{name}: {count} patients in {made:.1f} s, {made / count * 1000:.2f} ms each, {resources:.0f} resources each, "
        f"{made / count / yardstick:.1f} times the yardstick; {most:.0f} MiB at most so far"
    )


def _seconds(write: Callable[[Path], None]) -> float:
    with TemporaryDirectory() as folder:
        began = time.process_time()
        write(Path(folder) / "out")
        return time.process_time() - began


def _nobody(_done: int) -> None:
    """Nobody listens."""


if __name__ == "__main__":
    sys.exit(main())
