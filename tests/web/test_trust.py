"""Every request proves who sends it before it is read; what strangers send fills no disk."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cds_service.audit.store import Store
from cds_service.security.clients import Client
from cds_service.security.gate import Gate
from cds_service.security.key_sources import FixedKeys
from cds_service.security.keys import read_key_set
from cds_service.web.refusals import STRANGERS_AT_ONCE, STRANGERS_EVERY_S, StrangersBudget
from tests.conftest import NOON
from tests.tokens import claims, signer, token
from tests.web.calls import URL, good_call
from tests.web.conftest import SERVICE

EC = signer("ec-1")
BASE = "https://cds.example.org"
ISSUER = "https://ehr.example.org"
FEEDBACK = {"feedback": [{"card": "c", "outcome": "overridden", "outcomeTimestamp": "2026-01-01T12:05:00Z"}]}


def gate_of_county(services: frozenset[str] | None = None, asks_everybody: bool = True) -> Gate:
    keys = FixedKeys(read_key_set({"keys": [EC.jwk]}, open_keys=False))
    client = Client("county", "County", ISSUER, "", keys, services=services)
    return Gate([client], [BASE], lambda *_: True, lambda: NOON, asks_everybody=asks_everybody)


@pytest.fixture
def trusting(build: Callable[..., Flask]) -> FlaskClient:
    """The service behind a gate that asks everybody, as in production."""
    return build(profile="production", gate=gate_of_county()).test_client()


def _bearer(path: str, **said: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(EC, claims(NOON, aud=BASE + path, **said))}"}


ENDPOINTS = [("GET", "/cds-services", None), ("POST", URL, good_call()), ("POST", f"{URL}/feedback", FEEDBACK)]


@pytest.mark.parametrize(("method", "path", "body"), ENDPOINTS)
def test_every_endpoint_asks_for_a_token(method: str, path: str, body: Any, trusting: FlaskClient) -> None:
    bare = trusting.open(path, method=method, json=body)
    assert (bare.status_code, bare.data, bare.headers["WWW-Authenticate"]) == (401, b"", "Bearer")
    assert "Content-Type" not in bare.headers
    assert trusting.open(path, method=method, json=body, headers=_bearer(path)).status_code == 200


@pytest.mark.parametrize(("method", "path", "body"), ENDPOINTS)
def test_a_token_for_one_endpoint_opens_no_other(method: str, path: str, body: Any, trusting: FlaskClient) -> None:
    others = {other for _, other, _ in ENDPOINTS} - {path}
    accepted = [
        other for other in others
        if trusting.open(path, method=method, json=body, headers=_bearer(other)).status_code == 200
    ]  # fmt: skip
    assert accepted == ([URL] if path.endswith("/feedback") else [])


def test_the_host_header_is_no_audience(trusting: FlaskClient) -> None:
    said = claims(NOON, aud=f"http://evil.example{URL}")
    headers = {"Authorization": f"Bearer {token(EC, said)}", "Host": "evil.example"}
    assert trusting.post(URL, json=good_call(), headers=headers).status_code == 401


def test_the_record_names_the_client(trusting: FlaskClient, store: Store, service: Any) -> None:
    trusting.post(URL, json=good_call(), headers=_bearer(URL))
    assert [arrival.client for _, arrival in service.asked] == ["county"]
    trusting.post(URL, json=good_call(hook="other"), headers=_bearer(URL))
    assert store.recent(1)[0].record.client == "county"


def test_a_client_may_call_its_services_only(build: Callable[..., Flask], store: Store) -> None:
    client = build(gate=gate_of_county(frozenset({"another"}))).test_client()
    answer = client.post(URL, json=good_call(), headers=_bearer(URL))
    assert (answer.status_code, answer.get_json()["issue"][0]["code"]) == (403, "forbidden")
    assert client.get("/cds-services", headers=_bearer("/cds-services")).get_json() == {"services": []}
    record = store.recent(1)[0].record
    assert (record.outcome, record.client, record.service) == ("refused", "county", SERVICE)


def test_a_refused_token_is_on_record_with_its_reason_and_without_its_text(
    trusting: FlaskClient, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    headers = _bearer(URL, exp=1, sub="planted-marker", jti="planted-marker")
    trusting.post(URL, json=good_call(), headers=headers)
    record = store.recent(1)[0].record
    assert (record.outcome, record.client, record.hook_instance) == ("refused", "unproven", "")
    assert record.body == {"refused": "the token has expired", "claimedClient": "county", "notWrittenDown": 0}
    assert "the token has expired" in caplog.text
    told = caplog.text + str(record)
    assert not any(word in told for word in ("planted-marker", ISSUER, headers["Authorization"][20:60]))


def test_strangers_cannot_fill_the_record(
    trusting: FlaskClient, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(STRANGERS_AT_ONCE + 30):
        assert trusting.post(URL, json=good_call()).status_code == 401
    assert len(store.recent(100)) == STRANGERS_AT_ONCE
    assert len(caplog.records) == STRANGERS_AT_ONCE


def test_a_flood_is_counted_and_then_told() -> None:
    seconds = [0]
    budget = StrangersBudget(lambda: seconds[0] * 1_000_000_000)
    assert [budget.spend() for _ in range(STRANGERS_AT_ONCE + 7)] == [0] * STRANGERS_AT_ONCE + [None] * 7
    seconds[0] = STRANGERS_EVERY_S
    assert [budget.spend(), budget.spend()] == [7, None]
    seconds[0] = STRANGERS_EVERY_S * 1000
    assert [budget.spend() for _ in range(STRANGERS_AT_ONCE + 1)] == [1] + [0] * (STRANGERS_AT_ONCE - 1) + [None]


def test_a_stranger_is_refused_even_when_that_cannot_be_put_on_record(trusting: FlaskClient, store: Store) -> None:
    store.close()
    assert trusting.post(URL, json=good_call()).status_code == 401


def test_a_stranger_learns_not_even_which_services_there_are(trusting: FlaskClient) -> None:
    unknown = trusting.post("/cds-services/none", json={})
    assert (unknown.status_code, unknown.data) == (401, b"")
    known = trusting.post("/cds-services/none", json={}, headers=_bearer("/cds-services/none"))
    assert known.status_code == 404


def test_the_body_of_a_stranger_is_not_read(build: Callable[..., Flask]) -> None:
    client = build(gate=gate_of_county(), max_body_bytes=2000).test_client()
    assert client.post(URL, data=b" " * 3000, content_type="text/plain").status_code == 401


def test_in_the_demo_a_token_is_optional_and_checked_when_it_is_sent(build: Callable[..., Flask], service: Any) -> None:
    client = build(gate=gate_of_county(asks_everybody=False)).test_client()
    assert client.post(URL, json=good_call()).status_code == 200
    assert client.post(URL, json=good_call(), headers=_bearer(URL)).status_code == 200
    assert client.post(URL, json=good_call(), headers=_bearer(URL, exp=1)).status_code == 401
    assert client.post(URL, json=good_call(), headers={"Authorization": "Basic eDp5"}).status_code == 401
    assert [arrival.client for _, arrival in service.asked] == ["loopback", "county"]


@pytest.mark.parametrize("path", ["/", "/calls/call-1"])
def test_in_production_the_pages_are_not_there(path: str, build: Callable[..., Flask]) -> None:
    demo = build().test_client()
    demo.post(URL, json=good_call())
    assert demo.get(path).status_code == 200
    assert build(profile="production", gate=gate_of_county()).test_client().get(path).status_code == 404


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_monitors_need_no_token(path: str, build: Callable[..., Flask]) -> None:
    assert build(profile="production", gate=gate_of_county()).test_client().get(path).status_code == 200


def test_many_tokens_in_a_row_each_count_once(build: Callable[..., Flask]) -> None:
    keys = FixedKeys(read_key_set({"keys": [EC.jwk]}, open_keys=False))
    seen: set[str] = set()
    seconds = count()

    def first_use(_issuer: str, token_id: str, _until: Any) -> bool:
        fresh = token_id not in seen
        seen.add(token_id)
        return fresh

    gate = Gate(
        [Client("county", "County", ISSUER, "", keys)], [BASE], first_use,
        lambda: NOON + timedelta(seconds=next(seconds)), asks_everybody=True,
    )  # fmt: skip
    client = build(gate=gate).test_client()
    sent = _bearer(URL)
    assert [client.post(URL, json=good_call(), headers=sent).status_code for _ in range(3)] == [200, 401, 401]
    assert client.post(URL, json=good_call(), headers=_bearer(URL)).status_code == 200
