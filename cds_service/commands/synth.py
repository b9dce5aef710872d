"""Make synthetic patients: charts with five years of labs, imaging reports, and the truth about each.

Nobody stands behind any of them. The same seed, mix, number and day give the same bytes. `truth.ndjson` says what each
patient has, whatever a service says; `manifest.json` what was written. A run that is stopped, or finds no more room,
leaves nothing; after a kill the files stand in `DIR/unfinished`.
"""

import os
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from cds_service.app import utc_now
from cds_service.commands.content import add_content_arguments, content_folders
from cds_service.content.load import load_content
from cds_service.content.locate import default_patients, default_reading_list
from cds_service.replay.progress import Progress
from cds_service.synthetic.files import FORMS, write_population
from cds_service.synthetic.population import EvenMix, Mix, population
from cds_service.synthetic.reading_list import RealisticMix
from cds_service.synthetic.stories import load_stories
from cds_service.synthetic.story import Story

EXAMPLES = """\
calcification-cds synth --seed 7 --patients 1000 --mix realistic --out patients
calcification-cds synth --seed 7 --patients 200 --mix stories --format bundles --out teaching --as-of 2026-06-30"""

_INTERRUPTED = 130
"""What a shell makes of SIGINT."""
_HOUR = 12
"""The hour of the reports, UTC."""

_MIXES: dict[str, Callable[[tuple[Story, ...]], Mix]] = {
    "realistic": lambda stories: RealisticMix(stories, default_patients(), default_reading_list()),
    "stories": EvenMix,
}


def add_arguments(parser: ArgumentParser) -> None:
    """Seed, number, mix, day, form and folder."""
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="decides everything that is open (default: 1)")
    parser.add_argument("--patients", type=_count, default=100, metavar="N", help="how many (default: 100)")
    parser.add_argument(
        "--mix", choices=list(_MIXES), default="realistic",
        help="realistic: as a reading list meets them, mostly nothing rare; stories: each story as often as the others",
    )  # fmt: skip
    parser.add_argument("--as-of", type=_day, metavar="DAY", help="the day of the reports (default: today)")
    parser.add_argument(
        "--format", choices=list(FORMS), default="ndjson",
        help="ndjson: one file for each resource type; bundles: a transaction Bundle for each patient",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new or an empty folder")
    add_content_arguments(parser)


def run(arguments: Namespace) -> int:
    """Make and write them; the exit status is 130 where it was stopped by Ctrl+C."""
    try:
        _make(arguments)
    except KeyboardInterrupt:
        print(f"Interrupted. Nothing was kept in {arguments.out}{os.sep}", file=sys.stderr)
        return _INTERRUPTED
    return 0


def _make(arguments: Namespace) -> None:
    rules, cards = content_folders(arguments)
    stories = load_stories(default_patients(), rules, load_content(rules, cards))
    day = arguments.as_of or utc_now().date()
    as_of = datetime(day.year, day.month, day.day, _HOUR, tzinfo=UTC)
    patients = population(arguments.seed, arguments.patients, _MIXES[arguments.mix](stories), as_of)
    made = {"seed": arguments.seed, "patients": arguments.patients, "mix": arguments.mix, "as-of": day.isoformat()}
    progress = Progress(sys.stderr, time.monotonic, shown=sys.stderr.isatty())
    try:
        write_population(
            patients, arguments.out, arguments.format, made, as_of, lambda done: progress.tell(done, arguments.patients)
        )
    finally:
        progress.end()
    print(f"{arguments.patients} patients as of {day}, in {arguments.out}{os.sep}")


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError("must be 1 or more")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError("must be a day such as 2026-06-30") from None
