"""Whatever dies in the middle of calls: every answer that a client got has its record, and none is there twice."""

import json
import os
import signal
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain as joined
from itertools import islice
from pathlib import Path

import pytest
import requests

from tests.contract.calls import URL, call
from tests.durability.calling import LOST, Noted, calling, instance_of
from tests.durability.installations import PostgreSQL, Suffering, until_nothing_waits


def take(some: Iterator[Noted], count: int) -> list[Noted]:
    return list(islice(some, count))


def statuses(noted: Iterable[Noted]) -> Counter[int]:
    return Counter(one.status for one in noted)


def test_workers_are_killed_in_the_middle_of_a_thousand_calls(on_sqlite: Suffering) -> None:
    noted: list[Noted] = []
    with (
        on_sqlite.serving() as server,
        calling(server.url, 0, 500) as first,
        calling(server.url, 500, 500) as second,
    ):
        one, other = iter(first), iter(second)
        for _ in range(5):
            noted += take(one, 80)
            noted += take(other, 60)
            os.kill(server.workers()[-1], signal.SIGKILL)
        noted += [*one, *other]
    assert len(noted) == 1000
    assert statuses(noted).keys() <= {200, LOST}
    assert statuses(noted)[200] > 900
    on_sqlite.require_every_answer_on_record(noted)


def test_the_database_is_stopped_and_started_and_a_worker_killed_meanwhile(
    on_postgresql: Suffering, postgresql: PostgreSQL
) -> None:
    noted: list[Noted] = []
    with on_postgresql.serving() as server, calling(server.url, 0, 400) as client:
        answers = iter(client)
        noted += take(answers, 60)
        postgresql.stop()
        noted += take(answers, 60)
        os.kill(server.workers()[0], signal.SIGKILL)
        noted += take(answers, 60)
        assert requests.get(f"{server.url}/readyz", timeout=10).json()["store"] == "spooling"
        postgresql.start()
        noted += answers
        until_nothing_waits(server)
    assert len(noted) == 400
    assert statuses(noted).keys() <= {200, LOST}
    assert statuses(noted)[200] > 390
    on_postgresql.require_every_answer_on_record(noted)
    assert on_postgresql.spooled_files() == []
    memories = {
        row.hook_instance: json.loads(zlib.decompress(row.body)).get("memory") for row in on_postgresql.records()
    }
    assert [memories[noted[place].instance] for place in (10, 100)] == [None, "away"]


def test_what_a_service_left_is_moved_by_a_command(on_postgresql: Suffering, postgresql: PostgreSQL) -> None:
    with on_postgresql.serving() as server:
        postgresql.stop()
        with calling(server.url, 0, 30) as client:
            noted = list(client)
    postgresql.start()
    assert statuses(noted) == {200: 30}
    assert on_postgresql.spooled_files() != []
    # Each worker that answered begins its chain with an entry of its own, beside the 30 of the calls.
    assert on_postgresql.drain() in [f"{count} records moved to the database\n" for count in (31, 32)]
    on_postgresql.require_every_answer_on_record(noted)
    assert on_postgresql.drain() == "0 records moved to the database\n"


def test_a_full_disk_withholds_answers_while_the_database_is_away(
    on_postgresql: Suffering, postgresql: PostgreSQL, small_disk: Path
) -> None:
    installation = replace(on_postgresql, spool=small_disk / "spool")
    with installation.serving() as server:
        postgresql.stop()
        with calling(server.url, 0, 200) as client:
            noted = list(client)
        assert requests.get(f"{server.url}/readyz", timeout=10).status_code == 503
        postgresql.start()
        until_nothing_waits(server)
        again = requests.post(server.url + URL, json=call(hookInstance=instance_of(-1)), timeout=10)
        assert again.status_code == 200
    assert statuses(noted).keys() == {200, 503}
    assert {one.cards for one in noted if one.status == 503} == {0}
    installation.require_every_answer_on_record(noted)
    kept = {row.hook_instance for row in installation.records()}
    assert [one for one in noted if one.status == 503 and one.instance in kept] == []
    assert [name for name in installation.spooled_files() if not name.endswith(".spool")] == []


def test_two_workers_and_four_clients_at_once_lose_nothing(installation: Suffering) -> None:
    with (
        installation.serving() as server,
        calling(server.url, 0, 50) as first,
        calling(server.url, 50, 50) as second,
        calling(server.url, 100, 50) as third,
        calling(server.url, 150, 50) as fourth,
    ):
        noted = list(joined(first, second, third, fourth))
        log = server.log.read_text("utf-8")
    assert statuses(noted) == {200: 200}
    assert len(installation.records()) == 200
    installation.require_every_answer_on_record(noted)
    assert [line for line in log.splitlines() if "lock" in line or "away" in line or "Error" in line] == []


def test_an_answer_without_a_record_would_be_seen(on_sqlite: Suffering) -> None:
    with on_sqlite.serving() as server, calling(server.url, 0, 2) as client:
        noted = list(client)
    with pytest.raises(AssertionError):
        on_sqlite.require_every_answer_on_record([*noted, replace(noted[0], instance=instance_of(99))])
