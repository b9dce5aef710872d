"""What a process does beside its calls, each task in its own time: one thread that nobody waits for."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event, Thread

_STOPS_WITHIN_S = 1.0
_NS = 1_000_000_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be done again and again.

    Attributes:
        name: stands in the log when it fails.
        period_s: seconds from one end of it to the next beginning.
        work: does it; it has to come back soon, since the others wait for it.
    """

    name: str
    period_s: float
    work: Callable[[], object]


class Housekeeping:
    """The tasks of one process. It does nothing until it is started, and is started in the process that it is for.

    Args:
        tasks: in the order in which they are done.
        stopwatch: nanoseconds that only ever go up.
    """

    def __init__(self, tasks: Sequence[Task], stopwatch: Callable[[], int] = time.monotonic_ns) -> None:
        self._tasks = tuple(tasks)
        self._stopwatch = stopwatch
        self._due: dict[str, int] = {}
        self._stopped = Event()
        self._thread: Thread | None = None

    def tick(self, now: int) -> None:
        """Do what is due; what fails is logged without what it was about, and stops nothing.

        Args:
            now: by the stopwatch, in nanoseconds.
        """
        for task in self._tasks:
            if now < self._due.get(task.name, now):
                continue
            try:
                task.work()
            except Exception as error:
                _log.error("Housekeeping, %s: %s", task.name, type(error).__name__)
            self._due[task.name] = now + int(task.period_s * _NS)

    def start(self) -> None:
        """Begin, in a thread that does not keep the process alive."""
        self._thread = Thread(target=self._run, name="housekeeping", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End, at the latest with the task that is being done; a process that ends waits a second for it, no more."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(_STOPS_WITHIN_S)

    def _run(self) -> None:
        pause = min((task.period_s for task in self._tasks), default=_STOPS_WITHIN_S)
        while not self._stopped.wait(pause):
            self.tick(self._stopwatch())
