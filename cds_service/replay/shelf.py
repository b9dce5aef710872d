"""The replays that lie in a folder: their states, and the lines that tell of calls, a page at a time."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cds_service.errors import StartError
from cds_service.replay.state import State, state_in

STATE, LINES, LOG = ".state", ".ndjson", ".log"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LinesPage:
    """Some calls that differ, and where in the file the next ones begin; None at its end."""

    lines: tuple[Json, ...]
    following: int | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder of replays. `year.state` and `year.ndjson` are the replay "year", whoever ran it."""

    folder: Path

    def names(self) -> list[str]:
        """The replays, the one that was written last before the others."""
        files = [file for file in self.folder.glob(f"*{STATE}") if _NAME.fullmatch(file.stem)]
        return [file.stem for file in sorted(files, key=lambda file: (-file.stat().st_mtime, file.stem))]

    def states(self, most: int) -> Iterator[tuple[str, State]]:
        """The newest replays; a file that holds no state is passed over."""
        for name in self.names()[:most]:
            try:
                yield name, state_in(self.folder / f"{name}{STATE}")
            except StartError:
                continue

    def state(self, name: str) -> State | None:
        """The state of a replay; None where there is none of this name."""
        if not _NAME.fullmatch(name) or not (self.folder / f"{name}{STATE}").is_file():
            return None
        return state_in(self.folder / f"{name}{STATE}")

    def lines(self, name: str, kind: str, start: int, most: int) -> LinesPage:
        """The calls of a kind, from a place in the file on.

        Args:
            name: of a replay that is there.
            kind: such as "gained"; empty for every call that differs.
            start: bytes before the first line; as `following` gave it.
            most: calls at once.
        """
        file = self.folder / f"{name}{LINES}"
        if not file.is_file():
            return LinesPage((), None)
        found: list[Json] = []
        with file.open("rb") as opened:
            opened.seek(start)
            while raw := opened.readline():
                line = _line(raw)
                if line is None or (kind and kind not in _kinds(line)):
                    continue
                if len(found) == most:
                    return LinesPage(tuple(found), opened.tell() - len(raw))
                found.append(line)
        return LinesPage(tuple(found), None)

    def complaint(self, name: str) -> str:
        """What a replay that was started here said when it could not be done; empty where it said nothing."""
        file = self.folder / f"{name}{LOG}"
        return file.read_text(encoding="utf-8", errors="replace").strip()[-2000:] if file.is_file() else ""


def _line(raw: bytes) -> Json | None:
    """A line; None for one that is being written, or that `start` points into."""
    try:
        line = json.loads(raw)
    except ValueError:
        return None
    return line if isinstance(line, dict) and "kinds" in line else None


def _kinds(line: Json) -> list[str]:
    return [*line["kinds"], *(["unsure"] if "unsure" in line else [])]
