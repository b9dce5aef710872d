"""The commands: one module each, listed in COMMANDS in the order in which help shows them."""

from argparse import ArgumentParser, Namespace
from typing import Protocol, runtime_checkable

from cds_service.commands import (
    audit,
    check,
    clients,
    conformance,
    demo,
    explain,
    measure,
    reload,
    replay,
    serve,
    sign,
    switch,
    synth,
    units,
)


class Command(Protocol):
    """What a command's module holds: its docstring is its help, its name is the module's.

    `EXAMPLES` is shown below the help as it stands, one call a line. A package with a `COMMANDS` of its own, such as
    `switch`, is a command with commands below it.
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
    """What a package of commands holds."""

    __doc__: str | None
    __name__: str
    EXAMPLES: str

    @property
    def COMMANDS(self) -> tuple[Command, ...]:  # noqa: N802  # a constant of the package
        """The commands below it, in the order in which help shows them."""


COMMANDS: tuple[Command | Group, ...] = (
    serve, demo, reload, sign, explain, check, replay, conformance, audit, switch, synth, measure, clients, units,
)  # fmt: skip
