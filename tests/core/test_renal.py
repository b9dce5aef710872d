from decimal import Decimal

import pytest

from cds_service.core.quantity import Interval
from cds_service.core.renal import (
    childs_creatinine_for,
    childs_egfr_interval,
    creatinine_for,
    egfr,
    egfr_interval,
)

# Computed independently from the printed formula.
VECTORS = [
    ("female", 55, "0.9", "75.5"),
    ("male", 60, "1.0", "86.2"),
    ("male", 40, "5.0", "14.1"),
    ("female", 25, "0.6", "127.7"),
]


@pytest.mark.parametrize(("sex", "age", "creatinine", "expected"), VECTORS)
def test_the_equation_gives_the_published_values(sex: str, age: int, creatinine: str, expected: str) -> None:
    assert round(egfr(Decimal(creatinine), Decimal(age), sex), 1) == Decimal(expected)


def test_the_equation_refuses_children_and_nonsense() -> None:
    for creatinine, age in (("0.5", "17.99"), ("0", "40")):
        with pytest.raises(ValueError, match="adults"):
            egfr(Decimal(creatinine), Decimal(age), "female")


def test_a_comparator_of_creatinine_turns_round() -> None:
    rate = egfr_interval(Interval(Decimal(10), None, low_open=True), Decimal(50), "male")
    assert rate is not None
    assert rate.low is None
    assert rate.high is not None
    assert rate.high < 7
    assert rate.high_open


def test_an_unknown_sex_allows_the_rates_of_both() -> None:
    creatinine = Interval.exactly(Decimal("1.0"))
    rate = egfr_interval(creatinine, Decimal(60), None)
    woman, man = (egfr_interval(creatinine, Decimal(60), sex) for sex in ("female", "male"))
    assert rate is not None
    assert woman is not None
    assert man is not None
    assert (rate.low, rate.high) == (woman.low, man.high)


@pytest.mark.parametrize(("low", "age"), [("1.0", "17"), ("0", "50")])
def test_no_rate_is_computed_where_the_equation_does_not_hold(low: str, age: str) -> None:
    assert egfr_interval(Interval.exactly(Decimal(low)), Decimal(age), "male") is None


@pytest.mark.parametrize("sex", ["female", "male"])
@pytest.mark.parametrize("rate", ["4", "14.9", "60", "102", "135"])
@pytest.mark.parametrize("age", ["18", "47.5", "91"])
def test_the_inverse_of_the_equation_gives_the_rate_back(sex: str, rate: str, age: str) -> None:
    creatinine = creatinine_for(Decimal(rate), Decimal(age), sex)
    assert round(egfr(creatinine, Decimal(age), sex), 6) == Decimal(rate)


def test_the_inverse_of_the_childrens_equation_gives_the_rate_back() -> None:
    creatinine = childs_creatinine_for(Decimal(90), Decimal(120))
    rate = childs_egfr_interval(Interval.exactly(creatinine), Decimal(120), Decimal(7))
    assert rate is not None
    assert rate.low is not None
    assert round(rate.low, 6) == 90


def test_the_inverse_refuses_children_and_nonsense() -> None:
    for rate, age in (("90", "17.99"), ("0", "40")):
        with pytest.raises(ValueError, match="adults"):
            creatinine_for(Decimal(rate), Decimal(age), "female")
