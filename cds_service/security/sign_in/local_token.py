"""The demo's one token: whoever can read its file is the local user; others on the same machine are not."""

import hmac
from collections.abc import Callable
from threading import Lock

AT_ONCE = 10
EVERY_S = 1
_NS = 1_000_000_000


class TooManyTries(Exception):
    """Wrong tokens came too fast: for a moment none is looked at."""


class LocalToken:
    """The token, and how often it may be guessed: some times at once, then once a second for each process.

    Args:
        token: printable text.
        stopwatch: nanoseconds that only ever go up.
    """

    def __init__(self, token: str, stopwatch: Callable[[], int]) -> None:
        self._token = token.encode()
        self._stopwatch = stopwatch
        self._left, self._at = float(AT_ONCE), stopwatch()
        self._lock = Lock()

    def is_right(self, text: str) -> bool:
        """Whether this is the token; how long the answer takes does not depend on how much of it is right.

        Raises:
            TooManyTries: it was not looked at.
        """
        with self._lock:
            now = self._stopwatch()
            self._left = min(self._left + (now - self._at) / (EVERY_S * _NS), float(AT_ONCE))
            self._at = now
            if self._left < 1:
                raise TooManyTries
            right = hmac.compare_digest(self._token, text.strip().encode("utf-8", "replace"))
            self._left -= 0 if right else 1
            return right
