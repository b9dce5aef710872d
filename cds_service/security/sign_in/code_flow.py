"""Signing in at the OpenID provider: the code flow with PKCE, state and nonce (OpenID Connect Core 1.0, RFC 7636)."""

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import BoundedSemaphore
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session

from cds_service.security.json_fetch import TIMEOUT_S
from cds_service.security.sign_in.fault import Fault, ProviderAway, SignInRefused
from cds_service.security.sign_in.id_token import Wanted, verified
from cds_service.security.sign_in.person import Person, RoleNames, named
from cds_service.security.sign_in.provider import Metadata, Provider
from cds_service.security.sign_in.seal import Seal
from cds_service.security.sign_in.sessions import UsedOnce

WITHIN_S = 600
"""From the beginning of a sign-in to the provider's answer."""
_TICKET, _NONCE, _VERIFIER = "sign-in", "nonce", "verifier"
_SCOPE = "openid profile"


@dataclass(frozen=True, slots=True)
class Registration:
    """What the provider and this service know each other by.

    Attributes:
        client_id, client_secret: as the provider gave them.
        redirect_uri: of this service, as it was registered there.
        roles: what the provider calls the roles.
    """

    client_id: str
    client_secret: str
    redirect_uri: str
    roles: RoleNames


@dataclass(frozen=True, slots=True)
class Beginning:
    """A sign-in that begins: where the browser goes, and the ticket that it has to bring back."""

    address: str
    ticket: str


class CodeFlow:
    """The sign-ins of one installation.

    Args:
        provider: where people sign in.
        registration: of this service there.
        seal: signs the tickets; nonce and PKCE verifier are derived from a ticket's state, so they stand nowhere.
        clock: the present moment.
        used: remembers the states that came back.
        at_once: how many answers are looked into at a time, so that a slow provider does not hold every thread.
    """

    def __init__(
        self,
        provider: Provider,
        registration: Registration,
        seal: Seal,
        clock: Callable[[], datetime],
        used: UsedOnce,
        at_once: int,
    ) -> None:
        self.provider = provider
        self.client_id, self.roles = registration.client_id, registration.roles
        self._registration = registration
        self._seal = seal
        self._clock = clock
        self._used = used
        self._free = BoundedSemaphore(at_once)

    def begin(self, path: str) -> Beginning:
        """A sign-in that leads to a path of this service.

        Raises:
            ProviderAway: nobody can sign in now.
        """
        metadata = self.provider.metadata()
        state = secrets.token_urlsafe(24)
        with self._client(metadata) as client:
            address, _ = client.create_authorization_url(
                metadata.authorization_endpoint,
                state=state,
                nonce=self._seal.derived(_NONCE, state),
                code_verifier=self._seal.derived(_VERIFIER, state),
            )
        said = {"state": state, "next": path, "began": int(self._clock().timestamp())}
        return Beginning(address, self._seal.put(_TICKET, said))

    def finish(self, ticket: str, answer: Mapping[str, str]) -> tuple[Person, str]:
        """Who signed in, and the path that the sign-in leads to.

        Args:
            ticket: as the browser brings it back.
            answer: the query of the redirect from the provider.

        Raises:
            SignInRefused: it proves nothing.
            ProviderAway: the provider cannot be asked, or too many wait for it.
            RecordNotKept: whether the answer was used before cannot be known.
        """
        state, path = self._begun(ticket)
        if not hmac.compare_digest(state.encode(), answer.get("state", "").encode("utf-8", "replace")):
            raise SignInRefused(Fault.STATE)
        metadata = self.provider.metadata()
        if answer.get("iss", "" if metadata.names_itself else self.provider.issuer) != self.provider.issuer:
            raise SignInRefused(Fault.ISSUER)
        if not self._used.first_use(_TICKET, state, self._clock() + timedelta(seconds=WITHIN_S)):
            raise SignInRefused(Fault.USED)
        if "error" in answer:
            raise SignInRefused(Fault.DECLINED)
        if not answer.get("code"):
            raise SignInRefused(Fault.NO_CODE)
        return self._person(self._id_token(metadata, answer["code"], state), state), path

    def _begun(self, ticket: str) -> tuple[str, str]:
        said = self._seal.open(_TICKET, ticket)
        if said is None or not 0 <= int(self._clock().timestamp()) - said["began"] < WITHIN_S:
            raise SignInRefused(Fault.NO_TICKET)
        return said["state"], said["next"]

    def _id_token(self, metadata: Metadata, code: str, state: str) -> object:
        if not self._free.acquire(blocking=False):
            raise ProviderAway("too many sign-ins wait for it.")
        try:
            with self._client(metadata) as client:
                told: Mapping[str, Any] = client.fetch_token(
                    metadata.token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=self._seal.derived(_VERIFIER, state),
                    timeout=TIMEOUT_S,
                    allow_redirects=False,
                )
        except requests.RequestException as error:
            raise ProviderAway(f"{type(error).__name__}.") from None
        except (AuthlibBaseError, ValueError, TypeError, KeyError):
            raise SignInRefused(Fault.CODE) from None
        finally:
            self._free.release()
        if "id_token" not in told:
            raise SignInRefused(Fault.CODE)
        return told["id_token"]

    def _person(self, token: object, state: str) -> Person:
        issuer, nonce = self.provider.issuer, self._seal.derived(_NONCE, state)
        wanted = Wanted(issuer, self._registration.client_id, nonce)
        claims = verified(token, self.provider.keys, wanted, self._clock())
        name = named(claims, issuer)
        if not name:
            raise SignInRefused(Fault.SUBJECT)
        return Person(name, self.roles.of(claims))

    def _client(self, metadata: Metadata) -> OAuth2Session:
        known = self._registration
        return OAuth2Session(
            known.client_id,
            known.client_secret,
            token_endpoint_auth_method="client_secret_post" if metadata.takes_secret_in_body else None,
            scope=_SCOPE,
            redirect_uri=known.redirect_uri,
            code_challenge_method="S256",
        )
