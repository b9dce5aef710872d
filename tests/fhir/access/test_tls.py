"""Over https: only a server that proves its name hears the token, and what is broken off stays broken off."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from tests.certificates import certificate
from tests.fhir.access.errands import BEYOND_MS, BOTH, NOT_REACHABLE, PATIENT_QUERY, Asker, call_to, ids
from tests.fhir.access.scripted import PATIENT, WAITS_S, Heard, fhir, http, scripted


def _server_side(proof: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(proof)
    return context


def test_a_server_that_proves_its_name_is_asked_and_its_connection_kept(tmp_path: Path) -> None:
    proof = certificate(tmp_path, "127.0.0.1")
    with (
        scripted(lambda _: [fhir(PATIENT)], _server_side(proof)) as server,
        Asker(server.origin, ca_bundle=str(proof)) as asker,
    ):
        for _ in range(3):
            assert ids(asker.fetch(call_to(server.base), PATIENT_QUERY), "patient") == ["p1"]
        assert server.connections == 1


@pytest.mark.parametrize(("address", "trusted"), [("127.0.0.1", False), ("127.0.0.2", True)])
def test_a_server_that_does_not_prove_its_name_hears_nothing(address: str, trusted: bool, tmp_path: Path) -> None:
    proof = certificate(tmp_path, address)
    with (
        scripted(lambda _: [fhir(PATIENT)], _server_side(proof)) as server,
        Asker(server.origin, ca_bundle=str(proof) if trusted else "") as asker,
    ):
        assert asker.fetch(call_to(server.base), PATIENT_QUERY).failed == {"patient": NOT_REACHABLE}
        assert server.heard == []


def test_a_server_that_is_slow_over_tls_is_broken_off_too(tmp_path: Path) -> None:
    held, gone = Event(), Event()

    def script(heard: Heard) -> Iterator[bytes]:
        if "Condition" in heard.target:
            held.set()
            heard.until_the_client_ends()
            gone.set()
        else:
            held.wait(WAITS_S)
            asker.stopwatch.jump(BEYOND_MS)
            yield http(500)

    proof = certificate(tmp_path, "127.0.0.1")
    with (
        scripted(script, _server_side(proof)) as server,
        Asker(server.origin, ca_bundle=str(proof)) as asker,
    ):
        fetched = asker.fetch(call_to(server.base), BOTH)
        assert gone.wait(WAITS_S)
    assert fetched.failed["conditions"] is NOT_REACHABLE
