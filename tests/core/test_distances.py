"""How far a value lies from a limit, and what a criterion asked for and did not get, in words."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cds_service.core.distances import from_limit, from_limits, from_range
from cds_service.core.facts import LabResult, Missing
from cds_service.core.labels import Labels
from cds_service.core.lacking import lacking
from cds_service.core.limits import Limit
from cds_service.core.quantity import Interval
from tests.building import PHOSPHATE, facts, lab, lesion

LABELS = Labels({"phosphate": "phosphate", "pth": "PTH"}, {}, {"dialysis": "on dialysis"}, {"mass": "a mass"}, {}, {})
BETWEEN = Interval(Decimal(7), Decimal(9))


@pytest.mark.parametrize(
    ("value", "limit", "told"),
    [
        (Interval.exactly(Decimal(8)), "15", "7 below 15"),
        (Interval.exactly(Decimal("8.2")), "4.5", "3.7 above 4.5"),
        (Interval.exactly(Decimal(15)), "15", "on the limit of 15"),
        (Interval(Decimal(710), None, low_open=True), "65", "at least 645 above 65"),
        (Interval(Decimal(65), None, low_open=True), "65", "above 65"),
        (Interval(None, Decimal(5), high_open=True), "15", "at least 10 below 15"),
        (Interval(None, Decimal(15), high_open=True), "15", "below 15"),
        (Interval(None, Decimal(5), high_open=True), "4", "on either side of 4"),
        (BETWEEN, "8", "on either side of 8"),
        (BETWEEN, "6", "at least 1 above 6"),
    ],
)
def test_a_distance_is_no_more_exact_than_the_value(value: Interval, limit: str, told: str) -> None:
    assert from_limit(value, Decimal(limit)) == told


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (lab("phosphate", "8.2", PHOSPHATE), "3.7 above 4.5"),
        (lab("phosphate", "2", PHOSPHATE), "0.5 below 2.5"),
        (lab("phosphate", "4", PHOSPHATE), ""),
        (lab("phosphate", "high", PHOSPHATE), ""),
        (lab("phosphate", "8.2"), ""),
    ],
    ids=["high", "low", "within", "a bare word", "no range"],
)
def test_a_result_is_told_how_far_outside_its_range_it_lies(result: LabResult, told: str) -> None:
    assert from_range(result) == told


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        (Limit("lab:phosphate", "above", "6"), "phosphate 2.2 above 6"),
        (Limit("lab:phosphate", "is", "high"), "phosphate 3.7 above 4.5"),
        (Limit("lab:phosphate", "is", "normal"), "phosphate 5.7 above 2.5 and 3.7 above 4.5"),
        (Limit("lab:phosphate", "is", "positive"), ""),
        (Limit("lab:pth", "above", "65"), ""),
        (Limit("age", "below", "30"), "age 6 below 30"),
        (Limit("size", "at_least", "50"), "size 30 above 50"),
    ],
)
def test_the_distance_from_each_limit_of_a_criterion(limit: Limit, told: str) -> None:
    here = lesion("mass", size="80")
    known = facts(here, labs=[lab("phosphate", "8.2", PHOSPHATE)], age="24.5")
    assert from_limits([limit], known, here, LABELS) == told


def test_nothing_is_said_of_what_is_not_known_or_not_used() -> None:
    old = replace(lab("phosphate", "8.2", PHOSPHATE), unused="too old")
    limits = [Limit("lab:phosphate", "above", "6"), Limit("age", "below", "30"), Limit("size", "above", "1")]
    assert from_limits(limits, facts(labs=[old]), None, LABELS) == ""


@pytest.mark.parametrize(
    ("refs", "verdict", "told"),
    [
        (["lab:pth"], "unknown", "PTH: not provided"),
        (["lab:phosphate"], "unknown", "phosphate: not used, too old"),
        (["history:dialysis"], "unknown", "on dialysis: not looked up"),
        (["history:dialysis"], "not stated", "on dialysis: not on record"),
        (["finding:mass", "finding:x"], "not stated", "a mass, x: not mentioned"),
        ([f"finding:{name}" for name in "abcdef"], "not stated", "a, b, c, d and 2 more: not mentioned"),
        (
            ["age", "sex", "site", "size"],
            "unknown",
            "age: not known; sex: not known; site: not stated; size: not stated",
        ),
        (["course:pth"], "unknown", "earlier PTH: none to compare with"),
        ([], "unknown", ""),
    ],
)
def test_what_a_criterion_did_not_get_is_named_with_the_reason(refs: list[str], verdict: str, told: str) -> None:
    old = replace(lab("phosphate", "8.2", PHOSPHATE), unused="too old")
    known = facts(labs=[old], missing={"pth": Missing.NOT_PROVIDED, "phosphate": Missing.TOO_OLD})
    assert lacking(refs, verdict, known, LABELS) == told
