"""What `off` and `on` share: the subject, the reason, and who it was."""

import getpass
import os
from argparse import ArgumentParser, Namespace

from cds_service.app import open_switchboard
from cds_service.audit.switchboard import Wanted
from cds_service.audit.switches import Kind
from cds_service.settings import from_environment


def add_setting_arguments(parser: ArgumentParser) -> None:
    """The kind, the id, `--reason` and `--who`."""
    parser.add_argument("kind", choices=[str(kind) for kind in Kind], help="what it is")
    parser.add_argument("id", help="its id, as calcification-cds switch list shows it")
    parser.add_argument("--reason", required=True, help="why; stays on record")
    parser.add_argument("--who", metavar="NAME", help="for the record (default: the user of this machine)")


def switch(arguments: Namespace, state: str, *, confirmed: bool) -> int:
    """Set it in the installation that the environment names, and say what came of it.

    Raises:
        SwitchRefused: the subject is not known, the reason is missing, or silence was not confirmed.
        RecordNotKept: nothing was switched.
        StartError: the database cannot be used.
        ContentError: rules, wording or clients cannot be used.
    """
    wanted = Wanted(arguments.kind, arguments.id, state, arguments.reason, confirmed)
    changed = open_switchboard(from_environment(os.environ)).set(wanted, arguments.who or getpass.getuser())
    if changed:
        print(f"{arguments.kind} {arguments.id} is {state}; every process of the service follows within five seconds.")
    else:
        print(f"{arguments.kind} {arguments.id} was {state} already; nothing was recorded.")
    return 0
