"""The files of the content: which belong to it, what each is called, and the version that they make."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

VERSION_LENGTH = 16
"""Hex digits of the content version: enough to tell versions of one installation apart."""

_NOT_RULES = ("vocabulary", "schema", "must-not-miss")
_CASES = ".cases.yaml"


def rule_files(rules_dir: Path) -> list[Path]:
    """The rule files, in the order of their paths; cases, vocabulary and must-not-miss apart."""
    found = (path for path in rules_dir.glob("*/*.yaml") if path.parent.name not in _NOT_RULES)
    return sorted(path for path in found if not path.name.endswith(_CASES))


def alarm_files(rules_dir: Path) -> list[Path]:
    """The must-not-miss files, in the order of their names."""
    return sorted(path for path in rules_dir.glob("must-not-miss/*.yaml") if not path.name.endswith(_CASES))


def cases_of(rule: Path) -> Path:
    """The file with the cases of a rule, beside it."""
    return rule.with_name(rule.name.removesuffix(".yaml") + _CASES)


def name_of(path: Path, top: Path) -> str:
    """How a file is called in complaints: its path from the content folder, as in "rules/tumors/lipoma.yaml"."""
    return f"{top.name}/{path.relative_to(top).as_posix()}"


def digests(rules_dir: Path, cards_dir: Path) -> dict[str, str]:
    """The SHA-256 of every file of the content but the cases, by name, whatever the two folders are called."""
    return {
        f"{folder}/{path.relative_to(top).as_posix()}": hashlib.sha256(path.read_bytes()).hexdigest()
        for folder, top in (("rules", rules_dir), ("cards", cards_dir))
        for path in sorted(top.rglob("*"))
        if path.suffix in (".yaml", ".json") and not path.name.endswith(_CASES)
    }


def version_of(files: Mapping[str, str]) -> str:
    """The version of the content that these files make, by their digests."""
    said = "".join(f"{name}\n{digest}\n" for name, digest in files.items())
    return hashlib.sha256(said.encode()).hexdigest()[:VERSION_LENGTH]
