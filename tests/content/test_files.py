"""The content version, what is kept of it, and the dates of rules."""

import re
import shutil
from pathlib import Path

import pytest

from cds_service.content.files import alarm_files, digests, rule_files, version_of
from cds_service.content.load import load_content
from cds_service.content.locate import default_content
from cds_service.errors import ContentError

RULES, CARDS = default_content()


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A copy of the packaged content under other names."""
    shutil.copytree(RULES, tmp_path / "candidate")
    shutil.copytree(CARDS, tmp_path / "words")
    return tmp_path / "candidate", tmp_path / "words"


def test_the_version_does_not_depend_on_where_the_files_lie(folders: tuple[Path, Path]) -> None:
    assert version_of(digests(*folders)) == version_of(digests(RULES, CARDS))


@pytest.mark.parametrize(
    ("file", "changes"),
    [
        ("candidate/crystal/cppd.yaml", True),
        ("candidate/source-attributes.yaml", True),
        ("candidate/vocabulary/labs.yaml", True),
        ("words/differential.yaml", True),
        ("candidate/crystal/cppd.cases.yaml", False),
    ],
)
def test_every_file_but_the_cases_belongs_to_the_version(
    file: str, changes: bool, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    before = version_of(digests(*folders))
    (tmp_path / file).write_text((tmp_path / file).read_text("utf-8") + "\n", "utf-8")
    assert (version_of(digests(*folders)) != before) is changes


def test_a_snapshot_holds_every_rule_as_its_editor_wrote_it() -> None:
    snapshot = load_content(RULES, CARDS).snapshot
    kept = {rule["yaml"] for group in ("rules", "alarms") for rule in snapshot[group].values()}
    assert kept == {path.read_text("utf-8") for path in [*rule_files(RULES), *alarm_files(RULES)]}


def test_every_packaged_rule_says_when_its_version_was_finished() -> None:
    texts = load_content(RULES, CARDS).in_words.values()
    assert all(text.revisions and text.revisions[-1].version == text.version for text in texts)


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("version: 1.1.0\n", "version: 1.2.0\n", "revisions: end with 1.1.0, and the rule is 1.2.0."),
        ("on: 2026-11-23", "on: 2026-11-02", "revisions: are not in the order of their days."),
        ("on: 2026-11-23", "on: yesterday", "revisions.1.on: 'yesterday' does not match"),
        ("id: cppd\n", "id: lipoma\n", "id: 'lipoma' is the id of another rule."),
    ],
)
def test_dates_and_ids_that_would_mislead_are_refused(
    before: str, after: str, complaint: str, folders: tuple[Path, Path]
) -> None:
    file = folders[0] / "crystal" / "cppd.yaml"
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8")
    with pytest.raises(ContentError, match=re.escape(complaint)):
        load_content(*folders)
