"""The same image and the same cause, recent or decades ago: not the same evidence."""

from typing import Any

import pytest

from tests.scenarios.asking import Told, ask, bundle, hook_request

REPORT = "FINDINGS: Heterotopic ossification about the right elbow, bridging the joint."


def burned(**when: Any) -> Told:
    """The answer for a patient of 56 with a burn on the problem list."""
    burn = {
        "resourceType": "Condition",
        "id": "c1",
        "code": {"text": "Burn of the arm"},
        "subject": {"reference": "Patient/p1"},
    }
    return ask(hook_request(REPORT, birth_date="1970-01-01", prefetch={"conditions": bundle([{**burn, **when}])}))


def neurogenic(told: Told) -> dict[str, Any]:
    return next(one for one in told.ranked if one["etiology"] == "neurogenic-heterotopic-ossification")


def test_a_burn_of_long_ago_is_weaker_evidence_than_one_of_three_months_ago() -> None:
    recent, old = burned(onsetDateTime="2026-03-30"), burned(onsetDateTime="1986-06-30")
    assert neurogenic(recent)["score"]["value"] - neurogenic(old)["score"]["value"] == 2
    assert "(2026-03-30)" in recent.card("differential")["detail"]
    assert "(1986-06-30)" in old.card("differential")["detail"]


@pytest.mark.parametrize(
    ("indication", "like"),
    [("burn 3 months ago", "2026-03-30"), ("burn 40 years ago", "1986-06-30"), ("burn as a child", "1986-06-30")],
)
def test_the_report_s_own_indication_is_dated_as_the_chart_is(indication: str, like: str) -> None:
    told = ask(hook_request(f"INDICATION: {indication}.\n{REPORT}", birth_date="1970-01-01"))
    assert neurogenic(told)["score"] == neurogenic(burned(onsetDateTime=like))["score"]
