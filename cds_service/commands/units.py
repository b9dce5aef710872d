"""Compute the unit factors of rules/vocabulary/labs.yaml again, after a lab or a unit was added there."""

from argparse import ArgumentParser, Namespace

from cds_service.commands.content import add_content_arguments, content_folders
from cds_service.content.units import units_json
from cds_service.content.yaml_source import read_source
from cds_service.errors import StartError

EXAMPLES = """\
calcification-cds units
calcification-cds units --rules ./candidate-rules"""


def add_arguments(parser: ArgumentParser) -> None:
    """`--rules` and `--cards`."""
    add_content_arguments(parser)


def run(arguments: Namespace) -> int:
    """Write `vocabulary/units.json` and say where it is."""
    vocabulary = content_folders(arguments)[0] / "vocabulary"
    labs = read_source(vocabulary / "labs.yaml", "rules/vocabulary/labs.yaml")
    try:
        text = units_json(labs.data)
    except ModuleNotFoundError:  # they are not installed where content is only used
        raise StartError("Unit factors need the unit libraries. Install calcification-cds[authoring].") from None
    (vocabulary / "units.json").write_text(text, encoding="utf-8")
    print(f"Wrote {vocabulary / 'units.json'}.")
    return 0
