"""List what can be switched, with its state, and who set it last and why."""

import os
from argparse import ArgumentParser, Namespace

from cds_service.app import open_switchboard
from cds_service.audit.switchboard import Position
from cds_service.settings import from_environment

EXAMPLES = """\
calcification-cds switch list
calcification-cds switch list --off"""


def add_arguments(parser: ArgumentParser) -> None:
    """`--off` for what is off only."""
    parser.add_argument("--off", action="store_true", help="only what is switched off")


def run(arguments: Namespace) -> int:
    """Print one line for each."""
    for position in open_switchboard(from_environment(os.environ)).positions():
        if position.off or not arguments.off:
            print(_line(position))
    return 0


def _line(position: Position) -> str:
    subject, last = position.subject, position.set_last
    state = "OFF" if position.off else "on" if subject.status in ("", "active") else subject.status
    alarm = ", must not miss" if subject.must_not_miss else ""
    told = f"; {last.state} since {last.at} by {last.who}: {last.reason}" if last else ""
    return f"{state:7} {subject.kind:7} {subject.id} ({subject.name}{alarm}){told}"
