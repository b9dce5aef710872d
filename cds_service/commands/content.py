"""Which content a command works with: the packaged one, the installation's, or folders given on the command line."""

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path

from cds_service.content.load import Content, load_content
from cds_service.content.locate import default_content
from cds_service.settings import from_environment


def add_content_arguments(parser: ArgumentParser) -> None:
    """`--rules` and `--cards`: other folders than the installation's."""
    parser.add_argument("--rules", type=Path, metavar="DIR", help="folder of rules to use")
    parser.add_argument("--cards", type=Path, metavar="DIR", help="folder of card wording to use")


def content_folders(arguments: Namespace) -> tuple[Path, Path]:
    """The folders of rules and wording that the arguments, else the settings, else the package give."""
    settings = from_environment(os.environ)
    rules, cards = default_content()
    return arguments.rules or settings.rules_dir or rules, arguments.cards or settings.cards_dir or cards


def content_of(arguments: Namespace) -> Content:
    """The content in those folders. Raises ContentError."""
    return load_content(*content_folders(arguments))
