"""Each fault of a CDS service makes the assertions fail that it breaks, and no others."""

import pytest

from cds_service.conformance.assertions import ASSERTIONS
from cds_service.conformance.ledger import Verdict
from tests.conformance.checking import ISSUER, JKU, checked, numbers
from tests.conformance.faults import (
    DISCOVERY_FAULTS,
    OPTIONAL_FAULTS,
    REQUEST_FAULTS,
    RESPONSE_FAULTS,
    TRUST_FAULTS,
    Fault,
)
from tests.conformance.reference import HOOKS, Behaviour, reference_service
from tests.conformance.reference_trust import Trusted
from tests.tokens import signer

OPEN = [*DISCOVERY_FAULTS, *RESPONSE_FAULTS, *OPTIONAL_FAULTS, *REQUEST_FAULTS]
OUT_OF_SIGHT = {"J9"}
TRIED_ELSEWHERE = {"Q9"}
"""Q9 is tried with a stopwatch, in test_check.py."""


def _behaviour(fault: Fault, trusted: Trusted | None = None) -> Behaviour:
    return Behaviour(
        frozenset([fault.breaks]), fault.discovery, fault.response, fault.offers, trusted, status=fault.status
    )


@pytest.mark.parametrize("fault", OPEN, ids=lambda fault: fault.name)
def test_a_fault_fails_what_it_breaks(fault: Fault) -> None:
    with reference_service(_behaviour(fault)) as url:
        rows = checked(url)
    assert numbers(rows, Verdict.FAIL) == set(fault.fails.split())
    assert numbers(rows, Verdict.WARN) == set(fault.warns.split())


@pytest.mark.parametrize("fault", TRUST_FAULTS, ids=lambda fault: fault.name)
def test_a_fault_in_trust_fails_what_it_breaks(fault: Fault) -> None:
    first, second = signer("conformance-rsa", "RSA"), signer("conformance-ec")
    trusted = Trusted(ISSUER, JKU, {key.kid: key for key in (first, second)})
    with reference_service(_behaviour(fault, trusted)) as url:
        rows = checked(url, [first, second])
    assert numbers(rows, Verdict.FAIL) == set(fault.fails.split())
    assert numbers(rows, Verdict.WARN) == set(fault.warns.split())


def test_every_assertion_that_can_be_seen_is_failed_by_some_fault() -> None:
    told = {number for fault in [*OPEN, *TRUST_FAULTS] for number in f"{fault.fails} {fault.warns}".split()}
    assert told == ASSERTIONS.keys() - OUT_OF_SIGHT - TRIED_ELSEWHERE


def test_a_service_without_a_fault_passes_everything() -> None:
    with reference_service(Behaviour(offers=tuple(HOOKS))) as url:
        rows = checked(url)
    assert numbers(rows, Verdict.FAIL, Verdict.WARN) == set()
    assert numbers(rows, Verdict.PASS) == {row for row in ASSERTIONS if row[0] != "J"} - {"O11"}


def test_a_service_without_a_fault_that_asks_for_tokens_passes_everything() -> None:
    keys = [signer("conformance-ec"), signer("conformance-rsa", "RSA")]
    trusted = Trusted(ISSUER, JKU, {key.kid: key for key in keys})
    with reference_service(Behaviour(offers=tuple(HOOKS), trusted=trusted)) as url:
        rows = checked(url, keys)
    assert numbers(rows, Verdict.FAIL, Verdict.WARN) == set()
    assert numbers(rows, Verdict.PASS) == ASSERTIONS.keys() - {"O11", "J9"}
