"""The token goes to the server that it is for, and appears nowhere else; nor does what names the patient."""

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cds_service.fhir.access.grant import read_grant
from cds_service.fhir.access.servers import FhirServer
from tests.fhir.access.errands import BOTH, TOKEN, Asker, call_to, grant
from tests.fhir.access.scripted import HANG_UP, PATIENT, always, bundle, condition, fhir, http

SCENES: dict[str, list[bytes]] = {
    "good": [fhir(bundle(condition("c1")))],
    "another type": [fhir(PATIENT)],
    "refused": [http(401, WWW_Authenticate=f"Bearer error={TOKEN}")],
    "moved": [http(302, Location=f"https://elsewhere.example/?{TOKEN}")],
    "next page elsewhere": [fhir(bundle(following="https://elsewhere.example/?patient=p1"))],
    "token in the answer": [http(500, f'{{"resourceType": "OperationOutcome", "text": "{TOKEN}"}}')],
    "broken head": [b"HTTP/1.1 200 OK\r\nno colon\r\n: empty\r\nContent-Length: 2\r\n\r\n{}", HANG_UP],
    "no HTTP": [f"{TOKEN}\r\n".encode(), HANG_UP],
    "gone": [HANG_UP],
}


@pytest.mark.parametrize("scene", SCENES)
def test_whatever_happens_neither_token_nor_patient_is_logged_or_kept(
    scene: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with always(*SCENES[scene]) as server, Asker(server.origin) as asker:
        fetched = asker.fetch(call_to(server.base), BOTH)
        assert all(heard.headers["authorization"] == f"Bearer {TOKEN}" for heard in server.heard)
        assert server.heard
    assert TOKEN not in repr(fetched)
    assert TOKEN not in caplog.text
    assert "p1" not in caplog.text
    assert "p1" not in repr(fetched.set_aside)


def test_the_representation_of_a_grant_hides_its_token() -> None:
    server = FhirServer("http://127.0.0.1:9", "calcification")
    granted = read_grant(call_to("http://127.0.0.1:9/r4"), [server], production=False)
    assert granted.token == TOKEN
    assert TOKEN not in repr(granted)


def test_neither_proxy_nor_netrc_nor_bundle_of_the_environment_comes_between(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else", encoding="utf-8")
    with always(fhir(PATIENT)) as proxy, always(fhir(PATIENT)) as server, Asker(server.origin) as asker:
        for name, value in {
            "HTTP_PROXY": proxy.origin,
            "http_proxy": proxy.origin,
            "ALL_PROXY": proxy.origin,
            "NETRC": str(netrc),
            "REQUESTS_CA_BUNDLE": str(tmp_path / "none"),
        }.items():
            monkeypatch.setenv(name, value)
        asker.fetch(call_to(server.base), BOTH)
        assert proxy.connections == 0
        assert server.heard[0].headers["authorization"] == f"Bearer {grant()['access_token']}"


def test_calls_at_the_same_time_keep_their_tokens_apart() -> None:
    servers = [f"tenant-{number}" for number in range(12)]
    with always(fhir(PATIENT)) as server, Asker(server.origin) as asker:

        def ask(tenant: str) -> None:
            asker.fetch(call_to(f"{server.origin}/{tenant}", access_token=f"token-of-{tenant}"), BOTH)

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(ask, servers * 3))
        told = {(heard.target.split("/")[1], heard.headers["authorization"]) for heard in server.heard}
    assert told == {(tenant, f"Bearer token-of-{tenant}") for tenant in servers}
    assert len(server.heard) == 3 * 2 * len(servers)
