"""While the database is away records wait in the spool; once it is back they stand in it, in order, each once."""

import os
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event, select, text
from sqlalchemy.exc import OperationalError

from cds_service.audit import schema
from cds_service.audit.condition import Place, condition_of
from cds_service.audit.feedback import Reception, read_feedback
from cds_service.audit.spool import Spool, make_folder
from cds_service.audit.store import Store
from cds_service.errors import DatabaseAway, RecordNotKept
from tests.audit.absence import Absence
from tests.audit.records import RECORD, accepted
from tests.audit.stores import KEY, store_on
from tests.audit.walking import walked
from tests.conftest import NOON

FEEDBACK = read_feedback({"feedback": [accepted("card-1")]}, "loopback")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_folder(tmp_path / "spool")
    return tmp_path / "spool"


@pytest.fixture
def store(engine: Engine, folder: Path) -> Store:
    """A store with a spool."""
    return store_on(engine, NOON, spool=folder)


def keep(store: Store, *names: str) -> None:
    for name in names:
        store.append(replace(RECORD, call_id=name))


def kept(engine: Engine) -> list[str]:
    """The ids of the calls in the database, in the order of the writers' chains."""
    calls = schema.calls.c
    with engine.connect() as connection:
        return list(connection.scalars(select(calls.call_id).order_by(calls.writer, calls.number)))


def waiting(folder: Path) -> int:
    return Spool(folder).state().waiting


def spooled(folder: Path) -> Path:
    (path,) = folder.glob("*.spool")
    return path


def leave(store: Store) -> None:
    """End like a process that is killed: its lock goes with it, and nothing else happens."""
    store.writer.start_anew()


def test_what_was_kept_while_the_database_was_away_stands_in_it_once_it_is_back(
    store: Store, engine: Engine, folder: Path, absence: Absence
) -> None:
    keep(store, "before")
    absence.begin()
    keep(store, "away-1", "away-2")
    assert waiting(folder) == 2
    absence.end()
    keep(store, "after")
    assert kept(engine) == ["before", "away-1", "away-2", "after"]
    assert walked(engine, KEY) == {"writer1": 5}
    assert list(folder.iterdir()) == []


def test_a_chain_can_begin_in_the_spool(store: Store, engine: Engine, folder: Path, absence: Absence) -> None:
    absence.begin()
    keep(store, "first")
    absence.end()
    store.writer.move_waiting(10)
    assert walked(engine, KEY) == {"writer1": 2}
    assert waiting(folder) == 0


def test_what_comes_while_others_wait_goes_behind_them(
    store: Store, engine: Engine, folder: Path, absence: Absence
) -> None:
    absence.begin()
    keep(store, *(f"{number:03}" for number in range(120)))
    absence.end()
    keep(store, "120")
    assert waiting(folder) > 0
    while store.writer.move_waiting(30):
        assert kept(engine) == [f"{number:03}" for number in range(len(kept(engine)))]
    assert kept(engine) == [f"{number:03}" for number in range(121)]
    assert walked(engine, KEY) == {"writer1": 122}


def test_what_a_dead_process_left_is_moved_by_another(
    store: Store, engine: Engine, folder: Path, absence: Absence
) -> None:
    absence.begin()
    keep(store, "left-1", "left-2")
    leave(store)
    absence.end()
    other = store_on(engine, NOON, "other", folder)
    assert other.writer.move_left_behind(10) == 3
    assert kept(engine) == ["left-1", "left-2"]
    assert list(folder.iterdir()) == []


def test_what_a_living_process_holds_is_left_to_it(
    store: Store, engine: Engine, folder: Path, absence: Absence
) -> None:
    absence.begin()
    keep(store, "own")
    absence.end()
    assert store_on(engine, NOON, "other", folder).writer.move_left_behind(10) == 0
    assert waiting(folder) == 2


def test_a_file_that_comes_back_after_it_was_moved_adds_nothing(
    store: Store, engine: Engine, folder: Path, absence: Absence
) -> None:
    absence.begin()
    keep(store, "once-1", "once-2")
    copy = shutil.copy(spooled(folder), folder.parent / "copy")
    absence.end()
    store.writer.move_waiting(10)
    shutil.copy(copy, folder / "copy.spool")
    assert store_on(engine, NOON, "other", folder).writer.move_left_behind(10) == 3
    assert kept(engine) == ["once-1", "once-2"]
    assert [path.name for path in folder.iterdir()] == []


@pytest.mark.parametrize("cut", [1, 20, 44, 45, 300])
def test_a_torn_end_is_left_aside_and_what_stands_before_it_is_moved(
    cut: int, store: Store, engine: Engine, folder: Path, absence: Absence
) -> None:
    absence.begin()
    keep(store, "whole")
    before = spooled(folder).stat().st_size
    keep(store, "torn")
    path = spooled(folder)
    leave(store)
    os.truncate(path, path.stat().st_size - cut)
    torn = path.read_bytes()[before:]
    absence.end()
    store_on(engine, NOON, "other", folder).writer.move_left_behind(10)
    assert kept(engine) == ["whole"]
    assert [(left.name, left.read_bytes()) for left in folder.iterdir()] == [(f"{path.stem}.unreadable", torn)]
    assert Spool(folder).state().aside == (f"{path.stem}.unreadable",)


@pytest.mark.parametrize("spoiled", [0, 5, 10, 30, 100])
def test_a_spoiled_byte_costs_one_record_and_none_behind_it(
    spoiled: int, store: Store, engine: Engine, folder: Path, absence: Absence
) -> None:
    absence.begin()
    keep(store, "one")
    start = spooled(folder).stat().st_size
    keep(store, "two", "three")
    path = spooled(folder)
    leave(store)
    raw = bytearray(path.read_bytes())
    raw[start + spoiled] ^= 0xFF
    path.write_bytes(raw)
    absence.end()
    store_on(engine, NOON, "other", folder).writer.move_left_behind(10)
    assert kept(engine) == ["one", "three"]
    assert len(Spool(folder).state().aside) == 1


