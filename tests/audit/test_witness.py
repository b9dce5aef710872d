"""Chains testify to each other: at their first entry, and then once an hour if the others moved."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, text

from cds_service.audit.store import Store
from cds_service.audit.testimony import read_testimony
from cds_service.audit.verify import verify
from cds_service.audit.witness import Witness
from tests.audit.chains import record_of, tamper
from tests.audit.stores import KEY, store_on, writer_on
from tests.conftest import NOON


def _said(engine: Engine, table: str) -> list[dict[str, int]]:
    """What each row of testimony says: the number that each chain had come to."""
    with engine.connect() as connection:
        texts = connection.scalars(text(f"SELECT witnessed FROM {table} ORDER BY seq")).all()
    return [{writer: head[0] for writer, head in read_testimony(said).chains.items()} for said in texts]


class Process:
    """One process on the record, with a clock of its own."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.now = NOON
        writer = writer_on(engine, NOON, name)
        self.store = Store(engine, writer, lambda: NOON)
        self.witness = Witness(engine, writer, lambda: self.now)

    def an_hour_later(self) -> bool:
        self.now += timedelta(hours=1)
        return self.witness.tick()


def test_the_first_entry_of_a_chain_tells_how_far_the_others_had_come(engine: Engine) -> None:
    for number, name in enumerate(("a", "b", "c")):
        store = store_on(engine, NOON, name)
        for count in range(number + 1):
            store.append(record_of(f"{name}{count}"))
    assert _said(engine, "writers") == [{}, {"a1": 1}, {"a1": 1, "b1": 2}]


def test_a_process_testifies_once_an_hour_and_only_if_others_moved(engine: Engine) -> None:
    one, other = Process(engine, "a"), Process(engine, "b")
    one.store.append(record_of("a"))
    other.store.append(record_of("b"))
    assert one.witness.tick()
    other.store.append(record_of("c"))
    assert not one.witness.tick()
    assert one.an_hour_later()
    assert not one.an_hour_later()
    assert _said(engine, "witnesses") == [{"b1": 1}, {"b1": 2}]


def test_idle_processes_do_not_testify_to_each_other_for_ever(engine: Engine) -> None:
    processes = [Process(engine, name) for name in ("a", "b", "c")]
    for process in processes:
        process.store.append(record_of("x"))
    rounds = [[process.an_hour_later() for process in processes] for _ in range(4)]
    assert rounds[0][0]
    assert not any(any(testified) for testified in rounds[2:])


def test_a_process_that_never_wrote_testifies_to_others_with_its_first_entry(engine: Engine) -> None:
    store_on(engine, NOON, "a").append(record_of("a"))
    silent = Process(engine, "b")
    silent.witness.tick()
    assert _said(engine, "writers")[1:] == [{"a1": 1}]
    assert _said(engine, "witnesses") == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_old_chains_are_not_asked_again(engine: Engine) -> None:
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: asked.append(statement))
    costs = []
    for number in range(70):
        asked.clear()
        store_on(engine, NOON, f"w{number}x").append(record_of(str(number)))
        costs.append(len(asked))
    assert max(costs[40:]) <= max(costs[:40])


def test_a_testimony_that_was_tampered_with_says_nothing(engine: Engine) -> None:
    store_on(engine, NOON, "a").append(record_of("a"))
    store_on(engine, NOON, "b").append(record_of("b"))
    tamper(engine, ["UPDATE writers SET witnessed = '{\"chains\": 7}' WHERE writer = 'b1'"])
    store_on(engine, NOON, "c").append(record_of("c"))
    assert [finding.table for finding in verify(engine, KEY).findings] == ["writers"]
