from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.core.quantity import Interval
from cds_service.core.verdict import Verdict

MET, NOT_MET, UNKNOWN = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN
NUMBERS = st.decimals(min_value=0, max_value=10**6, places=3)


def below(limit: str) -> Interval:
    return Interval(None, Decimal(limit), high_open=True)


def above(limit: str) -> Interval:
    return Interval(Decimal(limit), None, low_open=True)


def exactly(value: str) -> Interval:
    return Interval.exactly(Decimal(value))


@pytest.mark.parametrize(
    ("value", "operator", "limit", "expected"),
    [
        (exactly("4.6"), "above", "4.6", NOT_MET),
        (exactly("4.6"), "at_least", "4.6", MET),
        (exactly("4.6"), "below", "4.6", NOT_MET),
        (exactly("4.6"), "at_most", "4.6", MET),
        (above("710"), "above", "65", MET),
        (above("710"), "above", "710", MET),
        (above("710"), "above", "900", UNKNOWN),
        (above("60"), "below", "60", NOT_MET),
        (above("60"), "at_most", "60", NOT_MET),
        (below("5"), "above", "4", UNKNOWN),
        (below("5"), "above", "5", NOT_MET),
        (below("5"), "below", "5", MET),
        (below("5"), "at_least", "5", NOT_MET),
        (Interval(Decimal(1), Decimal(3)), "above", "2", UNKNOWN),
        (Interval(None, None), "above", "2", UNKNOWN),
    ],
)
def test_a_comparator_decides_only_what_it_can(value: Interval, operator: str, limit: str, expected: Verdict) -> None:
    assert getattr(value, operator)(Decimal(limit)) is expected


@given(NUMBERS, NUMBERS)
def test_above_is_never_at_most(value: Decimal, limit: Decimal) -> None:
    number = Interval.exactly(value)
    assert number.above(limit) is number.at_most(limit).negated()
    assert number.below(limit) is number.at_least(limit).negated()


@given(NUMBERS, NUMBERS, NUMBERS)
def test_an_interval_never_claims_what_one_of_its_values_denies(one: Decimal, other: Decimal, limit: Decimal) -> None:
    interval = Interval(min(one, other), max(one, other))
    for operator in ("above", "at_least", "below", "at_most"):
        claimed = getattr(interval, operator)(limit)
        for value in (one, other):
            assert claimed in (UNKNOWN, getattr(Interval.exactly(value), operator)(limit))


def test_scaling_rounds_to_the_decimals_that_matter_and_keeps_comparators() -> None:
    assert exactly("2.0017").scaled(Decimal("3.0974"), 1).exact == Decimal("6.2")
    scaled = above("2.5").scaled(Decimal("4.0078"), 1)
    assert (scaled.low, scaled.high, scaled.low_open) == (Decimal(10), None, True)
