"""Tokens that prove nothing, each with the reason that the operator reads. `good` is what they tamper with."""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.utils import base64url_encode

from cds_service.security.refusal import Reason
from tests.tokens import Signer, claims, segment, signed, signed_segments, signer, token

AUDIENCE = "https://cds.example.org/cds-services"
JKU = "https://ehr.example.org/jwks.json"

EC, RSA = signer("ec-1"), signer("rsa-1", "RSA")
P256, UNLISTED = signer("ec-256", "P-256"), signer("nobody")
ONLY_RS256 = signer("only-rs256", "RSA", "RS256")
KEYS = [EC.jwk, RSA.jwk, P256.jwk, {**ONLY_RS256.jwk, "alg": "RS256"}]
"""What the client publishes. ES256 is not among its algorithms."""


@dataclass(frozen=True)
class Tampered:
    """One way to tamper: the Authorization header at a moment, and the reason for which it is refused."""

    name: str
    reason: Reason
    header: Callable[[datetime], str]


def good(now: datetime, by: Signer = EC, **said: Any) -> str:
    return f"Bearer {token(by, claims(now, **said))}"


def _said(name: str, reason: Reason, **said: Any) -> Tampered:
    return Tampered(name, reason, lambda now: good(now, **said))


def _at(name: str, reason: Reason, **offsets: int) -> Tampered:
    """Times as seconds from now."""

    def header(now: datetime) -> str:
        return good(now, EC, **{claim: int(now.timestamp()) + offset for claim, offset in offsets.items()})

    return Tampered(name, reason, header)


def _headed(name: str, reason: Reason, by: Signer = EC, sign_as: str = "", **changed: Any) -> Tampered:
    """Signed by the client's own key over a header that is not right; None takes a member out."""
    header = {"alg": by.algorithm, "typ": "JWT", "kid": by.kid, **changed}
    header = {key: value for key, value in header.items() if value is not None}
    return Tampered(name, reason, lambda now: f"Bearer {signed(by, header, claims(now), sign_as)}")


def _raw(name: str, reason: Reason, header: str | None = None, said: str | None = None) -> Tampered:
    def build(now: datetime) -> str:
        first = header if header is not None else segment({"alg": "ES384", "typ": "JWT", "kid": "ec-1"})
        second = said if said is not None else segment(claims(now))
        return f"Bearer {signed_segments(EC, first, second)}"

    return Tampered(name, reason, build)


def _unsigned(now: datetime) -> str:
    return f"Bearer {segment({'alg': 'none', 'typ': 'JWT', 'kid': 'ec-1'})}.{segment(claims(now))}."


def _none_with_signature(now: datetime) -> str:
    return f"Bearer {segment({'alg': 'none', 'typ': 'JWT', 'kid': 'ec-1'})}.{segment(claims(now))}.AAAA"


def _hmac(secret: Callable[[], bytes], kid: str, name: str = "sha384", alg: str = "HS384") -> Callable[[datetime], str]:
    def header(now: datetime) -> str:
        text = f"{segment({'alg': alg, 'typ': 'JWT', 'kid': kid})}.{segment(claims(now))}"
        return f"Bearer {text}.{base64url_encode(hmac.digest(secret(), text.encode(), name)).decode()}"

    return header


