"""The schemas are JSON Schemas, and one that is not says so wherever it is used."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cds_service.commands.check import checked
from cds_service.content.load import load_content
from cds_service.content.locate import default_content
from cds_service.content.schemas import Schemas
from cds_service.errors import ContentError

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(
    {path.parent for place in ("cds_service", "rules", "cards") for path in ROOT.glob(f"{place}/**/*.schema.json")}
)


@pytest.fixture
def content(tmp_path: Path) -> tuple[Path, Path]:
    """A copy of the shipped content."""
    for folder in default_content():
        shutil.copytree(folder, tmp_path / folder.name)
    rules, cards = (tmp_path / folder.name for folder in default_content())
    return rules, cards


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_every_schema_is_a_json_schema(folder: Path) -> None:
    Schemas((folder,)).check()


Damage = Callable[[Path], None]
Use = Callable[[Path, Path], object]


def broken(rules: Path) -> None:
    path = rules / "schema" / "rule.schema.json"
    schema = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**schema, "type": "no such type"}), "utf-8")


def half(rules: Path) -> None:
    path = rules / "schema" / "rule.schema.json"
    path.write_text(path.read_text("utf-8")[:100], "utf-8")


@pytest.mark.parametrize("damage", [broken, half])
@pytest.mark.parametrize("use", [load_content, checked])
def test_what_is_no_json_schema_is_named(use: Use, damage: Damage, content: tuple[Path, Path]) -> None:
    damage(content[0])
    with pytest.raises(ContentError, match=r"rule\.schema\.json.*is not a JSON Schema.*Restore it"):
        use(*content)
