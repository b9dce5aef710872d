"""Look after the audit record."""

from argparse import ArgumentParser, Namespace

from cds_service.commands.audit import export

EXAMPLES = "calcification-cds audit export --help"

COMMANDS = (export,)


def add_arguments(parser: ArgumentParser) -> None:
    """None of its own."""


def run(_arguments: Namespace) -> int:
    """Nothing by itself; the commands below it do."""
    return 0
