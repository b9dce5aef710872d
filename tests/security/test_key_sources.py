"""A client's keys: cached, refreshed at rotation, never fetched more often than is polite, never trusted too long."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

import pytest

from cds_service.security.json_fetch import NotFetched
from cds_service.security.key_sources import COOL_DOWN_S, FRESH_S, USABLE_S, FetchedKeys
from cds_service.security.keys import UnusableKey, read_key, read_key_set
from cds_service.security.sandbox import KEY
from tests.tokens import signer

OLD, NEW, OTHER = signer("old"), signer("new"), signer("rsa", "RSA")


class Publisher:
    """A JWK Set URL and a clock that stand still until a test moves them."""

    def __init__(self, *jwks: Any) -> None:
        self.jwks = list(jwks)
        self.fetched = 0
        self.seconds = 1000
        self.away = False

    def fetch(self) -> object:
        self.fetched += 1
        if self.away:
            raise NotFetched("ConnectTimeout.")
        return {"keys": self.jwks}

    def keys(self) -> FetchedKeys:
        return FetchedKeys(self.fetch, lambda: self.seconds * 1_000_000_000, open_keys=False, name="ehr")


def test_a_key_set_is_fetched_once_for_many_tokens() -> None:
    publisher = Publisher(OLD.jwk, OTHER.jwk)
    keys = publisher.keys()
    assert all(keys.find("old", "P-384") for _ in range(1000))
    assert keys.find("rsa", "RSA")
    assert publisher.fetched == 1


def test_a_new_key_is_found_by_one_refresh() -> None:
    publisher = Publisher(OLD.jwk)
    keys = publisher.keys()
    keys.find("old", "P-384")
    publisher.jwks = [NEW.jwk]
    publisher.seconds += COOL_DOWN_S
    assert keys.find("new", "P-384")
    assert keys.find("old", "P-384") is None
    assert publisher.fetched == 2


def test_unknown_keys_cause_no_more_than_one_fetch_in_the_cool_down() -> None:
    publisher = Publisher(OLD.jwk)
    keys = publisher.keys()
    keys.find("old", "P-384")
    publisher.seconds += COOL_DOWN_S
    assert [keys.find(f"unknown-{number}", "P-384") for number in range(50)] == [None] * 50
    assert publisher.fetched == 2


def test_a_withdrawn_key_is_gone_once_the_set_is_no_longer_fresh() -> None:
    publisher = Publisher(OLD.jwk)
    keys = publisher.keys()
    keys.find("old", "P-384")
    publisher.jwks = []
    publisher.seconds += FRESH_S - 1
    assert keys.find("old", "P-384")
    publisher.seconds += 1
    assert keys.find("old", "P-384") is None


def test_while_the_set_cannot_be_fetched_known_keys_count_for_an_hour() -> None:
    publisher = Publisher(OLD.jwk)
    keys = publisher.keys()
    keys.find("old", "P-384")
    publisher.away = True
    publisher.seconds += USABLE_S - 1
    assert keys.find("old", "P-384")
    publisher.seconds += 1
    assert keys.find("old", "P-384") is None
    publisher.away = False
    publisher.seconds += COOL_DOWN_S
    assert keys.find("old", "P-384")


def test_a_set_that_never_came_proves_nobody_and_is_asked_for_again() -> None:
    publisher = Publisher(OLD.jwk)
    publisher.away = True
    keys = publisher.keys()
    assert keys.find("old", "P-384") is None
    publisher.away = False
    assert keys.find("old", "P-384") is None
    publisher.seconds += COOL_DOWN_S
    assert keys.find("old", "P-384")


@pytest.mark.parametrize("answer", [None, [], {}, {"keys": {}}, "keys"])
def test_what_is_no_key_set_leaves_the_held_one_in_place(answer: Any) -> None:
    publisher = Publisher(OLD.jwk)
    answers: list[object] = [{"keys": [OLD.jwk]}, answer]
    keys = FetchedKeys(lambda: answers.pop(0), lambda: publisher.seconds * 1_000_000_000, open_keys=False, name="ehr")
    keys.find("old", "P-384")
    publisher.seconds += FRESH_S
    assert keys.find("old", "P-384")
    assert answers == []


def test_threads_that_come_together_share_one_fetch() -> None:
    publisher, together = Publisher(OLD.jwk), Barrier(8)
    keys = publisher.keys()

    def ask(_: int) -> object:
        together.wait(timeout=10)
        return keys.find("old", "P-384")

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(8)))
    assert publisher.fetched == 1


def test_who_has_a_key_does_not_wait_for_a_slow_key_set() -> None:
    publisher, asked, answer = Publisher(OLD.jwk), Event(), Event()

    def fetch() -> object:
        if publisher.fetched:
            asked.set()
            answer.wait(timeout=10)
        return publisher.fetch()

    keys = FetchedKeys(fetch, lambda: publisher.seconds * 1_000_000_000, open_keys=False, name="ehr")
    keys.find("old", "P-384")
    publisher.seconds += FRESH_S
    with ThreadPoolExecutor(1) as pool:
        refreshing = pool.submit(keys.find, "old", "P-384")
        assert asked.wait(timeout=10)
        assert keys.find("old", "P-384")
        assert not refreshing.done()
        answer.set()
        assert refreshing.result(timeout=10)


def _changed(**members: Any) -> dict[str, Any]:
    return {**OLD.jwk, **members}


@pytest.mark.parametrize(
    ("jwk", "why"),
    [
        ("x", "not an object"),
        (_changed(kid=""), "no kid"),
        (_changed(kid=7), "not an object whose members"),
        (_changed(crv=["P-384"]), "not an object whose members"),
        (_changed(crv="secp256k1"), "another kind"),
        ({"kty": "oct", "kid": "a"}, "another kind"),
        ({"kty": "oct", "kid": "a", "k": "c2VjcmV0"}, "secret or private"),
        (_changed(d="AAAA"), "secret or private"),
        (_changed(use="enc"), "not for signatures"),
        (_changed(key_ops=["sign"]), "not for signatures"),
        (_changed(key_ops="verify"), "not for signatures"),
        (_changed(alg="HS256"), "does not fit"),
        (_changed(alg="ES256"), "does not fit"),
        (_changed(x="AAAA"), "damaged"),
        (_changed(x=OLD.jwk["y"]), "damaged"),
        (_changed(y=""), "damaged"),
        ({"kty": "RSA", "kid": "a"}, "damaged"),
        (signer("weak", "RSA", bits=1024).jwk, "shorter than 2048"),
        (KEY, "public sandbox's"),
    ],
)
def test_a_key_that_checks_no_signature_of_a_client_is_not_taken(jwk: Any, why: str) -> None:
    with pytest.raises(UnusableKey, match=why):
        read_key(jwk, open_keys=False)


def test_keys_for_other_uses_do_not_spoil_a_set() -> None:
    jwks = {"keys": [_changed(use="enc"), {"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "AA"}, None, NEW.jwk]}
    assert list(read_key_set(jwks, open_keys=False)) == [("new", "P-384")]


@pytest.mark.parametrize(
    ("kind", "algorithm"), [("P-256", ""), ("P-384", "ES384"), ("P-521", "ES512"), ("RSA", "RS256")]
)
def test_every_kind_of_signing_key_is_taken(kind: str, algorithm: str) -> None:
    jwk = {**signer("k", kind).jwk, "alg": algorithm} if algorithm else signer("k", kind).jwk
    assert read_key(jwk, open_keys=False).kind == kind
