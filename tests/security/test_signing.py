"""What the commands sign is what the service takes."""

from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from cds_service.security.clients import Client
from cds_service.security.key_sources import FixedKeys
from cds_service.security.keys import UnusableKey, read_key_set
from cds_service.security.refusal import Reason, Refused
from cds_service.security.signing import signed_token
from cds_service.security.tokens import verify
from tests.conftest import NOON
from tests.tokens import CURVES, claims

AUDIENCE = "https://cds.example.org/cds-services"
ISSUER = "https://ehr.example.org"
JKU = "https://ehr.example.org/jwks"
PRIVATE_MEMBERS = ("d", "p", "q", "dp", "dq", "qi")


def private_jwk(kind: str) -> dict[str, Any]:
    """A new private key of a kind, with its kid."""
    if kind == "RSA":
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return {**jwt.algorithms.RSAAlgorithm.to_jwk(key, as_dict=True), "kid": "k"}
    return {**jwt.algorithms.ECAlgorithm.to_jwk(ec.generate_private_key(CURVES[kind]), as_dict=True), "kid": "k"}


KEYS = {kind: private_jwk(kind) for kind in (*CURVES, "RSA")}


def client_of(jwk: dict[str, Any], jku: str = "") -> Client:
    public = {name: held for name, held in jwk.items() if name not in (*PRIVATE_MEMBERS, "key_ops")}
    keys = FixedKeys(read_key_set({"keys": [public]}, open_keys=False))
    return Client("county", "County", ISSUER, jku, keys, algorithms=frozenset({"ES256", "ES384", "ES512", "RS384"}))


@pytest.mark.parametrize(
    ("kind", "algorithm"), [("P-256", "ES256"), ("P-384", "ES384"), ("P-521", "ES512"), ("RSA", "RS384")]
)
def test_a_token_is_signed_as_its_key_asks_and_taken(kind: str, algorithm: str) -> None:
    token = signed_token(KEYS[kind], claims(NOON))
    assert jwt.get_unverified_header(token) == {"alg": algorithm, "typ": "JWT", "kid": "k"}
    client = client_of(KEYS[kind])
    assert verify(f"Bearer {token}", [AUDIENCE], {ISSUER: client}, NOON, lambda *_: True) is client


def test_a_jku_stands_in_the_header_and_has_to_be_the_client_s() -> None:
    token = signed_token(KEYS["P-384"], claims(NOON), jku=JKU)
    known, other = client_of(KEYS["P-384"], JKU), client_of(KEYS["P-384"])
    assert verify(f"Bearer {token}", [AUDIENCE], {ISSUER: known}, NOON, lambda *_: True) is known
    with pytest.raises(Refused, match=Reason.KEY_SET_URL):
        verify(f"Bearer {token}", [AUDIENCE], {ISSUER: other}, NOON, lambda *_: True)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"kid": ""}, "no kid"),
        ({"kid": 7}, "no kid"),
        ({"d": None}, "no private part"),
        ({"kty": "oct"}, "another kind"),
        ({"crv": "secp256k1"}, "another kind"),
        ({"crv": ["P-384"]}, "another kind"),
        ({"d": "not-a-number"}, "damaged"),
        ({"x": 4}, "damaged"),
    ],
)
def test_a_key_that_cannot_sign_is_refused_without_showing_it(changed: dict[str, Any], reason: str) -> None:
    jwk = {**KEYS["P-384"], **changed}
    with pytest.raises(UnusableKey, match=reason) as refused:
        signed_token(jwk, claims(NOON))
    assert KEYS["P-384"]["d"] not in str(refused.value)
