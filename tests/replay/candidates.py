"""Candidate rules: the product's own with one change, as an editor would make it in a copy of the folder."""

import shutil
from pathlib import Path
from typing import NamedTuple

from cds_service.content.load import Content, load_content
from cds_service.content.locate import default_content


class Edit(NamedTuple):
    """In a file of rules or cards, text that stands there once, and what takes its place."""

    file: str
    old: str
    new: str


def candidate_folders(folder: Path, *edits: Edit) -> tuple[Path, Path]:
    """Copies of rules and cards with these edits."""
    tops = []
    for top in default_content():
        shutil.copytree(top, folder / top.name)
        tops.append(folder / top.name)
    for edit in edits:
        path = folder / edit.file
        text = path.read_text(encoding="utf-8")
        assert text.count(edit.old) == 1, f"{edit.old!r} stands {text.count(edit.old)} times in {edit.file}"
        path.write_text(text.replace(edit.old, edit.new), encoding="utf-8")
    return tops[0], tops[1]


def candidate(folder: Path, *edits: Edit) -> Content:
    """The content with these edits, loaded."""
    return load_content(*candidate_folders(folder, *edits))
