"""A rule may stand in shadow beside the active one of its etiology; no two rules share an id."""

import shutil
from pathlib import Path

import pytest

from cds_service.content.load import load_content
from cds_service.content.locate import default_content
from cds_service.errors import ContentError

ALARM = "must-not-miss/fop-pattern.yaml"
LIPOMA = "tumors/lipoma.yaml"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    shutil.copytree(default_content()[0], folder)
    return folder


def beside(rules: Path, original: str, copy: str, **changed: str) -> None:
    """A copy of a rule, with other words in some of its lines."""
    lines = (rules / original).read_text(encoding="utf-8").splitlines()
    kept = [
        next((f"{key}: {word}" for key, word in changed.items() if line.startswith(f"{key}:")), line) for line in lines
    ]
    (rules / copy).write_text("\n".join(kept) + "\n", encoding="utf-8")


@pytest.mark.parametrize("status", ["draft", "shadow", "retired"])
def test_one_that_is_not_active_stands_beside_the_active_rule_of_its_etiology(rules: Path, status: str) -> None:
    beside(rules, LIPOMA, "tumors/lipoma-2.yaml", id="lipoma-2", status=status)
    found = load_content(rules, default_content()[1]).engine.rules.rules
    assert {one.id: one.status for one in found if one.etiology == "lipoma"} == {"lipoma": "active", "lipoma-2": status}


@pytest.mark.parametrize(
    ("original", "copy", "changed", "complaint"),
    [
        (LIPOMA, "tumors/lipoma-2.yaml", {"id": "lipoma-2"}, "another rule speaks for it already"),
        (LIPOMA, "tumors/lipoma-2.yaml", {"status": "shadow"}, "'lipoma' is the id of another rule"),
        (ALARM, "must-not-miss/fop-2.yaml", {"status": "shadow"}, "'fop-pattern' is the id of another rule"),
        (ALARM, "must-not-miss/fop-2.yaml", {"id": "lipoma"}, "'lipoma' is the id of another rule"),
    ],
)
def test_two_that_cannot_be_told_apart_are_refused(
    rules: Path, original: str, copy: str, changed: dict[str, str], complaint: str
) -> None:
    beside(rules, original, copy, **changed)
    with pytest.raises(ContentError, match=complaint):
        load_content(rules, default_content()[1])
