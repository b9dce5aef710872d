"""What the provider says of itself is believed only from its own address, and kept for an hour."""

from typing import Any

import pytest

from cds_service.security.json_fetch import NotFetched
from cds_service.security.sign_in.fault import ProviderAway
from cds_service.security.sign_in.provider import COOL_DOWN_S, FRESH_S, Provider, read_metadata

ISSUER = "https://id.example.org/realms/hospital"
SAID = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": "https://tokens.example.org/token",
    "jwks_uri": f"{ISSUER}/certs",
}
SECOND = 1_000_000_000


class Web:
    """One document, or none, and the clock."""

    def __init__(self) -> None:
        self.said: object = SAID
        self.asked: list[str] = []
        self.now = 0

    def fetch(self, url: str) -> object:
        self.asked.append(url)
        if self.said is None:
            raise NotFetched("ConnectTimeout.")
        return self.said


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def provider(web: Web) -> Provider:
    return Provider(ISSUER, web.fetch, lambda: web.now)


def test_metadata_is_fetched_from_the_well_known_address_and_kept(provider: Provider, web: Web) -> None:
    first = provider.metadata()
    web.now = (FRESH_S - 1) * SECOND
    assert provider.metadata() is first
    assert web.asked == [f"{ISSUER}/.well-known/openid-configuration"]
    web.now = FRESH_S * SECOND
    provider.metadata()
    assert len(web.asked) == 2


def test_a_provider_that_is_away_is_not_waited_for_again_at_once(provider: Provider, web: Web) -> None:
    web.said = None
    for _ in range(3):
        with pytest.raises(ProviderAway, match="ConnectTimeout"):
            provider.metadata()
    assert len(web.asked) == 1
    web.said, web.now = SAID, COOL_DOWN_S * SECOND
    assert provider.metadata().token_endpoint == SAID["token_endpoint"]


def test_what_was_known_stays_in_use_while_the_provider_is_away(provider: Provider, web: Web) -> None:
    provider.metadata()
    web.said, web.now = None, FRESH_S * SECOND
    assert provider.metadata().jwks_uri == SAID["jwks_uri"]


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        {},
        {**SAID, "issuer": f"{ISSUER}/"},
        {**SAID, "issuer": "https://evil.example"},
        {**SAID, "token_endpoint": "http://id.example.org/token"},
        {**SAID, "authorization_endpoint": "javascript:alert(1)"},
        {**SAID, "jwks_uri": None},
        {**SAID, "jwks_uri": ["https://id.example.org"]},
        {**SAID, "token_endpoint": "https://user@id.example.org/token"},
    ],
)
def test_metadata_of_another_or_without_tls_is_not_used(said: Any) -> None:
    with pytest.raises(NotFetched):
        read_metadata(said, ISSUER)


def test_an_address_to_sign_out_at_is_used_only_over_tls() -> None:
    assert read_metadata({**SAID, "end_session_endpoint": f"{ISSUER}/end"}, ISSUER).end_session_endpoint
    assert read_metadata({**SAID, "end_session_endpoint": "javascript:alert(1)"}, ISSUER).end_session_endpoint == ""
