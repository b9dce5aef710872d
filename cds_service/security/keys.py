"""Public keys as JSON Web Keys (RFC 7517): only what can check a signature of a known client is taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from cds_service.security.sandbox import OPEN_KEYS

KINDS = {
    "ES256": "P-256",
    "ES384": "P-384",
    "ES512": "P-521",
    "RS256": "RSA",
    "RS384": "RSA",
    "RS512": "RSA",
}
"""The algorithms that a client may be allowed, and the kind of key that each needs. No HMAC, and no "none"."""

_SIGNS_FOR = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512", "RSA": "RS384"}
_LEAST_RSA_BITS = 2048
_TEXTS = ("kty", "crv", "kid", "use", "alg", "x", "y", "n", "e")
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "k"})


class UnusableKey(Exception):
    """A JWK that no signature is checked with. The message says why, without the key."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that a client signs with.

    Attributes:
        kid: its id in the client's key set.
        kind: "RSA" or the curve.
        algorithm: the only algorithm that it is for; empty where the JWK names none.
        key: as PyJWT takes it.
    """

    kid: str
    kind: str
    algorithm: str
    key: Any


KeySet = Mapping[tuple[str, str], PublicKey]
"""Keys by kid and kind: a set may hold one kid for a key of each kind."""


def read_key(jwk: object, *, open_keys: bool) -> PublicKey:
    """Reads one JWK.

    Args:
        jwk: as parsed from JSON.
        open_keys: take keys whose private part is public knowledge, as the demo does for the sandbox.

    Raises:
        UnusableKey: it is not a public signing key of a known kind.
    """
    if not isinstance(jwk, Mapping) or not all(isinstance(jwk.get(name, ""), str) for name in _TEXTS):
        raise UnusableKey("is not an object whose members are of the types that RFC 7517 gives them.")
    if _PRIVATE & jwk.keys():
        raise UnusableKey("holds a secret or private part.")
    kid, kind = jwk.get("kid", ""), jwk.get("crv" if jwk.get("kty") == "EC" else "kty", "")
    if not kid:
        raise UnusableKey("has no kid.")
    if kind not in _SIGNS_FOR:
        raise UnusableKey(f"is of another kind than {', '.join(_SIGNS_FOR)}.")
    operations = jwk.get("key_ops", ["verify"])
    if jwk.get("use", "sig") != "sig" or not isinstance(operations, list) or "verify" not in operations:
        raise UnusableKey("is not for signatures.")
    algorithm = jwk.get("alg", "")
    if algorithm and KINDS.get(algorithm) != kind:
        raise UnusableKey("names an algorithm that does not fit its kind.")
    if not open_keys and jwk.get("x") in OPEN_KEYS:
        raise UnusableKey("is the public sandbox's, whose private part everybody can read.")
    return PublicKey(kid, kind, algorithm, _parsed(dict(jwk), kind))


def read_key_set(jwks: object, *, open_keys: bool) -> KeySet:
    """The usable keys of a JWK Set; others are passed over, as a set may also hold keys for other uses.

    Raises:
        UnusableKey: it is no JWK Set.
    """
    listed = jwks.get("keys") if isinstance(jwks, Mapping) else None
    if not isinstance(listed, list):
        raise UnusableKey("is no JWK Set: an object with an array `keys`.")
    found: dict[tuple[str, str], PublicKey] = {}
    for jwk in listed:
        try:
            key = read_key(jwk, open_keys=open_keys)
        except UnusableKey:
            continue
        found.setdefault((key.kid, key.kind), key)
    return found


def _parsed(jwk: dict[str, Any], kind: str) -> Any:
    try:
        key: Any = jwt.PyJWK(jwk, _SIGNS_FOR[kind]).key
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
        raise UnusableKey("is damaged.") from None
    if kind == "RSA" and key.key_size < _LEAST_RSA_BITS:
        raise UnusableKey(f"is shorter than {_LEAST_RSA_BITS} bits.")
    return key
