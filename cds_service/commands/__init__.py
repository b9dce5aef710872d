"""The commands: one module each, listed in COMMANDS in the order in which help shows them."""

from argparse import ArgumentParser, Namespace
from typing import Any, Protocol, runtime_checkable

from cds_service.commands import audit, check, clients, conformance, explain, serve, sign, units


class Command(Protocol):
    """What a command's module holds: its docstring is its help, its name is the module's.

    `EXAMPLES` is shown below the help as it stands, one call a line.
    """

    __doc__: str | None
    __name__: str
    EXAMPLES: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what the command takes."""

    def run(self, arguments: Namespace) -> int:
        """Do it; the exit status. May raise StartError and ContentError, which `main` prints."""


@runtime_checkable
class Group(Protocol):
    """A package such as `audit`: a command with commands below it."""

    __doc__: str | None
    __name__: str
    EXAMPLES: str
    COMMANDS: tuple[Any, ...]


COMMANDS: tuple[Command | Group, ...] = (serve, sign, explain, check, conformance, clients, audit, units)
