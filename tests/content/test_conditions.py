"""Conditions of rule files: what they become, and what is said of those that mean nothing."""

from decimal import Decimal
from typing import Any

import pytest

from cds_service.content.conditions import ConditionReader, KnownWords
from cds_service.content.yaml_source import Source
from cds_service.core.conditions import (
    AllOf,
    AnyOf,
    AtSite,
    Bounds,
    HasFinding,
    InHistory,
    LabIs,
    LabWithin,
    Not,
    OfAge,
    OfSex,
    OfSize,
    Without,
)
from cds_service.core.course import FALLING, LabSustained, LabTrend, TrendTerms

FACTORS = {("egfr", "mL/min/{1.73_m2}"): (Decimal(1), 0), ("phosphate", "mmol/L"): (Decimal("3.0974"), 2)}
TERMS = TrendTerms(Decimal("0.25"), Decimal(5), 30, 730)
KNOWN = KnownWords(
    findings={"lobulated", "mass"},
    sites={"hip", "knee"},
    history={"burn"},
    labs={"egfr", "phosphate"},
    convert=lambda lab, unit: FACTORS.get((lab, unit)),
    trends={"egfr": TERMS},
    patterns={"phosphate-high": LabIs("phosphate", "high")},
)
LOBULATED = HasFinding(("lobulated",))


def read(data: Any) -> tuple[object, list[str]]:
    reader = ConditionReader(Source("rules/r.yaml", {"when": data}, {("when",): 7}), KNOWN)
    return reader.read(data, ("when",)), [str(problem) for problem in reader.problems]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"finding": "lobulated"}, LOBULATED),
        ({"finding": ["lobulated", "mass"]}, HasFinding(("lobulated", "mass"))),
        ({"site": ["hip", "knee"]}, AtSite(("hip", "knee"))),
        ({"size": {"above": 50, "unit": "mm"}}, OfSize(Bounds((("above", Decimal(50)),)))),
        (
            {"age": {"at_least": 2, "below": 10, "unit": "years"}},
            OfAge(Bounds((("at_least", Decimal(2)), ("below", Decimal(10))))),
        ),
        ({"sex": "female"}, OfSex("female")),
        ({"history": "burn"}, InHistory(("burn",))),
        ({"history": "burn", "within": "6 months"}, InHistory(("burn",), 180)),
        ({"lab": "egfr", "is": "low", "within": "1 year"}, LabIs("egfr", "low", 365)),
        (
            {"lab": "egfr", "below": 15, "unit": "mL/min/{1.73_m2}"},
            LabWithin("egfr", Bounds((("below", Decimal(15)),))),
        ),
        (
            {"lab": "phosphate", "above": 2, "unit": "mmol/L"},
            LabWithin("phosphate", Bounds((("above", Decimal("6.19")),))),
        ),
        ({"lab": "egfr", "trend": "falling"}, LabTrend("egfr", FALLING, TERMS)),
        (
            {"lab": "egfr", "below": 60, "unit": "mL/min/{1.73_m2}", "for_days": 90},
            LabSustained("egfr", Bounds((("below", Decimal(60)),)), 90),
        ),
        ({"pattern": "phosphate-high"}, LabIs("phosphate", "high")),
        ({"not": {"finding": "lobulated"}}, Not(LOBULATED)),
        ({"without": {"finding": "lobulated"}}, Without(LOBULATED)),
        ({"all": [{"finding": "lobulated"}, {"site": "hip"}]}, AllOf((LOBULATED, AtSite(("hip",))))),
        ({"any": [{"finding": "lobulated"}, {"site": "hip"}]}, AnyOf((LOBULATED, AtSite(("hip",))))),
    ],
)
def test_a_condition_is_read_as_written(written: Any, meant: object) -> None:
    assert read(written) == (meant, [])


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("lobulated", "when: is not a condition. Write a mapping such as {finding: lobulated}."),
        ({}, "when: must ask exactly one thing."),
        ({"finding": "lobulated", "site": "hip"}, "when: must ask exactly one thing."),
        (
            {"finding": "lumpy"},
            "when.finding: names 'lumpy', which is not known. Use an id of rules/vocabulary/findings.yaml",
        ),
        (
            {"history": "burn", "within": "soon"},
            "when.within: is not a length of time. Write it as '6 months' or '1 year'.",
        ),
        ({"history": "burn", "above": 1}, "when.above: does not belong here."),
        ({"lab": "egfr", "below": 15}, "when.unit: is missing or not a unit of this lab."),
        ({"lab": "egfr", "below": "x", "unit": "mL/min/{1.73_m2}"}, "when.below: is not a number."),
        ({"lab": "egfr", "below": True, "unit": "mL/min/{1.73_m2}"}, "when.below: is not a number."),
        ({"lab": "egfr", "unit": "mL/min/{1.73_m2}"}, "when: has no limit."),
        ({"lab": "egfr", "is": "odd"}, "when.is: names 'odd', which is not known."),
        ({"lab": "egfr", "trend": "sideways"}, "when.trend: names 'sideways', which is not known."),
        ({"lab": "egfr", "trend": "falling", "within": "1 year"}, "when.within: does not belong here."),
        (
            {"lab": "phosphate", "trend": "rising"},
            "when: asks for the course of a lab whose earlier results are not kept. Give the lab a `trend`",
        ),
        (
            {"lab": "phosphate", "above": 2, "unit": "mmol/L", "for_days": 90},
            "when: asks for the course of a lab whose earlier results are not kept.",
        ),
        (
            {"lab": "egfr", "below": 60, "unit": "mL/min/{1.73_m2}", "for_days": "long"},
            "when.for_days: is not a number of days.",
        ),
        ({"pattern": "unheard-of"}, "when.pattern: names 'unheard-of', which is not known."),
        ({"age": {"below": 10}}, "when.age: must give its unit as years."),
        ({"all": []}, "when.all: must be a list of conditions. Give at least one."),
    ],
)
def test_a_condition_that_means_nothing_is_refused_with_place_and_cure(written: Any, complaint: str) -> None:
    complaints = read(written)[1]
    assert any(line.startswith(f"rules/r.yaml:7: {complaint}") for line in complaints), complaints
