"""The OpenID provider: what it says of itself (OpenID Connect Discovery 1.0), and its keys; fetched and kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from authlib.oidc.discovery import get_well_known_url

from cds_service.origins import origin_of
from cds_service.security.json_fetch import NotFetched
from cds_service.security.key_sources import FetchedKeys
from cds_service.security.sign_in.fault import ProviderAway

FRESH_S = 3600
"""After so long what it says of itself is fetched again."""
COOL_DOWN_S = 15
"""At most one fetch in this time: nobody waits for a provider that was away a moment ago."""
_NS = 1_000_000_000
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is used of a provider's metadata: https URLs.

    Attributes:
        authorization_endpoint, token_endpoint, jwks_uri: as the provider names them.
        end_session_endpoint: where one signs out there; empty where the provider has none.
        takes_secret_in_body: whether the client's secret may stand in the body of the request for the token.
        names_itself: whether its answers say which provider they come from (RFC 9207).
    """

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str
    takes_secret_in_body: bool
    names_itself: bool


class Provider:
    """A provider by its issuer. Safe for threads.

    Args:
        issuer: an https URL, letter for letter as in the ID tokens.
        fetch: the parsed JSON at a URL; raises NotFetched.
        stopwatch: nanoseconds that only ever go up.
    """

    def __init__(self, issuer: str, fetch: Callable[[str], object], stopwatch: Callable[[], int]) -> None:
        self.issuer = issuer
        self.keys = FetchedKeys(self._key_set, stopwatch, open_keys=False, name="sign-in")
        self._fetch = fetch
        self._stopwatch = stopwatch
        self._held: Metadata | None = None
        self._fetched_at = 0
        self._tried_at: int | None = None
        self._why = ""
        self._lock = Lock()

    def metadata(self) -> Metadata:
        """What the provider says of itself; what it said last while it cannot be asked.

        Raises:
            ProviderAway: it never said anything usable.
        """
        with self._lock:
            if self._is_due():
                self._refresh()
            if self._held is None:
                raise ProviderAway(self._why)
            return self._held

    def _is_due(self) -> bool:
        now = self._stopwatch()
        fresh = self._held is not None and now - self._fetched_at < FRESH_S * _NS
        lately = self._tried_at is not None and now - self._tried_at < COOL_DOWN_S * _NS
        return not fresh and not lately

    def _refresh(self) -> None:
        self._tried_at = self._stopwatch()
        try:
            self._held = read_metadata(self._fetch(get_well_known_url(self.issuer, external=True)), self.issuer)
            self._fetched_at = self._stopwatch()
        except NotFetched as error:
            self._why = str(error)

    def _key_set(self) -> object:
        try:
            return self._fetch(self.metadata().jwks_uri)
        except ProviderAway as error:
            raise NotFetched(str(error)) from None


def read_metadata(said: object, issuer: str) -> Metadata:
    """The metadata in a provider's document.

    Raises:
        NotFetched: it is another provider's, or names no https address where one is needed.
    """
    if not isinstance(said, Mapping) or said.get("issuer") != issuer:
        raise NotFetched("its metadata is that of another issuer.")
    if not all(_https(said.get(name)) for name in _NEEDED):
        raise NotFetched("its metadata names no https address for each endpoint.")
    end = said.get("end_session_endpoint")
    methods = said.get("token_endpoint_auth_methods_supported")
    return Metadata(
        authorization_endpoint=str(said["authorization_endpoint"]),
        token_endpoint=str(said["token_endpoint"]),
        jwks_uri=str(said["jwks_uri"]),
        end_session_endpoint=str(end) if _https(end) else "",
        takes_secret_in_body=isinstance(methods, list) and "client_secret_post" in methods,
        names_itself=said.get("authorization_response_iss_parameter_supported") is True,
    )


def _https(url: Any) -> bool:
    return isinstance(url, str) and origin_of(url).startswith("https://") and "#" not in url
