"""Signing as a CDS client does (CDS Hooks 2.0.1, "Trusting CDS Clients"), for commands that call a service."""

from collections.abc import Mapping
from typing import Any

import jwt

from cds_service.security.keys import UnusableKey

_SIGNS_WITH = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512", "RSA": "RS384"}


def signed_token(jwk: Mapping[str, Any], claims: Mapping[str, Any], *, jku: str = "") -> str:
    """A signed token in compact form, as it stands behind `Authorization: Bearer`.

    The algorithm follows from the key: ES384 for P-384 and RS384 for RSA, which every service takes; ES256 and ES512
    for the other curves.

    Args:
        jwk: a private key as JSON Web Key (RFC 7517), with its `kid`.
        claims: `iss`, `aud`, `exp`, `iat` and `jti`, and whatever else was agreed; exp and iat in seconds since 1970.
        jku: where the client publishes its keys; left out of the header where empty.

    Raises:
        UnusableKey: it is no private key of a known kind, or has no kid. The message says why, without the key.
    """
    kind = jwk.get("crv" if jwk.get("kty") == "EC" else "kty")
    if not isinstance(kind, str) or kind not in _SIGNS_WITH:
        raise UnusableKey(f"is of another kind than {', '.join(_SIGNS_WITH)}.")
    if not isinstance(jwk.get("kid"), str) or not jwk["kid"]:
        raise UnusableKey("has no kid.")
    if not jwk.get("d"):
        raise UnusableKey("holds no private part.")
    algorithm = _SIGNS_WITH[kind]
    header = {"kid": jwk["kid"], **({"jku": jku} if jku else {})}
    try:
        return jwt.encode(dict(claims), jwt.PyJWK(dict(jwk), algorithm).key, algorithm, headers=header)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
        raise UnusableKey("is damaged.") from None
