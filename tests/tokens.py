"""Keys and signed tokens of CDS clients, for tests: made anew in each run, so none is worth anything elsewhere."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.utils import base64url_encode

from cds_service.app import random_id

CURVES: Mapping[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}


@dataclass(frozen=True)
class Signer:
    """A private key and what its client calls it."""

    kid: str
    algorithm: str
    private: Any
    jwk: dict[str, Any] = field(repr=False)


@cache
def signer(kid: str, kind: str = "P-384", algorithm: str = "", bits: int = 2048) -> Signer:
    """A key of this kind, the same one whenever it is asked for in this run."""
    if kind == "RSA":
        rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        public = jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key.public_key(), as_dict=True)
        return Signer(kid, algorithm or "RS384", rsa_key, {**public, "kid": kid, "use": "sig"})
    ec_key = ec.generate_private_key(CURVES[kind])
    public = jwt.algorithms.ECAlgorithm.to_jwk(ec_key.public_key(), as_dict=True)
    usual = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}[kind]
    return Signer(kid, algorithm or usual, ec_key, {**public, "kid": kid, "use": "sig"})


def claims(now: datetime, **changed: Any) -> dict[str, Any]:
    """Good claims at a moment; members come in by name, None takes one out."""
    seconds = int(now.timestamp())
    said = {
        "iss": "https://ehr.example.org",
        "aud": "https://cds.example.org/cds-services",
        "exp": seconds + 300,
        "iat": seconds,
        "jti": random_id(),
        **changed,
    }
    return {name: value for name, value in said.items() if value is not None}


def token(by: Signer, said: Mapping[str, Any], **header: Any) -> str:
    """A token of these claims under the usual header; more of its members come in by name."""
    return signed(by, {"alg": by.algorithm, "typ": "JWT", "kid": by.kid, **header}, dict(said))


def signed(by: Signer, header: object, said: object, algorithm: str = "") -> str:
    """A token of any header and claims, signed as `by` signs: PyJWT would not write some of them."""
    return signed_segments(by, segment(header), segment(said), algorithm)


def signed_segments(by: Signer, header: str, said: str, algorithm: str = "") -> str:
    """A token of these segments as they stand."""
    with_what = jwt.get_algorithm_by_name(algorithm or by.algorithm)
    text = f"{header}.{said}"
    return f"{text}.{base64url_encode(with_what.sign(text.encode(), by.private)).decode()}"


def segment(value: object) -> str:
    """A JSON value, or text as it stands, in base64url."""
    text = value if isinstance(value, str) else json.dumps(value)
    return base64url_encode(text.encode()).decode()


def private_jwk(by: Signer) -> dict[str, Any]:
    """The private key as the JWK that a client's operator holds."""
    return {**jwt.get_algorithm_by_name(by.algorithm).to_jwk(by.private, as_dict=True), "kid": by.kid}
