"""Cases in words: what is given, what is expected, and what the engine says now."""

from collections.abc import Mapping
from typing import Any

import pytest

from cds_service.content.case_words import Expectation, case_text
from cds_service.content.cases import CaseVerdict
from cds_service.errors import Problem
from tests.shipped import shipped_content

CONTENT = shipped_content()
RULE = CONTENT.in_words["cppd"]


def told(facts: Mapping[str, Any], expected: Mapping[str, Any], said: Mapping[str, Any], *wrong: Problem) -> Any:
    verdict = CaseVerdict("a.cases.yaml", "cppd", "a case", wrong, facts, expected, said)
    return case_text(verdict, RULE, {"cppd": "CPPD"}, CONTENT.vocabulary.labels)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"age": 45, "sex": "female"}, (("age", "45 years"), ("sex", "female"))),
        ({"labs": {"egfr": "8 mL/min/{1.73_m2}"}}, (("labs", "eGFR 8 mL/min/1.73 m2"),)),
        ({"labs": {"pth": "high"}, "lab_age_days": 40}, (("labs", "PTH high, 40 days old"),)),
        ({"earlier_labs": {"egfr": ["27, 90 days ago"]}}, (("earlier eGFR", "27, 90 days ago"),)),
        (
            {"history": ["dialysis", "-gout", "?burn", {"trauma": "2025-01-01"}]},
            (("history", "dialysis; gout (denied); burn (uncertain); injury, since 2025-01-01"),),
        ),
        ({"no_history_read": True}, (("history", "no list of the chart was read"),)),
        (
            {"lesions": [{"site": "tmj", "size_mm": 40, "findings": ["mass", "-lobulated"]}, {}]},
            (
                ("lesion", "temporomandibular joint, 40 mm: mass; lobulated (denied)"),
                ("lesion", "site not stated: nothing said of it"),
            ),
        ),
        ({"report": "A mass."}, (("report text", "“A mass.”"),)),
    ],
)
def test_facts_read(facts: Mapping[str, Any], words: tuple[tuple[str, str], ...]) -> None:
    assert told(facts, {"tier": "likely"}, {"tier": "likely"}).facts == words


@pytest.mark.parametrize(
    ("expected", "said", "row"),
    [
        ({"tier": "likely"}, {"tier": "possible"}, Expectation("tier", "likely", "possible", False)),
        ({"score": 4}, {"score": 4}, Expectation("score", "4", "4", True)),
        ({"capped_by": ""}, {"capped_by": "pth"}, Expectation("held at possible by", "nothing", "PTH", False)),
        ({"met": ["granular"]}, {"met": []}, Expectation("met", "granular", "none of these", False)),
        ({"first": "cppd"}, {"first": "cppd"}, Expectation("first", "CPPD", "CPPD", True)),
        ({"speaks": True}, {"speaks": False}, Expectation("speaks", "yes", "no", False)),
        ({"score": 4}, {"tier": "not judged"}, Expectation("score", "4", "not judged", False)),
    ],
)
def test_an_expectation_reads(expected: Mapping[str, Any], said: Mapping[str, Any], row: Expectation) -> None:
    case = told({}, expected, said)
    assert case.expectations == (row,)
    assert case.passes is row.agrees


def test_a_case_that_cannot_be_read_fails_and_says_why() -> None:
    case = told({}, {}, {}, Problem("a.cases.yaml", 3, "cases.0", "names no lab.", "Name one."))
    assert not case.passes
    assert case.trouble == ("cases.0: names no lab. Name one.",)
