"""The asking for one hook call: until when, how much of it, and what is broken off when time is up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock

from cds_service.fhir.access.grant import Grant
from cds_service.fhir.access.limits import AccessLimits
from cds_service.fhir.access.lines import Line, Lines
from cds_service.fhir.access.trouble import NotFetched, Trouble

_NS_PER_MS = 1_000_000
_NS_PER_S = 1_000_000_000


class Errand:
    """Shared by the threads that ask for one call. When it is ended, the token is used no more.

    Args:
        grant: server, token and scopes.
        limits: of time and size.
        lines: where connections are taken from.
        stopwatch: nanoseconds that only ever go up.
        spent_ms: milliseconds of the call that are over.
    """

    def __init__(
        self, grant: Grant, limits: AccessLimits, lines: Lines, stopwatch: Callable[[], int], spent_ms: float
    ) -> None:
        self.grant = grant
        self.limits = limits
        self._lines = lines
        self._stopwatch = stopwatch
        usable_ms = min(limits.deadline_ms, grant.usable_ms) - spent_ms
        self._ends_at = stopwatch() + int(usable_ms * _NS_PER_MS)
        self._lock = Lock()
        self._ended = Event()
        self._in_use: set[Line] = set()
        self._bytes = 0

    def left_s(self) -> float:
        """Seconds until the deadline; zero when it has passed or the errand was ended."""
        return 0.0 if self._ended.is_set() else max(0.0, (self._ends_at - self._stopwatch()) / _NS_PER_S)

    def time_for_one(self) -> Callable[[], float]:
        """Starts the time of one question: the function tells the seconds that are left of it.

        Raises, also from that function:
            NotFetched: there is no time left.
        """
        ends_at = min(self._ends_at, self._stopwatch() + self.limits.call_timeout_ms * _NS_PER_MS)

        def left() -> float:
            seconds = (ends_at - self._stopwatch()) / _NS_PER_S
            if seconds <= 0 or self._ended.is_set():
                raise NotFetched(Trouble.TOO_LATE)
            return seconds

        return left

    def rest(self, seconds: float) -> None:
        """Wait before a question is asked again; the end of the errand ends the wait.

        Raises:
            NotFetched: there is no time for it.
        """
        if seconds >= self.left_s() or self._ended.wait(seconds):
            raise NotFetched(Trouble.BUSY)

    def weigh(self, received: int) -> None:
        """Count bytes that were received.

        Raises:
            NotFetched: the answers of this call have become too large together.
        """
        with self._lock:
            self._bytes += received
            if self._bytes > self.limits.total_bytes:
                raise NotFetched(Trouble.TOO_LARGE)

    @contextmanager
    def line(self) -> Iterator[Line]:
        """A line to the server, for one question.

        Raises:
            NotFetched: the errand was ended, or too many questions to the server are open.
        """
        with self._lock:
            if self._ended.is_set():
                raise NotFetched(Trouble.TOO_LATE)
            line = self._lines.take(self.grant.server)
            self._in_use.add(line)
        try:
            yield line
        finally:
            with self._lock:
                self._in_use.discard(line)
            self._lines.give_back(line)

    def end(self) -> None:
        """Break off whatever is under way; after this nothing is sent for the call any more."""
        with self._lock:
            self._ended.set()
            for line in self._in_use:
                line.break_off()
