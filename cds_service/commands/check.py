"""Check all content: every problem of every file at once, and every case that a rule carries."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from cds_service.commands.content import add_content_arguments, content_folders
from cds_service.content.cases import judge_cases
from cds_service.content.load import Content, load_content
from cds_service.content.schemas import Schemas
from cds_service.errors import ContentError

EXAMPLES = """\
calcification-cds check
calcification-cds check --rules ./candidate-rules"""


def add_arguments(parser: ArgumentParser) -> None:
    """`--rules` and `--cards`."""
    add_content_arguments(parser)


def run(arguments: Namespace) -> int:
    """Print problems, one a line; 0 when there are none."""
    content, cases = checked(*content_folders(arguments))
    rule_set = content.engine.rules
    print(
        f"Content {content.version}: {len(rule_set.rules)} rules, {len(rule_set.alarms)} must-not-miss rules, "
        f"{len(content.labs.labs)} labs, {cases} cases, all as expected."
    )
    return 0


def checked(rules: Path, cards: Path) -> tuple[Content, int]:
    """The content of these folders, and the number of its cases, all of which came out as expected.

    Raises:
        ContentError: it cannot be used, or a case came out otherwise; carries every problem found.
    """
    schemas = Schemas((rules / "schema", cards / "schema"))
    schemas.check()
    content = load_content(rules, cards)
    verdicts = judge_cases(content, rules, schemas)
    problems = [problem for verdict in verdicts for problem in verdict.problems]
    if problems:
        raise ContentError(problems)
    return content, len(verdicts)
