"""YAML as an editor means it."""

from decimal import Decimal
from pathlib import Path

import pytest

from cds_service.content.yaml_source import read_source
from cds_service.errors import ContentError


def read(tmp_path: Path, text: str) -> object:
    path = tmp_path / "file.yaml"
    path.write_text(text, encoding="utf-8")
    return read_source(path, "rules/file.yaml").data


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("2026-01-01", "2026-01-01"),
        ("007", "007"),
        ("1e3", "1e3"),
        ("'7'", "7"),
        ("7", 7),
        ("-2", -2),
        ("7.50", Decimal("7.50")),
        ("true", True),
        ("null", None),
        ("[1, a]", [1, "a"]),
    ],
)
def test_a_value_is_read_as_an_editor_means_it(tmp_path: Path, written: str, meant: object) -> None:
    assert read(tmp_path, f"key: {written}") == {"key": meant}


def test_a_repeated_key_is_refused_with_both_lines(tmp_path: Path) -> None:
    with pytest.raises(ContentError) as refused:
        read(tmp_path, "a: 1\nb: 2\na: 3\n")
    assert str(refused.value) == (
        "rules/file.yaml:3: a: stands twice in the same mapping. Keep one of them (the first is on line 1)."
    )


def test_text_that_is_not_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"rules/file\.yaml:2: \(file\): is not YAML"):
        read(tmp_path, "a: 1\nb: c: d\n")


def test_a_file_that_is_not_there_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"rules/gone\.yaml:1: \(file\): cannot be read"):
        read_source(tmp_path / "gone.yaml", "rules/gone.yaml")


def test_every_value_knows_its_line(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text("a:\n  - x\n  - b: 1\n    c: 2\n", encoding="utf-8")
    source = read_source(path, "file.yaml")
    assert [source.line(at) for at in (("a",), ("a", 0), ("a", 1, "c"), ("a", 1, "gone"))] == [1, 2, 4, 3]
