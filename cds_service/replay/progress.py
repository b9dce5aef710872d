"""A bar that says how far long work is, for a terminal."""

from collections.abc import Callable
from typing import TextIO

_WIDTH = 30
_MINUTE = 60


class Progress:
    """Writes one line over itself; nothing where nobody looks.

    Args:
        out: where it is written.
        seconds: ever rising seconds.
        shown: whether anybody looks.
    """

    def __init__(self, out: TextIO, seconds: Callable[[], float], *, shown: bool) -> None:
        self._out = out
        self._seconds = seconds
        self._shown = shown
        self._began: tuple[float, int] | None = None

    def tell(self, done: int, total: int) -> None:
        """So many are done of so many."""
        now = self._seconds()
        if self._began is None:
            # What was done before, or at first, tells nothing of how fast it goes on.
            self._began = (now, done)
        if self._shown:
            self._out.write(f"\r{bar(done, total, *self._pace(now, done))}\x1b[K")
            self._out.flush()

    def end(self) -> None:
        """Leave the line."""
        if self._shown and self._began is not None:
            self._out.write("\n")

    def _pace(self, now: float, done: int) -> tuple[float, int]:
        began, already = self._began or (now, done)
        return now - began, done - already


def bar(done: int, total: int, seconds: float, since: int) -> str:
    """The line.

    Args:
        done: how many are done.
        total: how many there are.
        seconds: how long the last of them took.
        since: how many these last are.
    """
    full = _WIDTH if total <= done else _WIDTH * done // total
    line = f"[{'█' * full}{'·' * (_WIDTH - full)}] {done} of {total}"
    if seconds <= 0 or since <= 0:
        return line
    left = round((total - done) * seconds / since)
    return f"{line}, {since / seconds:.0f}/s, {left // _MINUTE}:{left % _MINUTE:02} left"
