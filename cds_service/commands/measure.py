"""Count what the rules say of made-up patients: cards per 1,000 reports, and how often `likely` is right, by etiology.

This is regression, not accuracy: the authors of the rules made the patients, too. Each patient's report is signed as an
EHR would sign it, and recorded nowhere. The same seed, mix, number, day and content give the same figures; without
arguments they are those that come with the program and stand on the page /sandbox/figures.
"""

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from cds_service.commands.drawn import Drawn, add_population_arguments, drawn
from cds_service.content.locate import default_patients, default_reading_list
from cds_service.errors import StartError
from cds_service.replay.progress import Progress
from cds_service.sandbox.figures_text import as_lines
from cds_service.sandbox.measurement import Made, as_text, digest_of, measured
from cds_service.sandbox.signing import Signed, Signing

EXAMPLES = """\
calcification-cds measure
calcification-cds measure --seed 7 --patients 2000 --rules ./candidate-rules
calcification-cds measure --mix stories --patients 1000 --out figures.json"""

SEED, PATIENTS, AS_OF = 7, 5000, date(2026, 6, 30)


def add_arguments(parser: ArgumentParser) -> None:
    """Seed, number, mix, day, content, and `--out`."""
    add_population_arguments(parser, seed=SEED, patients=PATIENTS, as_of=AS_OF)
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="also write them as JSON, with the patients they count"
    )


def run(arguments: Namespace) -> int:
    """Sign, count, print, and write where asked.

    Raises:
        StartError: the file cannot be written.
    """
    asked = drawn(arguments)
    signed = [one for one in _signed(asked, arguments.patients) if one.counts_for_something]
    made = Made(
        seed=arguments.seed,
        patients=arguments.patients,
        mix=arguments.mix,
        as_of=asked.as_of.date().isoformat(),
        content=asked.content.version,
        stories=digest_of(default_patients(), default_reading_list()),
    )
    measurement = measured(made, signed)
    etiologies = asked.content.engine.rules.etiologies
    print("\n".join(as_lines(measurement, {name: known.name for name, known in etiologies.items()})))
    if arguments.out is not None:
        try:
            arguments.out.write_bytes(as_text(measurement))
        except OSError as error:
            raise StartError(f"{arguments.out} cannot be written ({error.strerror}). Name another file.") from error
    return 0


def _signed(asked: Drawn, count: int) -> Iterator[Signed]:
    signing = Signing(asked.content, asked.as_of)
    progress = Progress(sys.stderr, time.monotonic, shown=sys.stderr.isatty())
    try:
        for done, patient in enumerate(asked.patients, 1):
            yield signing.signed(patient)
            progress.tell(done, count)
    finally:
        progress.end()
