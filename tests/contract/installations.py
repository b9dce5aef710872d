"""Installations of two workers that tests change while callers keep calling."""

import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import requests

from cds_service.content.locate import default_content
from tests.contract.calls import URL, call
from tests.serving import Server
from tests.waiting import a_moment

TWO_WORKERS = {"CALCIFICATION_CDS_WORKERS": "2", "CALCIFICATION_CDS_REPEAT_SILENCE_HOURS": "0"}


def own_rules(folder: Path) -> Path:
    """A copy of the rules for a test to change."""
    rules = folder / "rules"
    shutil.copytree(default_content()[0], rules)
    return rules


def both_workers(server: Server) -> list[int]:
    """The process ids of both workers; the second one starts a moment after the service is ready."""
    until = time.monotonic() + 60
    while len(server.workers()) < 2:
        assert time.monotonic() < until, "the second worker did not start"
        a_moment()
    return server.workers()


@dataclass
class Callers:
    """Clients that call one after the other until they are stopped, each with calls of its own.

    Attributes:
        url: of the server.
        failed: what came instead of an answer.
        answered: how many answers came.
    """

    url: str
    failed: list[str] = field(default_factory=list)
    answered: int = 0
    _lock: Lock = field(default_factory=Lock)

    def ask(self, session: Any = requests) -> list[dict[str, Any]] | None:
        """The cards of one new call; None where it failed."""
        with self._lock:
            self.answered += 1
            instance = str(uuid5(NAMESPACE_URL, str(self.answered)))
        try:
            answer = session.post(self.url + URL, json=call(hookInstance=instance), timeout=30)
            answer.raise_for_status()
        except requests.RequestException as error:
            self.failed.append(repr(error))
            return None
        cards: list[dict[str, Any]] = answer.json()["cards"]
        return cards

    def ask_until(self, stopped: Event, session: Any) -> None:
        """Call after call."""
        while not stopped.is_set():
            self.ask(session)


@contextmanager
def calling(url: str, callers: int = 2) -> Iterator[Callers]:
    """Callers at work, half of them on connections that they keep."""
    stopped, found = Event(), Callers(url)
    sessions = [requests.Session() if number % 2 else requests for number in range(callers)]
    threads = [Thread(target=found.ask_until, args=(stopped, session)) for session in sessions]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        stopped.set()
        for thread in threads:
            thread.join(timeout=60)
        for session in sessions:
            if isinstance(session, requests.Session):
                session.close()


def names(cards: list[dict[str, Any]]) -> list[str]:
    """The etiologies of a differential card."""
    listed: list[Mapping[str, str]] = [
        one for card in cards for one in card["extension"].get("io.github.calcification-cds.differential", ())
    ]
    return [one["etiology"] for one in listed]
