"""Starts a replay in a process of its own: one at a time for the whole installation, however many server processes."""

import fcntl
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from cds_service.replay.shelf import LINES, LOG, STATE

IN_USE = "rules in use"
"""What the rules that answer calls are called among the candidates."""
_LOCK = ".running"
_NOT_NAMED = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a replay is asked for; `candidate` is one of `Starting.candidates`, the rest as on the command line."""

    candidate: str
    since: str
    until: str = ""
    rule: str = ""


class Busy(Exception):
    """A replay runs already."""


@dataclass(frozen=True, slots=True)
class Starting:
    """Starts replays.

    Attributes:
        folder: where their states and lines go.
        candidates_dir: its folders hold candidates, each with `rules` and, where words change too, `cards`.
        rules_dir, cards_dir: what is in use; None for what came with the program.
        environment: of the new process: where the record is.
    """

    folder: Path
    candidates_dir: Path | None
    rules_dir: Path | None
    cards_dir: Path | None
    environment: Mapping[str, str]

    def candidates(self) -> list[str]:
        """The candidates, the rules in use last."""
        top = self.candidates_dir
        found = sorted(path.parent.name for path in top.glob("*/rules") if path.is_dir()) if top else []
        return [*found, IN_USE]

    def running(self) -> str:
        """The name of the replay that runs; empty where none does."""
        if not (self.folder / _LOCK).is_file():
            return ""
        lock = self._lock()
        try:
            return "" if _taken(lock) else os.pread(lock, 200, 0).decode("utf-8", "replace")
        finally:
            os.close(lock)

    def start(self, name: str, wish: Wish) -> None:
        """Start a replay, or let it go on where one of this name has stopped.

        Args:
            name: as `name_of` gives it.
            wish: what is asked for.

        Raises:
            Busy: one runs already.
        """
        lock = self._lock()
        try:
            if not _taken(lock):
                raise Busy
            os.ftruncate(lock, 0)
            os.pwrite(lock, name.encode(), 0)
            with (self.folder / f"{name}{LOG}").open("wb") as log:
                # The lock is held by whoever holds the open file: the new process, until it ends, however it ends.
                process = subprocess.Popen(
                    self._command(name, wish),
                    env=dict(self.environment),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=log,
                    pass_fds=(lock,),
                    start_new_session=True,
                )
        finally:
            os.close(lock)
        Thread(target=process.wait, name=f"replay {name}", daemon=True).start()

    def _command(self, name: str, wish: Wish) -> list[str]:
        rules, cards = self._folders(wish.candidate)
        given = {
            "since": wish.since,
            "until": wish.until,
            "rule": wish.rule,
            "rules": str(rules or ""),
            "cards": str(cards or ""),
            "name": wish.candidate,
            "state": str(self.folder / f"{name}{STATE}"),
            "json": str(self.folder / f"{name}{LINES}"),
        }
        return [sys.executable, "-m", "cds_service", "replay", *_options(given)]

    def _folders(self, candidate: str) -> tuple[Path | None, Path | None]:
        if candidate == IN_USE or self.candidates_dir is None:
            return self.rules_dir, self.cards_dir
        own = self.candidates_dir / candidate
        return own / "rules", own / "cards" if (own / "cards").is_dir() else self.cards_dir

    def _lock(self) -> int:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def name_of(wish: Wish, moment: str) -> str:
    """The name of a new replay: when it was asked for, and for which candidate."""
    stamp = re.sub(r"\D", "", moment)[:14]
    return f"{stamp}-{_NOT_NAMED.sub('-', wish.candidate.lower()).strip('-')[:60] or 'candidate'}"


def _options(given: Mapping[str, str]) -> Sequence[str]:
    return [f"--{key}={value}" for key, value in given.items() if value]


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
