"""Plain GitHub-flavoured Markdown without HTML, safe for text that came from a report or a chart.

Clients render `detail` with raw HTML switched on, so a "<" from a report would be markup: everything that is not our
own wording passes through `escape`.
"""

from collections.abc import Iterable

_SPECIAL = str.maketrans(
    {character: "\\" + character for character in "\\`*_[]#!|~"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
)


def escape(text: str) -> str:
    """Foreign text as literal text, on one line."""
    return " ".join(text.split()).translate(_SPECIAL)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table; cells must be escaped already."""
    heads = list(head)
    lines = [_row(heads), _row("---" for _ in heads)]
    return "\n".join([*lines, *(_row(row) for row in rows)])


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def bullets(lines: Iterable[str]) -> str:
    """A list, one item a line."""
    return "\n".join(f"- {line}" for line in lines)


def cut(text: str, length: int) -> str:
    """At most `length` characters, cut at a word and marked as cut."""
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
