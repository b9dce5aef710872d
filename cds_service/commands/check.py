"""Check all content: every problem of every file at once, and every case that a rule carries."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from cds_service.commands.content import add_content_arguments, content_folders
from cds_service.content.cases import judge_cases
from cds_service.content.load import load_content
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
    rules, cards = content_folders(arguments)
    content = load_content(rules, cards)
    verdicts = judge_cases(content, rules, _schemas(rules, cards))
    problems = [problem for verdict in verdicts for problem in verdict.problems]
    if problems:
        raise ContentError(problems)
    rule_set = content.engine.rules
    print(
        f"Content {content.version}: {len(rule_set.rules)} rules, {len(rule_set.alarms)} must-not-miss rules, "
        f"{len(content.labs.labs)} labs, {len(verdicts)} cases, all as expected."
    )
    return 0


def _schemas(rules: Path, cards: Path) -> Schemas:
    return Schemas((rules / "schema", cards / "schema"))
