"""Which synthetic patients a command draws: seed, number, mix and day from its arguments."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from cds_service.app import utc_now
from cds_service.commands.content import add_content_arguments, content_folders
from cds_service.content.load import Content, load_content
from cds_service.content.locate import default_patients, default_reading_list
from cds_service.synthetic.population import EvenMix, Mix, population
from cds_service.synthetic.reading_list import RealisticMix
from cds_service.synthetic.stories import load_stories
from cds_service.synthetic.story import Story, SyntheticPatient

MIXES: dict[str, Callable[[Sequence[Story]], Mix]] = {
    "realistic": lambda stories: RealisticMix(stories, default_patients(), default_reading_list()),
    "stories": EvenMix,
}
"""From which stories patients are drawn, by the name of the mix."""
_HOUR = 12
"""The hour of the reports, UTC."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the arguments ask for.

    Attributes:
        as_of: the moment of the reports.
        patients: made one by one.
        content: the rules and wording that the stories speak of.
    """

    as_of: datetime
    patients: Iterator[SyntheticPatient]
    content: Content


def add_population_arguments(parser: ArgumentParser, *, seed: int, patients: int, as_of: date | None) -> None:
    """`--seed`, `--patients`, `--mix`, `--as-of`, `--rules` and `--cards`, with what is usual; no day is today."""
    parser.add_argument(
        "--seed", type=int, default=seed, metavar="N", help=f"decides everything that is open (default: {seed})"
    )
    parser.add_argument(
        "--patients", type=_count, default=patients, metavar="N", help=f"how many (default: {patients})"
    )
    parser.add_argument(
        "--mix", choices=list(MIXES), default="realistic",
        help="realistic: as a reading list meets them, mostly nothing rare; stories: each story as often as the others",
    )  # fmt: skip
    usual = as_of or "today"
    parser.add_argument(
        "--as-of", type=_day, default=as_of, metavar="DAY", help=f"the day of the reports (default: {usual})"
    )
    add_content_arguments(parser)


def drawn(arguments: Namespace) -> Drawn:
    """The patients that the arguments ask for.

    Raises:
        ContentError: rules, wording or stories cannot be used.
    """
    rules, cards = content_folders(arguments)
    content = load_content(rules, cards)
    day = arguments.as_of or utc_now().date()
    as_of = datetime(day.year, day.month, day.day, _HOUR, tzinfo=UTC)
    mix = MIXES[arguments.mix](load_stories(default_patients(), rules, content))
    return Drawn(as_of, population(arguments.seed, arguments.patients, mix, as_of), content)


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError("must be 1 or more")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError("must be a day such as 2026-06-30") from None
