"""The command line: `calcification-cds` once installed, `python -m cds_service` in a checkout."""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence

from cds_service import __version__
from cds_service.commands import COMMANDS, Command, Group
from cds_service.errors import ContentError, RequestError, StartError

_USAGE, _FAILED, _INTERRUPTED = 2, 1, 130


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 when it did what it says."""
    arguments = _parser().parse_args(words)
    try:
        status: int = arguments.run(arguments)
    except StartError as error:
        print(error, file=sys.stderr)
        return _USAGE
    except ContentError as error:
        print(error, file=sys.stderr)
        return _FAILED
    except RequestError as error:
        print(error.diagnostics, file=sys.stderr)
        return _FAILED
    except KeyboardInterrupt as interrupted:
        # A command that has something to say of it raises it anew with its words.
        print(" ".join(["Interrupted.", *map(str, interrupted.args)]), file=sys.stderr)
        return _INTERRUPTED
    return status


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="calcification-cds",
        description="A CDS Hooks service for the differential diagnosis of soft tissue calcifications.",
        epilog="calcification-cds COMMAND --help shows what a command takes, with examples.",
    )
    parser.add_argument("--version", action="version", version=f"calcification-cds {__version__}")
    _add(parser, COMMANDS)
    return parser


def _add(parser: ArgumentParser, listed: Sequence[Command | Group]) -> None:
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in listed:
        words = (command.__doc__ or "").strip()
        own = commands.add_parser(
            command.__name__.rpartition(".")[2],
            help=words.partition("\n")[0],
            description=words,
            epilog=f"examples:\n{_indented(command.EXAMPLES)}",
            formatter_class=RawDescriptionHelpFormatter,
        )
        if isinstance(command, Group):
            _add(own, command.COMMANDS)
        else:
            command.add_arguments(own)
            own.set_defaults(run=command.run)


def _indented(lines: str) -> str:
    return "\n".join(f"  {line}" for line in lines.splitlines())


if __name__ == "__main__":
    sys.exit(main())
