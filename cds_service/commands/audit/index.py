"""Count what the record holds for the console's figures; the record itself is not touched."""

import os
import sys
from argparse import ArgumentParser, Namespace

from cds_service.audit.opened import open_index
from cds_service.settings import from_environment

EXAMPLES = """\
calcification-cds audit index
calcification-cds audit index --rebuild"""

_AT_ONCE = 5000


def add_arguments(parser: ArgumentParser) -> None:
    """`--rebuild` to begin anew."""
    parser.add_argument(
        "--rebuild", action="store_true", help="forget what was counted and count everything again; calls go on"
    )


def run(arguments: Namespace) -> int:
    """Count all that is not counted yet; 1 when some of it still waits, as another process is at it."""
    index = open_index(from_environment(os.environ))
    if arguments.rebuild:
        index.forget()
    counted = 0
    while read := index.catch_up(_AT_ONCE):
        counted += read
        print(f"\r{counted:,} records counted", end="", file=sys.stderr, flush=True)
    waiting = index.waiting()
    print(file=sys.stderr)
    print(f"{counted:,} records counted, {waiting:,} wait.")
    return 1 if waiting else 0
