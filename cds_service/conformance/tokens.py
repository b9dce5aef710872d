"""Tokens of a CDS client for the check: good ones, and each kind that must be refused."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.utils import base64url_encode

from cds_service.security.signing import signed_token

_LIFE_S = 120

Jwk = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Signing:
    """How the check signs.

    Attributes:
        keys: private keys of the client as JWKs with their `kid`; the first one signs the usual token.
        issuer: `iss`.
        jku: where the keys are published; empty to name none.
        tenant: of the client; empty to name none.
        addressed: the URL that a token's audience begins with instead of the one that is called; empty for the same.
        base_url: the one that is called.
        now: the present moment at each call.
        new_id: a new random UUID at each call.
    """

    keys: tuple[Jwk, ...]
    issuer: str
    jku: str
    tenant: str
    addressed: str
    base_url: str
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    def authorization(self, url: str) -> str:
        """The header for a call of a URL."""
        return self.token(self.keys[0], url)

    def token(self, key: Jwk, url: str, *, jku: str = "", **changed: Any) -> str:
        """A header with a good token, another `jku` or other claims where they are given."""
        return f"Bearer {signed_token(key, self.claims(url, **changed), jku=jku or self.jku)}"

    def claims(self, url: str, **changed: Any) -> dict[str, Any]:
        """The claims of a good token for a URL; other ones where they are given."""
        seconds = int(self.now().timestamp())
        addressed = self.addressed + url.removeprefix(self.base_url) if self.addressed else url
        usual = {"iss": self.issuer, "aud": addressed, "exp": seconds + _LIFE_S, "iat": seconds, "jti": self.new_id()}
        return {**usual, **({"tenant": self.tenant} if self.tenant else {}), **changed}


def unsigned(signing: Signing, url: str) -> str:
    """A header with a token of `alg` none, good in everything else."""
    return f"Bearer {_unsigned(signing, url, 'none')}."


def shared_secret(signing: Signing, url: str) -> str:
    """A header with a token signed by HMAC, the secret being the public key that everybody can read."""
    text = _unsigned(signing, url, "HS256")
    public = jwt.PyJWK(dict(signing.keys[0])).key.public_key()
    secret = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return f"Bearer {text}.{base64url_encode(jwt.get_algorithm_by_name('HS256').sign(text.encode(), secret)).decode()}"


def _unsigned(signing: Signing, url: str, algorithm: str) -> str:
    named = {"jku": signing.jku} if signing.jku else {}
    header = {"alg": algorithm, "typ": "JWT", "kid": signing.keys[0]["kid"], **named}
    return f"{_segment(header)}.{_segment(signing.claims(url))}"


def _segment(value: Mapping[str, Any]) -> str:
    return base64url_encode(json.dumps(value).encode()).decode()
