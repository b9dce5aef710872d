"""The ID token (OpenID Connect Core 1.0, 3.1.3.7): whom the provider signed in, for us, in this sign-in.

PyJWT checks the signature against the provider's keys, Authlib the claims.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError
from jwt.utils import base64url_decode

from cds_service.security.key_sources import KeySource
from cds_service.security.keys import KINDS
from cds_service.security.sign_in.fault import Fault, SignInRefused

LEEWAY_S = 60
"""How far the provider's clock may be off."""
LARGEST_TOKEN = 64 * 1024
"""Characters. A token with two hundred groups has about 10,000."""
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the token has to say: who issued it, for which client, in which sign-in."""

    issuer: str
    client_id: str
    nonce: str


def verified(token: object, keys: KeySource, wanted: Wanted, now: datetime) -> Mapping[str, Any]:
    """The claims of an ID token.

    Args:
        token: as it came.
        keys: the provider's.
        wanted: what it has to say.
        now: the present moment.

    Raises:
        SignInRefused: it proves nothing.
    """
    if not isinstance(token, str) or len(token) > LARGEST_TOKEN or not _COMPACT.fullmatch(token):
        raise SignInRefused(Fault.MALFORMED)
    header = _object(token.partition(".")[0])
    algorithm, kid = header.get("alg"), header.get("kid")
    # Neither "none" nor HMAC is among them: a public key must not be taken for a shared secret.
    if not isinstance(algorithm, str) or algorithm not in KINDS or "crit" in header:
        raise SignInRefused(Fault.ALGORITHM)
    key = keys.find(kid, KINDS[algorithm]) if isinstance(kid, str) else None
    if key is None or key.algorithm not in ("", algorithm):
        raise SignInRefused(Fault.KEY)
    try:
        jwt.PyJWS().decode_complete(token, key.key, algorithms=[algorithm])
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise SignInRefused(Fault.SIGNATURE) from None
    claims = _object(token.split(".")[1])
    _require(claims, header, wanted, now)
    return claims


def _object(segment: str) -> dict[str, Any]:
    try:
        parsed = json.loads(base64url_decode(segment))
    except (ValueError, RecursionError):
        raise SignInRefused(Fault.MALFORMED) from None
    if not isinstance(parsed, dict):
        raise SignInRefused(Fault.MALFORMED)
    return parsed


def _require(claims: dict[str, Any], header: dict[str, Any], wanted: Wanted, now: datetime) -> None:
    options = {
        "iss": {"essential": True, "value": wanted.issuer},
        "aud": {"essential": True, "value": wanted.client_id},
        "sub": {"essential": True},
        "exp": {"essential": True},
        "iat": {"essential": True},
    }
    said = CodeIDToken(claims, header, options, {"client_id": wanted.client_id, "nonce": wanted.nonce})
    try:
        said.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
    except (JoseError, ValueError, TypeError, AttributeError):
        raise SignInRefused(Fault.CLAIMS) from None