def test_a_record_whose_place_is_taken_by_another_is_left_aside(
    store: Store, engine: Engine, folder: Path, absence: Absence
) -> None:
    keep(store, "first")
    absence.begin()
    keep(store, "second", "third")
    absence.end()
    with engine.begin() as connection:
        taken = dict(connection.execute(select(schema.calls)).mappings().one())
        connection.execute(schema.calls.insert(), {**taken, "seq": 99, "number": 2, "link": bytes(32), "call_id": "x"})
    store.writer.move_waiting(10)
    assert kept(engine) == ["first", "x", "third"]
    assert [path.suffix for path in folder.iterdir()] == [".refused"]


def test_when_neither_can_be_written_the_record_is_refused_and_nothing_half_stays(
    store: Store, engine: Engine, folder: Path, absence: Absence
) -> None:
    absence.begin()
    keep(store, "kept")
    size = spooled(folder).stat().st_size
    with no_file_larger_than(size + 100), pytest.raises(RecordNotKept, match="answer is withheld"):
        keep(store, "withheld")
    assert spooled(folder).stat().st_size == size
    keep(store, "kept-again")
    absence.end()
    store.writer.move_waiting(10)
    assert kept(engine) == ["kept", "kept-again"]
    assert walked(engine, KEY) == {"writer1": 2, "writer2": 2}
    assert list(folder.iterdir()) == []


def test_a_spool_whose_folder_is_gone_refuses(store: Store, folder: Path, absence: Absence) -> None:
    folder.rmdir()
    absence.begin()
    with pytest.raises(RecordNotKept):
        keep(store, "withheld")


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """As on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_commit_that_nobody_heard_of_is_no_second_record(store: Store, engine: Engine, folder: Path) -> None:
    keep(store, "before")

    @event.listens_for(engine, "commit")
    def _break(connection: Connection) -> None:
        event.remove(engine, "commit", _break)
        connection.connection.commit()
        raise OperationalError("COMMIT", {}, ConnectionError("broken before the answer came"))

    keep(store, "unheard")
    keep(store, "after")
    assert kept(engine) == ["before", "unheard", "after"]
    assert walked(engine, KEY) == {"writer1": 4}
    assert list(folder.iterdir()) == []


def test_what_the_database_refuses_for_its_own_sake_does_not_wait(store: Store, folder: Path) -> None:
    with pytest.raises(RecordNotKept):
        keep(store, "\ud800")
    assert waiting(folder) == 0


def test_feedback_is_sent_again_later_and_goes_behind_the_calls(
    store: Store, engine: Engine, folder: Path, absence: Absence
) -> None:
    absence.begin()
    keep(store, "call")
    with pytest.raises(RecordNotKept, match="Send it again"):
        store.add_feedback(RECORD.service, FEEDBACK)
    absence.end()
    assert store.add_feedback(RECORD.service, FEEDBACK) == [Reception.KEPT]
    assert waiting(folder) == 0
    assert walked(engine, KEY) == {"writer1": 3}


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.first_like("instance", "print", "1"),
        lambda store: store.answered_before("reader", "2026", "2027", "call"),
    ],
)
def test_what_was_before_is_not_known(ask: Callable[[Store], object], store: Store, absence: Absence) -> None:
    absence.begin()
    with pytest.raises(DatabaseAway):
        ask(store)
    absence.end()
    assert not ask(store)


def test_a_database_that_is_away_is_not_asked_by_every_call(engine: Engine, folder: Path, absence: Absence) -> None:
    now = [0]
    store = store_on(engine, NOON, spool=folder, stopwatch=lambda: now[0])
    tried: list[int] = []
    event.listen(engine, "do_connect", lambda *_: tried.append(now[0]))
    absence.begin()
    for now[0] in range(0, 2_500_000_000, 100_000_000):
        keep(store, f"at-{now[0]}")
    absence.end()
    # The first call asks twice: how far the other chains have come, to begin its own, and then to be kept.
    assert tried == [0, 0, 1_000_000_000, 2_000_000_000]


def test_the_condition_says_where_a_record_would_go(store: Store, folder: Path, absence: Absence) -> None:
    assert condition_of(store.writer).place == Place.DATABASE
    absence.begin()
    keep(store, "one")
    condition = condition_of(store.writer)
    assert (condition.place, condition.spool.waiting, condition.spool_writable) == (Place.SPOOLING, 2, True)
    spooled(folder).unlink()
    folder.rmdir()
    with pytest.raises(RecordNotKept):
        condition_of(store.writer)
    absence.end()


def test_a_lock_that_somebody_holds_is_waited_for_no_longer_than_the_busy_time(
    store: Store, engine: Engine, folder: Path
) -> None:
    with engine.begin() as holding:
        holding.execute(text("SELECT 1"))
        if engine.dialect.name == "postgresql":
            holding.execute(text("LOCK TABLE calls IN EXCLUSIVE MODE"))
            event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("SET LOCAL lock_timeout = 50"))
        else:
            event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout = 50"))
        keep(store, "waits")
        assert waiting(folder) == 2
    store.writer.move_waiting(10)
    assert kept(engine) == ["waits"]


def test_nobody_else_may_read_the_spool(store: Store, folder: Path, absence: Absence) -> None:
    absence.begin()
    keep(store, "one")
    absence.end()
    assert (folder.stat().st_mode & 0o777, spooled(folder).stat().st_mode & 0o777) == (0o700, 0o600)
