"""A slow or dead FHIR server costs the deadline at most, and nothing is sent once it has passed.

The stopwatch stands still until a server moves it, so that no test waits.
"""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event, Thread
from typing import Any

import pytest

from cds_service.fhir.access.access import FhirAccess
from cds_service.fhir.access.asking import Job
from cds_service.fhir.access.errand import Errand
from cds_service.fhir.access.grant import read_grant
from cds_service.fhir.access.limits import AccessLimits
from cds_service.fhir.access.lines import Lines
from cds_service.fhir.access.questions import Question
from cds_service.fhir.access.servers import FhirServer
from cds_service.fhir.access.trouble import NotFetched, Trouble
from tests.fhir.access.errands import (
    BEYOND_MS,
    BOTH,
    LIMITS,
    NOT_ALL_READ,
    NOT_REACHABLE,
    PATIENT_QUERY,
    Asker,
    Stopwatch,
    call_to,
    ids,
    reasons,
)
from tests.fhir.access.scripted import HANG_UP, PATIENT, WAITS_S, Heard, always, bundle, condition, fhir, http, scripted

PROCEDURES = {"procedures": ["Procedure?patient={{context.patientId}}"]}
WHOLE = fhir(bundle(*(condition(f"c{number}") for number in range(200))))


@pytest.mark.parametrize(
    "limits",
    [
        AccessLimits(deadline_ms=20_000, call_timeout_ms=10_000),
        AccessLimits(deadline_ms=90_000, call_timeout_ms=10_000),
        AccessLimits(deadline_ms=20_000, call_timeout_ms=90_000),
    ],
)
def test_a_server_that_drips_does_not_beat_the_clock(limits: AccessLimits) -> None:
    dripped: list[int] = []

    def drip(_: Heard) -> Iterator[bytes]:
        head, body = WHOLE.split(b"\r\n\r\n")
        yield head + b"\r\n\r\n"
        for place in range(len(body)):
            asker.stopwatch.jump(400)
            dripped.append(place)
            yield body[place : place + 1]

    with scripted(drip) as server, Asker(server.origin, limits=limits) as asker:
        fetched = asker.fetch(call_to(server.base))
    assert fetched.failed == {"conditions": NOT_REACHABLE}
    assert "in time" in reasons(fetched)
    assert 0 < len(dripped) < len(WHOLE) / 2


def test_when_time_is_up_the_call_goes_on_with_what_is_there() -> None:
    held, gone = Event(), Event()

    def script(heard: Heard) -> Iterator[bytes]:
        if "Condition" in heard.target:
            held.set()
            heard.until_the_client_ends()
            gone.set()
        elif "Procedure" in heard.target:
            held.wait(WAITS_S)
            asker.stopwatch.jump(BEYOND_MS)
            yield http(500)
        else:
            yield fhir(PATIENT)

    # Two at a time: the procedures are asked for when the patient is there, while the conditions are held back.
    with scripted(script) as server, Asker(server.origin, limits=replace(LIMITS, in_flight=2)) as asker:
        fetched = asker.fetch(call_to(server.base), {**BOTH, **PROCEDURES})
        assert gone.wait(WAITS_S)
    assert ids(fetched, "patient") == ["p1"]
    assert fetched.failed["conditions"] is NOT_REACHABLE
    assert "did not answer in time: conditions" in reasons(fetched)


def test_pages_that_came_in_time_are_kept() -> None:
    def script(heard: Heard) -> Iterator[bytes]:
        if "page" not in heard.target:
            yield fhir(bundle(condition("c1"), following="?page=2"))
        else:
            asker.stopwatch.jump(BEYOND_MS)
            yield fhir(bundle(condition("c2")))

    with scripted(script) as server, Asker(server.origin) as asker:
        fetched = asker.fetch(call_to(server.base))
    assert (ids(fetched, "conditions"), fetched.failed) == (["c1"], {"conditions": NOT_ALL_READ})


@pytest.mark.parametrize(("spent_ms", "expires_in"), [(20_000, 300), (99_999, 300), (1000, 3)])
def test_nothing_is_asked_when_the_time_is_spent_or_the_token_has_expired(spent_ms: int, expires_in: int) -> None:
    with always(fhir(PATIENT)) as server, Asker(server.origin) as asker:
        fetched = asker.fetch(call_to(server.base, expires_in=expires_in), PATIENT_QUERY, spent_ms)
        assert server.heard == []
    assert fetched.failed == {"patient": NOT_REACHABLE}


def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    def silent(heard: Heard) -> Iterator[bytes]:
        heard.until_the_client_ends()
        yield HANG_UP

    with scripted(silent) as server, Asker(server.origin, limits=AccessLimits(call_timeout_ms=1)) as asker:
        fetched = asker.fetch(call_to(server.base))
    assert fetched.failed == {"conditions": NOT_REACHABLE}
    assert "in time" in reasons(fetched)


def _errand(base: str, stopwatch: Stopwatch, lines: Lines, **limits: int) -> Errand:
    origin = base.removesuffix("/fhir/r4")
    granted = read_grant(call_to(base), (FhirServer(origin, "calcification"),), production=False)
    return Errand(granted, AccessLimits(**limits), lines, stopwatch, 0)


