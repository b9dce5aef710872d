"""What a process does beside its calls: each task in its time, whatever the others do, and nobody waits for it."""

import logging
from functools import partial
from threading import Event

import pytest

from cds_service.housekeeping import Housekeeping, Task

SECOND = 1_000_000_000


def test_each_task_is_done_when_its_time_has_come() -> None:
    done: list[str] = []
    housekeeping = Housekeeping([Task("a", 1, partial(done.append, "a")), Task("b", 3, partial(done.append, "b"))])
    for second in range(7):
        housekeeping.tick(second * SECOND)
        done.append("|")
    assert "".join(done) == "ab|a|a|ab|a|a|ab|"


def test_a_task_that_fails_stops_no_other_and_is_told_by_its_class_only(caplog: pytest.LogCaptureFixture) -> None:
    done: list[int] = []

    def fail() -> None:
        raise ValueError("of Mr Somebody")

    housekeeping = Housekeeping([Task("one", 1, fail), Task("two", 1, lambda: done.append(1))])
    with caplog.at_level(logging.ERROR):
        housekeeping.tick(0)
        housekeeping.tick(SECOND)
    assert done == [1, 1]
    assert caplog.messages == ["Housekeeping, one: ValueError"] * 2


def test_once_started_it_goes_on_by_itself_until_it_is_stopped() -> None:
    done = Event()
    housekeeping = Housekeeping([Task("one", 0.01, done.set)])
    housekeeping.start()
    assert done.wait(10)
    done.clear()
    assert done.wait(10)
    housekeeping.stop()
    done.clear()
    assert not done.wait(0.1)


def test_a_task_that_takes_for_ever_keeps_no_process_from_ending() -> None:
    begun, never = Event(), Event()

    def hang() -> None:
        begun.set()
        never.wait()

    housekeeping = Housekeeping([Task("one", 0.01, hang)])
    housekeeping.start()
    assert begun.wait(10)
    housekeeping.stop()
    never.set()
