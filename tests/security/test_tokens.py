"""A token proves its client only when all of it is right; each way to tamper has its reason."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.security.clients import Client
from cds_service.security.key_sources import FixedKeys
from cds_service.security.keys import read_key_set
from cds_service.security.refusal import Reason, Refused
from cds_service.security.tokens import verify
from tests.conftest import NOON
from tests.properties.generated import steady
from tests.security.tampered import AUDIENCE, CASES, EC, JKU, KEYS, P256, RSA, Tampered, good
from tests.tokens import claims, segment, signed, signed_segments, token

CLIENT = Client(
    "ehr",
    "The EHR",
    "https://ehr.example.org",
    JKU,
    FixedKeys(read_key_set({"keys": KEYS}, open_keys=False)),
    audiences=frozenset({"configured-by-the-site"}),
)


def _verify(authorization: str, client: Client = CLIENT, now: datetime = NOON, seen: Any = None) -> Client:
    first_use = (lambda *_: True) if seen is None else seen
    return verify(authorization, [AUDIENCE], {client.issuer: client}, now, first_use)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_tampered_token_is_refused_for_its_reason(case: Tampered) -> None:
    with pytest.raises(Refused) as refused:
        _verify(case.header(NOON))
    assert refused.value.reason is case.reason


def test_there_is_a_tampered_token_for_every_reason_that_a_table_can_hold() -> None:
    told = {Reason.MISSING, Reason.REPLAYED, Reason.TENANT}
    assert {case.reason for case in CASES} == set(Reason) - told


SECONDS = int(NOON.timestamp())


@pytest.mark.parametrize(
    ("what", "header"),
    [
        ("ES384", good(NOON)),
        ("RS384", good(NOON, RSA)),
        ("scheme in lower case", good(NOON).replace("Bearer", "bearer")),
        ("scheme in capitals and two spaces", good(NOON).replace("Bearer ", "BEARER  ")),
        ("aud as a list", good(NOON, aud=["https://other.example.org", AUDIENCE])),
        ("aud agreed with the site", good(NOON, aud="configured-by-the-site")),
        ("its own jku", f"Bearer {token(EC, claims(NOON), jku=JKU)}"),
        ("as an Epic system writes it", good(NOON, RSA, sub="a6a8", nbf=SECONDS, exp=SECONDS + 900, tenant="x")),
        ("typ in lower case", f"Bearer {signed(EC, {'alg': 'ES384', 'typ': 'jwt', 'kid': 'ec-1'}, claims(NOON))}"),
        ("times with fractions", good(NOON, iat=SECONDS + 0.5, exp=SECONDS + 300.25)),
        ("expired 59 seconds ago, within the leeway", good(NOON, iat=SECONDS - 300, exp=SECONDS - 59)),
        ("issued 60 seconds ahead, within the leeway", good(NOON, iat=SECONDS + 60)),
        ("nbf 60 seconds ahead, within the leeway", good(NOON, nbf=SECONDS + 60)),
        ("lives for exactly an hour", good(NOON, exp=SECONDS + 3600)),
    ],
)
def test_a_good_token_proves_its_client(what: str, header: str) -> None:
    assert _verify(header) is CLIENT, what


def test_an_algorithm_beyond_the_usual_is_a_matter_of_the_client() -> None:
    assert _verify(good(NOON, P256), replace(CLIENT, algorithms=frozenset({"ES256"}))).id == "ehr"
    with pytest.raises(Refused, match=Reason.CLIENT_ALGORITHM):
        _verify(good(NOON, EC), replace(CLIENT, algorithms=frozenset({"ES256"})))


def test_a_client_without_a_jku_sends_none() -> None:
    with pytest.raises(Refused, match=Reason.KEY_SET_URL):
        _verify(f"Bearer {token(EC, claims(NOON), jku='')}", replace(CLIENT, jku=""))


@pytest.mark.parametrize("tenant", [None, "cardiology", 7, "", ["radiology"]])
def test_a_tenant_outside_the_list_is_refused(tenant: Any) -> None:
    client = replace(CLIENT, tenants=frozenset({"radiology"}))
    assert _verify(good(NOON, tenant="radiology"), client) is client
    with pytest.raises(Refused, match=Reason.TENANT):
        _verify(good(NOON, tenant=tenant), client)


def test_a_token_is_remembered_until_it_is_worth_nothing() -> None:
    asked: list[tuple[str, str, datetime]] = []

    def first_use(*use: Any) -> bool:
        asked.append(use)
        return len(asked) == 1

    sent = good(NOON, jti="once")
    _verify(sent, seen=first_use)
    with pytest.raises(Refused, match=Reason.REPLAYED):
        _verify(sent, seen=first_use)
    assert {(issuer, token_id, int(until.timestamp()) - SECONDS) for issuer, token_id, until in asked} == {
        ("https://ehr.example.org", "once", 360)
    }


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.reason is Reason.SIGNATURE], ids=lambda case: case.name
)
def test_a_token_that_is_not_proven_uses_up_no_id(case: Tampered) -> None:
    with pytest.raises(Refused):
        _verify(case.header(NOON), seen=_unasked)


def _unasked(*_: Any) -> bool:
    raise AssertionError("an unproven token was remembered")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_refusal_tells_nothing_that_the_token_says(case: Tampered) -> None:
    with pytest.raises(Refused) as refused:
        _verify(case.header(NOON))
    told = f"{refused.value} {refused.value.client}"
    assert not any(word in told for word in ("eyJ", "https:", "evil", "example"))
    assert refused.value.__cause__ is None


def test_keys_are_asked_for_only_when_all_else_is_right() -> None:
    class Asked:
        def find(self, *_: str) -> None:
            raise AssertionError("keys were asked for")

    needs_keys = {Reason.UNKNOWN_KEY, Reason.SIGNATURE}
    strict = replace(CLIENT, keys=Asked())
    for case in CASES:
        if case.reason not in needs_keys:
            with pytest.raises(Refused):
                _verify(case.header(NOON), strict)


@pytest.mark.parametrize("place", ["header", "claims"])
def test_a_token_of_any_depth_is_taken_or_refused(place: str) -> None:
    """The depth at which a parser gives up depends on who calls it, so what one takes the next may not."""
    for depth in range(300, 1001):
        more = '{"x":' + "[" * depth + "]" * depth + ","
        header, said = ({"alg": "ES384", "typ": "JWT", "kid": "ec-1"}, claims(NOON))
        texts = {"header": json.dumps(header), "claims": json.dumps(said)}
        texts[place] = more + texts[place][1:]
        sent = f"Bearer {signed_segments(EC, segment(texts['header']), segment(texts['claims']))}"
        assert _outcome(sent) in ("taken", Reason.MALFORMED, Reason.SIGNATURE)


SHORT = st.text("aJ.W/é\ud800\x00", max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | SHORT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SHORT, inner, max_size=3),
    max_leaves=6,
)
HEADER_NAMES = st.sampled_from(["alg", "typ", "kid", "jku", "cty", "zip", "x5t"])
CLAIM_NAMES = st.sampled_from(["iss", "aud", "exp", "iat", "nbf", "jti", "tenant", "sub"])


@steady(100)
@given(header=st.dictionaries(HEADER_NAMES, JSON, max_size=2), said=st.dictionaries(CLAIM_NAMES, JSON, max_size=3))
def test_whatever_stands_in_a_signed_token_it_is_taken_or_refused(header: dict[str, Any], said: dict[str, Any]) -> None:
    usual = {"alg": "ES384", "typ": "JWT", "kid": "ec-1"}
    sent = f"Bearer {signed(EC, {**usual, **header}, {**claims(NOON), **said})}"
    assert _outcome(sent, replace(CLIENT, tenants=frozenset({"radiology"}))) in ("taken", *Reason)


def _outcome(authorization: str, client: Client = CLIENT) -> str:
    try:
        return "taken" if _verify(authorization, client) is client else "another client"
    except Refused as refused:
        return refused.reason


@steady(100)
@given(st.text(max_size=60) | st.from_regex(r"(?i)bearer +[\w.=,-]{0,50}"))
def test_whatever_stands_in_the_header_it_is_refused(value: str) -> None:
    with pytest.raises(Refused):
        _verify(value)
