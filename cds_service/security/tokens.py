"""The signed token of a CDS client (CDS Hooks 2.0.1, "Trusting CDS Clients"): whose it is, or why it proves nothing.

Everything that costs nothing is looked at first; keys are fetched and signatures computed only for a token that names a
client, this address and the present.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any, NoReturn

import jwt
from jwt.utils import base64url_decode

from cds_service.security.clients import Client
from cds_service.security.keys import KINDS
from cds_service.security.refusal import Reason, Refused

LEEWAY_S = 60
"""How far the client's clock may be off."""
LONGEST_LIFE_S = 3600
"""From iat to exp. A token's id is kept so long, to know it when it comes again (best practices of CDS Hooks)."""
LARGEST_TOKEN = 4096
"""Characters. Tokens of EHRs have about 1000."""
_LONGEST_TEXT = 500

_BEARER = re.compile(r"bearer +([^\s,]+) *", re.IGNORECASE)
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_BROUGHT_KEYS = frozenset({"jwk", "x5u", "x5c"})

FirstUse = Callable[[str, str, datetime], bool]
"""Whether a token of this issuer and jti is used for the first time, remembered until the moment given."""


@dataclass(frozen=True, slots=True)
class _Token:
    """A token taken apart: nothing in it is proven."""

    text: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]


def verify(
    authorization: str,
    audiences: Collection[str],
    clients: Mapping[str, Client],
    now: datetime,
    first_use: FirstUse,
) -> Client:
    """The client that signed a request's token.

    Args:
        authorization: the value of the Authorization header.
        audiences: URLs of the endpoint, as callers know them.
        clients: by issuer.
        now: the present moment.
        first_use: remembers tokens; asked last, so that only proven ones are remembered.

    Raises:
        Refused: with the reason, which the caller must not learn.
    """
    token = _taken_apart(authorization)
    algorithm, kid = _header(token.header)
    client = clients.get(_text(token.claims.get("iss")))
    if client is None:
        raise Refused(Reason.ISSUER)
    try:
        token_id, until = _claims(token, client, algorithm, audiences, now.timestamp())
        _signature(token, client, algorithm, kid)
        if not first_use(client.issuer, token_id, until):
            raise Refused(Reason.REPLAYED)
    except Refused as refused:
        raise Refused(refused.reason, client.id) from None
    return client


def _taken_apart(authorization: str) -> _Token:
    if len(authorization) > LARGEST_TOKEN:
        raise Refused(Reason.TOO_LARGE)
    bearer = _BEARER.fullmatch(authorization)
    if bearer is None:
        raise Refused(Reason.NOT_BEARER)
    text = bearer[1]
    if not _COMPACT.fullmatch(text):
        raise Refused(Reason.MALFORMED)
    header, claims, _ = text.split(".")
    return _Token(text, _object(header), _object(claims))


def _object(segment: str) -> dict[str, Any]:
    """A part of the token: base64url of a JSON object that names nothing twice."""
    try:
        parsed = json.loads(base64url_decode(segment), object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Refused(Reason.MALFORMED) from None
    if not isinstance(parsed, dict):
        raise Refused(Reason.MALFORMED)
    return parsed


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _header(header: Mapping[str, Any]) -> tuple[str, str]:
    """The algorithm and the key's id."""
    if "crit" in header or "b64" in header:
        raise Refused(Reason.CRITICAL)
    if _BROUGHT_KEYS & header.keys():
        raise Refused(Reason.OWN_KEY)
    algorithm, kid = _text(header.get("alg")), _text(header.get("kid"))
    if algorithm not in KINDS:
        raise Refused(Reason.ALGORITHM)
    if _text(header.get("typ")).upper() != "JWT":
        raise Refused(Reason.TYPE)
    if not kid:
        raise Refused(Reason.KEY_ID)
    return algorithm, kid


def _claims(
    token: _Token, client: Client, algorithm: str, audiences: Collection[str], now: float
) -> tuple[str, datetime]:
    """The token's id, and the moment from which it is worth nothing."""
    claims = token.claims
    if algorithm not in client.algorithms:
        raise Refused(Reason.CLIENT_ALGORITHM)
    if "jku" in token.header and (not client.jku or token.header["jku"] != client.jku):
        raise Refused(Reason.KEY_SET_URL)
    named = claims.get("aud")
    named = [named] if isinstance(named, str) else named
    accepted = {*audiences, *client.audiences}
    if not isinstance(named, list) or not any(_text(one) in accepted for one in named):
        raise Refused(Reason.AUDIENCE)
    expires = _times(claims, now)
    token_id = _text(claims.get("jti"))
    if not token_id:
        raise Refused(Reason.TOKEN_ID)
    if client.tenants is not None and _text(claims.get("tenant")) not in client.tenants:
        raise Refused(Reason.TENANT)
    return token_id, datetime.fromtimestamp(expires + LEEWAY_S, UTC)


def _times(claims: Mapping[str, Any], now: float) -> float:
    """When the token expires, in seconds since 1970."""
    expires, issued = _time(claims.get("exp")), _time(claims.get("iat"))
    begins = _time(claims["nbf"]) if "nbf" in claims else issued
    if expires <= now - LEEWAY_S:
        raise Refused(Reason.EXPIRED)
    if max(issued, begins) > now + LEEWAY_S:
        raise Refused(Reason.FUTURE)
    if not 0 < expires - issued <= LONGEST_LIFE_S:
        raise Refused(Reason.LIFETIME)
    return expires


def _time(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e11 or not isfinite(value):
        raise Refused(Reason.TIMES)
    return float(value)


def _signature(token: _Token, client: Client, algorithm: str, kid: str) -> None:
    key = client.keys.find(kid, KINDS[algorithm])
    if key is None or key.algorithm not in ("", algorithm):
        raise Refused(Reason.UNKNOWN_KEY)
    try:
        jwt.PyJWS().decode_complete(token.text, key.key, algorithms=[algorithm])
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise Refused(Reason.SIGNATURE) from None


def _text(value: object) -> str:
    """A short text as it stands; empty for anything else."""
    return value if isinstance(value, str) and len(value) <= _LONGEST_TEXT else ""
