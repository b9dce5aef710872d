"""A client in a process of its own, which notes each answer that it got: python -m tests.durability.calling URL N N."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from tests.contract.calls import URL, call

CALCIFIED = "Lobulated calcified mass about the hip."
LOST = 0
"""Stands for an answer that never came."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What a client knows of one call."""

    instance: str
    status: int
    cards: int


class Client:
    """A client that runs; iterating gives what it notes, as it comes."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __iter__(self) -> Iterator[Noted]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            yield Noted(*json.loads(line))


@contextmanager
def calling(url: str, first: int, count: int) -> Iterator[Client]:
    """A client that makes `count` calls one after another, each with a hookInstance of its own, and none again."""
    command = [sys.executable, "-m", "tests.durability.calling", url, str(first), str(count)]
    top = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(top)}
    with subprocess.Popen(command, cwd=top, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Client(process)
        finally:
            process.kill()


def instance_of(number: int) -> str:
    """The hookInstance of a call."""
    return str(uuid5(NAMESPACE_URL, f"durability {number}"))


def main() -> int:
    """Calls, and prints what it notes of each, one a line."""
    url, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
    for number in range(first, first + count):
        instance = instance_of(number)
        body = json.dumps(call(CALCIFIED, hookInstance=instance))
        try:
            connection.request("POST", URL, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            noted = [instance, answer.status, len(json.loads(answer.read()).get("cards", ()))]
        except (OSError, HTTPException, ValueError):
            connection.close()
            noted = [instance, LOST, 0]
        print(json.dumps(noted), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