def _pem() -> bytes:
    return bytes(RSA.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def _jwk() -> bytes:
    return json.dumps(EC.jwk).encode()


def _other_claims(now: datetime) -> str:
    """Claims of a good token exchanged after it was signed."""
    header, _, signature = good(now).split(".")
    return f"{header}.{segment(claims(now, tenant='radiology'))}.{signature}"


def _cut_signature(now: datetime) -> str:
    return good(now)[:-8]


def _empty_signature(now: datetime) -> str:
    return good(now).rpartition(".")[0] + "."


def _flipped(now: datetime) -> str:
    head, _, signature = good(now).rpartition(".")
    other = "A" if signature[9] != "A" else "B"
    return f"{head}.{signature[:9]}{other}{signature[10:]}"


def _digest_as_signature(now: datetime) -> str:
    head = good(now).removeprefix("Bearer ").rpartition(".")[0]
    return f"Bearer {head}.{base64url_encode(hashlib.sha384(head.encode()).digest()).decode()}"


def _zero_signature(now: datetime) -> str:
    """r = s = 0, which a careless ECDSA takes (CVE-2022-21449)."""
    return f"{good(now).rpartition('.')[0]}.{base64url_encode(bytes(96)).decode()}"


R = Reason
SIGNED_ELSEWHERE = signer("ec-1-of-another")
CASES = [
    Tampered("basic authentication", R.NOT_BEARER, lambda _now: "Basic dXNlcjpwYXNz"),
    Tampered("no scheme", R.NOT_BEARER, lambda now: good(now).removeprefix("Bearer ")),
    Tampered("a scheme alone", R.NOT_BEARER, lambda _now: "Bearer"),
    Tampered("two tokens", R.NOT_BEARER, lambda now: f"{good(now)}, {good(now)}"),
    Tampered("two words", R.NOT_BEARER, lambda now: f"{good(now)} x"),
    Tampered("oversized", R.TOO_LARGE, lambda now: good(now, padding="x" * 4000)),
    Tampered("no JWT", R.MALFORMED, lambda _now: "Bearer open-sesame"),
    Tampered("five parts, as if encrypted", R.MALFORMED, lambda now: good(now) + ".a.b"),
    Tampered("bad base64", R.MALFORMED, lambda now: good(now).replace(".", ".!", 1)),
    Tampered("standard base64", R.MALFORMED, lambda now: good(now) + "=="),
    _raw("a header that is no JSON", R.MALFORMED, header=segment("{")),
    _raw("a header that is an array", R.MALFORMED, header=segment([])),
    _raw("a header of one character", R.MALFORMED, header="e"),
    _raw("a header that names alg twice", R.MALFORMED, header=segment('{"alg":"ES384","alg":"none","typ":"JWT"}')),
    _raw("claims that are no JSON", R.MALFORMED, said=segment("{'iss': 1}")),
    _raw("claims that are an array", R.MALFORMED, said=segment([])),
    _raw("claims that name iss twice", R.MALFORMED, said=segment('{"iss":"a","iss":"https://ehr.example.org"}')),
    _raw("claims with NaN", R.MALFORMED, said=segment('{"exp":NaN}')),
    _raw("claims nested without end", R.MALFORMED, said=segment("[" * 2500)),
    Tampered("alg none", R.MALFORMED, _unsigned),
    Tampered("alg none with a signature", R.ALGORITHM, _none_with_signature),
    _headed("alg nOnE", R.ALGORITHM, alg="nOnE"),
    Tampered("HS384 with the public RSA key", R.ALGORITHM, _hmac(_pem, "rsa-1")),
    Tampered("HS256 with the public RSA key", R.ALGORITHM, _hmac(_pem, "rsa-1", "sha256", "HS256")),
    Tampered("HS384 with the public JWK", R.ALGORITHM, _hmac(_jwk, "ec-1")),
    _headed("alg that is no text", R.ALGORITHM, alg=["ES384"]),
    _headed("no alg", R.ALGORITHM, alg=None),
    _headed("crit", R.CRITICAL, crit=["exp"]),
    _headed("crit of nothing", R.CRITICAL, crit=[]),
    _headed("unencoded payload", R.CRITICAL, b64=False),
    _headed("embedded jwk", R.OWN_KEY, by=UNLISTED, jwk=UNLISTED.jwk),
    _headed("embedded certificate", R.OWN_KEY, x5c=["MIIB"]),
    _headed("certificate elsewhere", R.OWN_KEY, x5u="https://evil.example/cert"),
    _headed("typ of an access token", R.TYPE, typ="at+jwt"),
    _headed("no typ", R.TYPE, typ=None),
    _headed("no kid", R.KEY_ID, kid=None),
    _headed("kid that is no text", R.KEY_ID, kid=1),
    _said("unknown issuer", R.ISSUER, iss="https://evil.example"),
    _said("issuer with a slash more", R.ISSUER, iss="https://ehr.example.org/"),
    _said("part of the issuer", R.ISSUER, iss="https://ehr.example.or"),
    _said("issuer as a list", R.ISSUER, iss=["https://ehr.example.org"]),
    _said("no issuer", R.ISSUER, iss=None),
    _headed("ES256, which the client may not use", R.CLIENT_ALGORITHM, by=P256),
    _headed("jku elsewhere", R.KEY_SET_URL, jku="https://evil.example/jwks.json"),
    _headed("jku with a query more", R.KEY_SET_URL, jku=f"{JKU}?x=1"),
    _headed("jku that is no text", R.KEY_SET_URL, jku=[JKU]),
    _said("another service's audience", R.AUDIENCE, aud="https://other.example.org/cds-services"),
    _said("the base URL as audience", R.AUDIENCE, aud="https://cds.example.org"),
    _said("another endpoint's audience", R.AUDIENCE, aud=f"{AUDIENCE}/calcification-of-everything"),
    _said("an empty list of audiences", R.AUDIENCE, aud=[]),
    _said("audience as an object", R.AUDIENCE, aud={AUDIENCE: True}),
    _said("no audience", R.AUDIENCE, aud=None),
    _at("expired", R.EXPIRED, exp=-61, iat=-300),
    _said("expired in 1970", R.EXPIRED, exp=1, iat=1),
    _at("issued in the future", R.FUTURE, iat=120, exp=400),
    _at("not valid yet", R.FUTURE, nbf=120),
    _at("lives for two hours", R.LIFETIME, exp=7200),
    _at("lives for an hour and a second", R.LIFETIME, exp=3601),
    _at("expires before it was issued", R.LIFETIME, exp=-30, iat=0),
    _said("no exp", R.TIMES, exp=None),
    _said("no iat", R.TIMES, iat=None),
    Tampered("nbf null", R.TIMES, lambda now: f"Bearer {token(EC, {**claims(now), 'nbf': None})}"),
    _said("exp as text", R.TIMES, exp="2030"),
    _said("exp true", R.TIMES, exp=True),
    _said("exp beyond all time", R.TIMES, exp=10**40),
    _said("no jti", R.TOKEN_ID, jti=None),
    _said("an empty jti", R.TOKEN_ID, jti=""),
    _said("jti as a number", R.TOKEN_ID, jti=7),
    _said("jti without end", R.TOKEN_ID, jti="x" * 501),
    _headed("unknown kid", R.UNKNOWN_KEY, kid="ec-9"),
    _headed("kid as a path", R.UNKNOWN_KEY, kid="../../dev/null"),
    _headed("RS384 named with the EC key", R.UNKNOWN_KEY, by=RSA, kid="ec-1"),
    _headed("ES384 named with the RSA key", R.UNKNOWN_KEY, kid="rsa-1"),
    _headed("ES384 over a key of another curve", R.UNKNOWN_KEY, by=P256, alg="ES384"),
    _headed("a key for another algorithm", R.UNKNOWN_KEY, by=ONLY_RS256, alg="RS384", sign_as="RS384"),
    _headed("signed by a stranger under a known kid", R.SIGNATURE, by=SIGNED_ELSEWHERE, kid="ec-1"),
    _headed("RS256 named RS384", R.SIGNATURE, by=RSA, sign_as="RS256"),
    Tampered("claims exchanged after signing", R.SIGNATURE, _other_claims),
    Tampered("signature cut", R.SIGNATURE, _cut_signature),
    Tampered("signature empty", R.MALFORMED, _empty_signature),
    Tampered("one bit of the signature", R.SIGNATURE, _flipped),
    Tampered("a digest as signature", R.SIGNATURE, _digest_as_signature),
    Tampered("a signature of zeros", R.SIGNATURE, _zero_signature),
]  # fmt: skip
