"""YAML as an editor means it: text with line numbers, no silent surprises.

PyYAML's own loader lets a repeated key win last, reads `no` as False and `12:30` as 750. Here a repeated key is a
problem, only `true`, `false`, `null`, integers and decimals are anything but text, and every value knows its line.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from cds_service.errors import ContentError, Problem

Path_ = tuple[str | int, ...]

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+\Z")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, slots=True)
class Source:
    """One parsed file: its data, the line on which each key or list item begins, and its text."""

    name: str
    data: Any
    lines: dict[Path_, int] = field(repr=False)
    text: str = field(default="", repr=False)

    def line(self, path: Path_) -> int:
        """The line of the value at `path`, or of the nearest value around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: Path_, problem: str, cure: str) -> Problem:
        """A complaint about the value at `path`."""
        key = ".".join(str(part) for part in path) or "(file)"
        return Problem(self.name, self.line(path), key, problem, cure)


def read_source(path: Path, name: str) -> Source:
    """Parses one YAML file.

    Args:
        path: the file.
        name: how the file is called in complaints, such as "rules/tumors/lipoma.yaml".

    Raises:
        ContentError: the file cannot be read, is not YAML, or repeats a key.
    """
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=_LOADER)
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(
            [Problem(name, 1, "(file)", f"cannot be read ({error}).", "Save it as UTF-8 text.")]
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        what = f"is not YAML ({getattr(error, 'problem', error)})."
        raise ContentError([Problem(name, line, "(file)", what, "Check indentation, colons and quotes.")]) from error
    reader = _NodeReader(name)
    data = reader.value(node, ()) if node is not None else None
    if reader.problems:
        raise ContentError(reader.problems)
    return Source(name, data, reader.lines, text)


class _NodeReader:
    """Turns YAML nodes into plain data, keeping lines and collecting problems."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Path_, int] = {}
        self.problems: list[Problem] = []

    def value(self, node: yaml.Node, path: Path_) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in found:
                cure = f"Keep one of them (the first is on line {self.lines[(*path, key)]})."
                self.problems.append(Problem(self.name, line, key, "stands twice in the same mapping.", cure))
                continue
            self.lines[(*path, key)] = line
            found[key] = self.value(value_node, (*path, key))
        return found


def _scalar(node: yaml.Node) -> Any:
    text = str(node.value)
    if getattr(node, "style", None):  # the C parser writes "" for a plain scalar, the Python one None
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text)
    return Decimal(text) if _DECIMAL.match(text) else text
