"""Tokens of a CDS client for the check: good ones, and each kind that must be refused."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.utils import base64url_encode

from cds_service.errors import StartError

_LIFE_S = 120
_USUAL = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
_RSA = "RS384"


@dataclass(frozen=True, slots=True)
class Key:
    """A private key that signs as a client."""

    kid: str
    algorithm: str
    private: Any


@dataclass(frozen=True, slots=True)
class Signing:
    """How the check signs.

    Attributes:
        keys: the client's, the first one for the usual token.
        issuer: `iss`.
        jku: where its keys are published; empty to name none.
        addressed: the URL that a token's audience begins with instead of the one that is called; empty for the same.
        base_url: the one that is called.
        now: the present moment at each call.
        new_id: a new random UUID at each call.
    """

    keys: tuple[Key, ...]
    issuer: str
    jku: str
    addressed: str
    base_url: str
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    def authorization(self, url: str) -> str:
        """The header for a call of a URL."""
        return self.token(self.keys[0], url)

    def token(self, key: Key, url: str, header: Mapping[str, Any] | None = None, **changed: Any) -> str:
        """A header with a good token, members of its own header and claims changed; None takes one out."""
        said = self.claims(url, **changed)
        jku = {"jku": self.jku} if self.jku else {}
        given = {"typ": "JWT", "kid": key.kid, **jku, **(header or {})}
        named = {name: value for name, value in given.items() if value is not None}
        return f"Bearer {jwt.encode(said, key.private, key.algorithm, named)}"

    def claims(self, url: str, **changed: Any) -> dict[str, Any]:
        """The claims of a good token for a URL."""
        seconds = int(self.now().timestamp())
        addressed = self.addressed + url.removeprefix(self.base_url) if self.addressed else url
        usual = {"iss": self.issuer, "aud": addressed, "exp": seconds + _LIFE_S, "iat": seconds, "jti": self.new_id()}
        return {name: value for name, value in {**usual, **changed}.items() if value is not None}


def read_key(text: str, file: str) -> Key:
    """A private JWK.

    Args:
        text: contents of its file.
        file: name of the file, for the message.

    Raises:
        StartError: it cannot be used; of the key nothing is said.
    """
    try:
        jwk = json.loads(text)
        algorithm = jwk.get("alg") or _USUAL.get(jwk.get("crv"), _RSA)
        private = jwt.PyJWK(jwk, algorithm).key
        jwt.get_algorithm_by_name(algorithm).sign(b"", private)
        return Key(str(jwk["kid"]), algorithm, private)
    except (ValueError, KeyError, TypeError, AttributeError, jwt.PyJWTError):
        raise StartError(f"{file} is no private JWK with a kid. Give one EC or RSA key as a JSON object.") from None


def unsigned(signing: Signing, url: str) -> str:
    """A header with a token of `alg` none, good in everything else."""
    return f"Bearer {_unsigned(signing, url, 'none')}."


def shared_secret(signing: Signing, url: str) -> str:
    """A header with a token signed by HMAC, the secret being the public key that everybody can read."""
    text = _unsigned(signing, url, "HS256")
    public = signing.keys[0].private.public_key()
    secret = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return f"Bearer {text}.{base64url_encode(jwt.get_algorithm_by_name('HS256').sign(text.encode(), secret)).decode()}"


def _unsigned(signing: Signing, url: str, algorithm: str) -> str:
    header = {
        "alg": algorithm,
        "typ": "JWT",
        "kid": signing.keys[0].kid,
        **({"jku": signing.jku} if signing.jku else {}),
    }
    return f"{_segment(header)}.{_segment(signing.claims(url))}"


def _segment(value: Mapping[str, Any]) -> str:
    return base64url_encode(json.dumps(value).encode()).decode()