def test_after_its_end_an_errand_asks_nothing() -> None:
    lines = Lines(socket.getaddrinfo, "", per_server=8)
    with always(fhir(PATIENT)) as server:
        errand = _errand(server.base, Stopwatch(), lines)
        errand.end()
        job = Job("patient", Question("Patient", "p1"))
        job.do(errand)
        assert (job.trouble, job.pages, server.connections) == (Trouble.TOO_LATE, [], 0)


def test_after_its_end_an_errand_takes_no_line() -> None:
    errand = _errand("http://127.0.0.1:9/fhir/r4", Stopwatch(), Lines(socket.getaddrinfo, "", per_server=8))
    errand.end()
    with pytest.raises(NotFetched, match="in time"), errand.line():
        pass


def test_a_line_that_was_broken_off_is_not_used_again() -> None:
    lines, server = Lines(socket.getaddrinfo, "", per_server=8), FhirServer("http://127.0.0.1:9", "")
    kept, broken = lines.take(server), lines.take(server)
    broken.break_off()
    lines.give_back(kept)
    lines.give_back(broken)
    assert lines.take(server) is kept
    assert lines.take(server) is not broken


def test_what_cannot_be_broken_off_is_not_waited_for_either() -> None:
    free, came_back = Event(), Event()

    def resolve(*_: Any, **__: Any) -> list[Any]:
        free.wait(WAITS_S)
        came_back.set()
        raise socket.gaierror(socket.EAI_AGAIN, "the name service hangs")

    access = FhirAccess(AccessLimits(), Stopwatch(), production=False, resolve=resolve)
    hanging = FhirServer("http://fhir.example.org", "calcification")
    fetched = access.fetch(call_to(hanging.origin), PATIENT_QUERY, [hanging], AccessLimits().deadline_ms - 10)
    assert not came_back.is_set()
    assert fetched.failed == {"patient": NOT_REACHABLE}
    free.set()
    access.close()


def test_a_server_that_hangs_leaves_threads_for_others() -> None:
    free, asked = Event(), Event()

    def resolve(host: str, *more: Any, **named: Any) -> list[Any]:
        if host == "127.0.0.1":
            return socket.getaddrinfo(host, *more, **named)
        asked.set()
        free.wait(WAITS_S)
        raise socket.gaierror(socket.EAI_AGAIN, "the name service hangs")

    limits = replace(LIMITS, calls=1, in_flight=1)
    access = FhirAccess(limits, Stopwatch(), production=False, resolve=resolve)
    hanging = FhirServer("http://fhir.example.org", "calcification")
    with always(fhir(PATIENT)) as server, ThreadPoolExecutor(1) as pool:
        good = FhirServer(server.origin, "calcification")
        first = pool.submit(access.fetch, call_to(hanging.origin), PATIENT_QUERY, [hanging], 0)
        assert asked.wait(WAITS_S)
        again = access.fetch(call_to(hanging.origin), PATIENT_QUERY, [hanging], 0)
        other = access.fetch(call_to(server.base), PATIENT_QUERY, [good], 0)
        free.set()
        assert first.result(WAITS_S).failed == {"patient": NOT_REACHABLE}
        access.close()
    assert again.failed == {"patient": NOT_REACHABLE}
    assert "too many earlier questions" in reasons(again)
    assert ids(other, "patient") == ["p1"]


def test_a_server_that_is_not_heard_out_is_hung_up_on() -> None:
    gone = Event()

    def endless(heard: Heard) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b" " * 100
        heard.until_the_client_ends()
        gone.set()

    with scripted(endless) as server, Asker(server.origin, limits=replace(LIMITS, answer_bytes=50)) as asker:
        asker.fetch(call_to(server.base))
        assert gone.wait(WAITS_S)


def test_the_end_of_an_errand_ends_a_pause() -> None:
    errand = _errand(
        "http://127.0.0.1:9/fhir/r4", Stopwatch(), Lines(socket.getaddrinfo, "", per_server=8), deadline_ms=90_000
    )

    def pause() -> None:
        with pytest.raises(NotFetched, match="too busy"):
            errand.rest(60)

    pausing = Thread(target=pause)
    pausing.start()
    errand.end()
    pausing.join(WAITS_S)
    assert not pausing.is_alive()


def test_a_line_that_was_broken_off_while_it_was_being_opened_sends_nothing() -> None:
    opening, broken_off = Event(), Event()

    def resolve(*asked: Any, **named: Any) -> list[Any]:
        opening.set()
        broken_off.wait(WAITS_S)
        return socket.getaddrinfo(*asked, **named)

    lines = Lines(resolve, "", per_server=8)
    with always(fhir(PATIENT)) as server:
        errand = _errand(server.base, Stopwatch(), lines)
        job = Job("patient", Question("Patient", "p1"))
        asking = Thread(target=job.do, args=(errand,))
        asking.start()
        assert opening.wait(WAITS_S)
        errand.end()
        broken_off.set()
        asking.join(WAITS_S)
        assert server.heard == []
    assert job.trouble is Trouble.TOO_LATE
