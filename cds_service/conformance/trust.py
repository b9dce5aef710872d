"""J1 to J9: whom the service lets in. Asked of discovery, which a client proves itself to like everywhere else."""

from collections.abc import Callable
from typing import Any

from cds_service.conformance.exchange import Exchange, Line
from cds_service.conformance.ledger import Ledger, Remark, doubt
from cds_service.conformance.tokens import Signing, shared_secret, unsigned

PATH = "/cds-services"
REFUSED = (401, 403)
_NUMBERS = ("J1", "J2", "J3", "J4", "J5", "J6", "J7", "J8")
_ELSEWHERE = "https://elsewhere.invalid"
_RECOMMENDED = {"ES384": ("crv", "P-384"), "RS384": ("kty", "RSA")}
"""The algorithms that the standard recommends, each with the member of a JWK that signs with it."""
_LATE_S, _SKEW_S = 600, 5


def check_strangers(ledger: Ledger, line: Line, bare: Exchange, signing: Signing) -> None:
    """Judges what can be tried without a good token.

    Args:
        ledger: of the check.
        line: to the service.
        bare: the answer to discovery without a token, which was refused.
        signing: whose tokens are tampered with: the client's, or those of a key that nobody knows.
    """
    remarks = [] if bare.status == 401 else [Remark(f"no token gets {bare.status}, not 401")]
    if bare.status == 401 and bare.bytes:
        remarks = [doubt("the 401 says more than it must")]
    ledger.judge("J1", bare, remarks)
    url = line.base_url + PATH
    _refused(ledger, line, "J2", "a token of alg none", unsigned(signing, url))
    _refused(ledger, line, "J2", "HS256 with the public key", shared_secret(signing, url))


def check_client(ledger: Ledger, line: Line, signing: Signing) -> None:
    """Judges what a known client and its tampered tokens get."""
    url = line.base_url + PATH
    key = signing.keys[0]
    _algorithms(ledger, line, signing)

    def refused(number: str, what: str, **changed: Any) -> None:
        _refused(ledger, line, number, what, signing.token(key, url, **changed))

    refused("J4", "another issuer", iss=_ELSEWHERE)
    _refused(ledger, line, "J4", "another jku", signing.token(key, url, jku=f"{_ELSEWHERE}/jwks.json"))
    refused("J5", "a token for another address", aud=_ELSEWHERE + PATH)
    aud = signing.claims(url)["aud"]
    _taken(ledger, line, "J5", "the address in an array", signing.token(key, url, aud=[aud, _ELSEWHERE]))
    seconds = int(signing.now().timestamp())
    refused("J6", "an expired token", iat=seconds - 2 * _LATE_S, exp=seconds - _LATE_S)
    _taken(ledger, line, "J6", "a token with nbf", signing.token(key, url, nbf=seconds))
    ahead = signing.token(key, url, iat=seconds + _SKEW_S, nbf=seconds + _SKEW_S)
    _taken(ledger, line, "J6", f"a clock {_SKEW_S} s ahead", ahead, doubt)
    once = signing.token(key, url)
    if _taken(ledger, line, "J7", "a token for the first time", once):
        _refused(ledger, line, "J7", "the same token again", once)
    _refused(ledger, line, "J8", "an unknown kid", signing.token({**key, "kid": signing.new_id()}, url))
    ledger.note("J4", "whether the other jku was fetched cannot be seen from outside")
    ledger.note("J8", "how often the keys are fetched cannot be seen from outside")


def note_trust(ledger: Ledger, why: str) -> None:
    """Says of what was not tried why, and of the log that it is out of sight."""
    for number in _NUMBERS if why else ():
        ledger.note_unseen(number, why)
    ledger.note("J9", "what is logged cannot be seen from outside; the service's own tests have to show it")


def _algorithms(ledger: Ledger, line: Line, signing: Signing) -> None:
    for algorithm, (member, kind) in _RECOMMENDED.items():
        key = next((key for key in signing.keys if key.get(member) == kind), None)
        if key is None:
            ledger.note("J3", f"{algorithm} was not tried; --key takes a second key")
        else:
            _taken(ledger, line, "J3", f"a token signed with {algorithm}", signing.token(key, line.base_url + PATH))


def _refused(ledger: Ledger, line: Line, number: str, what: str, header: str) -> None:
    exchange = line.get(PATH, what, header)
    remarks = [] if exchange.status == 401 else [Remark(f"{what} gets {exchange.status or 'no answer'}, not 401")]
    ledger.judge(number, exchange, remarks)


def _taken(
    ledger: Ledger, line: Line, number: str, what: str, header: str, remark: Callable[[str], Remark] = Remark
) -> bool:
    exchange = line.get(PATH, what, header)
    taken = exchange.status == 200
    ledger.judge(number, exchange, [] if taken else [remark(f"{what} gets {exchange.status or 'no answer'}, not 200")])
    return taken
