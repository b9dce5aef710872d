"""A peer has its time once, however it spreads its bytes over it."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from cds_service.web.punctual import PunctualSocket


@dataclass
class Seconds:
    """A stopwatch that stands still until a test lets time pass."""

    passed: float = 0.0
    asked: list[float] = field(default_factory=list)

    def __call__(self) -> int:
        return int(self.passed * 1_000_000_000)


class Late(Exception):
    """What a test has raised when the time is over."""


@dataclass
class Pair:
    """Both ends of a connection, and the stopwatch of the one that is tested."""

    own: PunctualSocket
    peer: socket.socket
    clock: Seconds


@pytest.fixture
def pair() -> Iterator[Pair]:
    here, there = socket.socketpair()
    clock = Seconds()
    own = PunctualSocket(here, clock)
    yield Pair(own, there, clock)
    own.close()
    there.close()


def test_bytes_that_come_in_time_are_read(pair: Pair) -> None:
    pair.own.allow(10, Late)
    pair.peer.sendall(b"abc")
    assert pair.own.recv(10) == b"abc"


def test_a_byte_now_and_then_gives_no_new_time(pair: Pair) -> None:
    pair.own.allow(10, Late)
    for second in (4, 8):
        pair.clock.passed = second
        pair.peer.sendall(b"a")
        assert pair.own.recv(10) == b"a"
    pair.clock.passed = 10
    pair.peer.sendall(b"a")
    with pytest.raises(Late):
        pair.own.recv(10)


def test_what_is_allowed_anew_counts_from_then(pair: Pair) -> None:
    pair.own.allow(10, Late)
    pair.clock.passed = 9
    pair.own.allow(10, Late)
    pair.clock.passed = 18
    pair.peer.sendall(b"a")
    assert pair.own.recv(10) == b"a"


def test_a_peer_that_sends_nothing_is_late(pair: Pair) -> None:
    pair.own.allow(0.01, Late)
    with pytest.raises(Late):
        pair.own.recv(10)


def test_a_peer_that_does_not_read_counts_as_gone(pair: Pair) -> None:
    pair.own.allow(0.01)
    with pytest.raises(BrokenPipeError):
        pair.own.sendall(b"a" * 100_000_000)


@pytest.mark.parametrize("wait", [None, 5.0])
def test_the_time_out_that_was_set_stays(wait: float | None, pair: Pair) -> None:
    pair.own.settimeout(wait)
    pair.own.allow(10)
    pair.peer.sendall(b"a")
    pair.own.recv(1)
    pair.own.sendall(b"a")
    assert pair.own.gettimeout() == wait


def test_a_shorter_time_out_of_its_own_is_no_lateness(pair: Pair) -> None:
    pair.own.settimeout(0.01)
    pair.own.allow(10, Late)
    with pytest.raises(TimeoutError):
        pair.own.recv(1)


@pytest.mark.parametrize("use", [lambda own: own.recv(1), lambda own: own.sendall(b"a")], ids=["recv", "sendall"])
def test_without_a_limit_it_is_a_plain_socket(use: Callable[[PunctualSocket], object], pair: Pair) -> None:
    pair.peer.sendall(b"a")
    pair.clock.passed = 1000
    assert use(pair.own) in (b"a", None)
