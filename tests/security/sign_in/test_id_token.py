"""An ID token proves who signed in only if the provider signed it, for us, now, and in this very sign-in."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.utils import base64url_encode

from cds_service.security.key_sources import FixedKeys
from cds_service.security.keys import read_key_set
from cds_service.security.sign_in.fault import Fault, SignInRefused
from cds_service.security.sign_in.id_token import LARGEST_TOKEN, Wanted, verified
from tests.conftest import NOON
from tests.tokens import claims, segment, signed, signer, token

ISSUER, CLIENT, NONCE = "https://id.example.org/realms/hospital", "calcification-cds", "nonce-1"
WANTED = Wanted(ISSUER, CLIENT, NONCE)
RSA, EC = signer("rsa", "RSA", "RS256"), signer("ec", "P-256")
STRANGER = signer("stranger", "P-256")
KEYS = FixedKeys(read_key_set({"keys": [RSA.jwk, EC.jwk]}, open_keys=False))
NOW = int(NOON.timestamp())


def said(**changed: Any) -> dict[str, Any]:
    usual = {"iss": ISSUER, "aud": CLIENT, "sub": "ada-1", "nonce": NONCE, "jti": None}
    return claims(NOON, **{**usual, **changed})


def with_the_public_key_as_secret() -> str:
    secret = RSA.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    text = f"{segment({'alg': 'HS256', 'typ': 'JWT', 'kid': 'rsa'})}.{segment(said())}"
    return f"{text}.{base64url_encode(jwt.get_algorithm_by_name('HS256').sign(text.encode(), secret)).decode()}"


@pytest.mark.parametrize("by", [RSA, EC])
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"aud": [CLIENT]},
        {"aud": [CLIENT, "another"], "azp": CLIENT},
        {"azp": CLIENT},
        {"exp": NOW - 59, "iat": NOW - 300},
        {"iat": NOW + 59},
    ],
)
def test_a_right_token_is_taken(by: Any, more: dict[str, Any]) -> None:
    assert verified(token(by, said(**more)), KEYS, WANTED, NOON)["sub"] == "ada-1"


@pytest.mark.parametrize(
    "more",
    [
        {"nonce": "nonce-2"},
        {"nonce": None},
        {"nonce": ""},
        {"iss": "https://id.example.org/realms/other"},
        {"iss": f"{ISSUER}/"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": []},
        {"aud": None},
        {"aud": {CLIENT: True}},
        {"aud": [CLIENT, "another"]},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"azp": "another"},
        {"exp": NOW - 61, "iat": NOW - 300},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": NOW + 120, "exp": NOW + 300},
        {"iat": None},
        {"iat": "now"},
        {"nbf": NOW + 120},
        {"sub": None},
        {"sub": ""},
    ],
)
def test_a_claim_that_is_wrong_or_missing_spoils_it(more: dict[str, Any]) -> None:
    with pytest.raises(SignInRefused) as refused:
        verified(token(RSA, said(**more)), KEYS, WANTED, NOON)
    assert refused.value.fault is Fault.CLAIMS


WRONG: list[tuple[str, Callable[[], object], Fault]] = [
    ("alg none", lambda: f"{segment({'alg': 'none', 'kid': 'rsa'})}.{segment(said())}.", Fault.MALFORMED),
    ("alg none, a signature", lambda: signed(RSA, {"alg": "none", "kid": "rsa"}, said()), Fault.ALGORITHM),
    ("HMAC with the public key", with_the_public_key_as_secret, Fault.ALGORITHM),
    ("no alg", lambda: signed(RSA, {"kid": "rsa"}, said()), Fault.ALGORITHM),
    ("an alg that is no text", lambda: signed(RSA, {"alg": ["RS256"], "kid": "rsa"}, said()), Fault.ALGORITHM),
    ("an extension", lambda: token(RSA, said(), crit=["b64"], b64=False), Fault.ALGORITHM),
    ("another's key", lambda: token(STRANGER, said(), kid="ec"), Fault.SIGNATURE),
    ("an unknown key", lambda: token(STRANGER, said()), Fault.KEY),
    ("a key along with it", lambda: token(STRANGER, said(), jwk=STRANGER.jwk, kid="ec"), Fault.SIGNATURE),
    ("no key id", lambda: signed(RSA, {"alg": "RS256"}, said()), Fault.KEY),
    ("a key of another kind", lambda: signed(EC, {"alg": "ES256", "kid": "rsa"}, said()), Fault.KEY),
    ("other claims under the signature", lambda: _swapped(), Fault.SIGNATURE),
    ("claims that are a list", lambda: signed(RSA, {"alg": "RS256", "kid": "rsa"}, [1]), Fault.MALFORMED),
    ("no JSON", lambda: signed(RSA, {"alg": "RS256", "kid": "rsa"}, "{"), Fault.MALFORMED),
    ("too large", lambda: token(RSA, said(more="x" * LARGEST_TOKEN)), Fault.MALFORMED),
    ("text", lambda: "ada", Fault.MALFORMED),
    ("nothing", lambda: None, Fault.MALFORMED),
    ("encrypted", lambda: "a.b.c.d.e", Fault.MALFORMED),
]


def _swapped() -> str:
    header, _, signature = token(RSA, said()).split(".")
    return f"{header}.{segment(said(sub='eve'))}.{signature}"


@pytest.mark.parametrize(("what", "make", "fault"), WRONG, ids=[case[0] for case in WRONG])
def test_what_the_provider_did_not_sign_is_refused(what: str, make: Callable[[], object], fault: Fault) -> None:
    with pytest.raises(SignInRefused) as refused:
        verified(make(), KEYS, WANTED, NOON)
    assert refused.value.fault is fault, what
