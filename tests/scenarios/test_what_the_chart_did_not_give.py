"""Not provided, none on file, and not readable are three things, on the card as in the ranking."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest

from cds_service.core.facts import Missing
from cds_service.fhir.fetched import Fetched
from tests.scenarios.asking import CONTENT, SERVICE, Told, ask, bundle, hook_request, observation

HIPS = "Large lobulated periarticular calcified masses about both hips with fluid-calcium levels."
KEYS = tuple(SERVICE.prefetch(CONTENT))
NAMES: Mapping[str, str] = CONTENT.words.common.get("chart.names")
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
PAGED = {**bundle([]), "link": [{"relation": "next", "url": "https://ehr.example.org/fhir?page=2"}]}
GOUT = {"resourceType": "Condition", "id": "c", "code": {"text": "Gout"}, "subject": {"reference": "Patient/p1"}}
Json = dict[str, Any]


def told_of(prefetch: Json, fetched: Fetched | None = None) -> Told:
    request = {**hook_request(HIPS), "prefetch": prefetch}
    return ask(request, fetched=fetched or Fetched())


def chart_line(told: Told) -> str:
    parts = told.card("differential")["detail"].split("\n\n")
    return next((part for part in parts if part.startswith("Of the chart")), "")


def everything(**other: Any) -> Json:
    """A prefetch in which every key was looked up and is empty; members named with `...` are left out."""
    looked_up = {**dict.fromkeys(KEYS), "patient": {"resourceType": "Patient", "id": "p1"}, **other}
    return {key: value for key, value in looked_up.items() if value is not ...}


def test_every_key_that_is_asked_for_has_a_name_on_the_card() -> None:
    assert set(NAMES) == set(KEYS)


@pytest.mark.parametrize("key", [key for key in KEYS if key != "patient"])
@pytest.mark.parametrize(
    ("value", "state"),
    [
        (..., "not provided"),
        (None, "none on file"),
        (bundle([]), "none on file"),
        ({"resourceType": "Bundle", "type": "collection"}, "none on file"),
        (OUTCOME, "could not be read"),
        (bundle([OUTCOME]), "could not be read"),
        ("text", "could not be read"),
        ([], "could not be read"),
        (PAGED, "not all of it was read"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_state_of_each_key_reads_as_what_it_is(key: str, value: Any, state: str) -> None:
    calcium, egfr = observation("calcium", 9.4, "mg/dL"), observation("egfr", 90, "mL/min/{1.73_m2}")
    known = {"renal": bundle([egfr])} if key == "calcium" else {"calcium": bundle([calcium])}
    line = chart_line(told_of(everything(**known, **{key: value})))
    (part,) = [part for part in line.removeprefix("Of the chart: ").split("; ") if NAMES[key] in part]
    assert part.startswith(f"{state}: ")


@pytest.mark.parametrize("prefetch", [None, {}, {"unknown": None}])
def test_without_any_chart_the_card_comes_from_the_report(prefetch: Any) -> None:
    told = told_of(prefetch)
    assert told.names[0] == "tumoral-calcinosis"
    assert told.likely == []
    assert chart_line(told).startswith("Of the chart nothing is known (not provided).")


EGFR = observation("egfr", 8, "mL/min/{1.73_m2}")


@pytest.mark.parametrize(
    ("key", "resource"),
    [
        ("conditions", GOUT),
        ("procedures", {**GOUT, "resourceType": "Procedure"}),
        ("orders", {**GOUT, "resourceType": "ServiceRequest"}),
        ("calcium", observation("calcium", 9.2, "mg/dL")),
        ("phosphate", observation("phosphate", 8, "mg/dL")),
        ("pth", observation("pth", 900, "pg/mL")),
        ("renal", EGFR),
        ("serology", observation("eosinophils", 2, "10*3/uL")),
    ],
)
@pytest.mark.parametrize("others", [{}, dict.fromkeys(KEYS)], ids=["absent", "null"])
def test_what_came_alone_is_not_said_to_be_unknown(key: str, resource: Json, others: Json) -> None:
    line = chart_line(told_of({**others, key: bundle([resource])}))
    assert line.startswith("Of the chart: ")
    assert NAMES[key] not in line


def test_a_chart_that_came_whole_needs_no_line() -> None:
    egfr, phosphate = observation("egfr", 8, "mL/min/{1.73_m2}"), observation("phosphate", 8, "mg/dL")
    lists = {key: bundle([{**GOUT, "resourceType": kind}]) for key, kind in TYPES.items()}
    labs = {key: bundle([one]) for key, one in (("renal", egfr), ("phosphate", phosphate))}
    line = chart_line(told_of(everything(**lists, **labs)))
    assert not any(NAMES[key] in line for key in (*TYPES, "renal", "phosphate"))


TYPES = {
    "conditions": "Condition",
    "procedures": "Procedure",
    "medications": "MedicationRequest",
    "family": "FamilyMemberHistory",
    "orders": "ServiceRequest",
}


@pytest.mark.parametrize(
    "why", [Missing.NOT_REACHABLE, Missing.NOT_PERMITTED, Missing.NOT_READABLE, Missing.NOT_ALL_READ]
)
@pytest.mark.parametrize("key", ["pth", "conditions"])
def test_what_could_not_be_fetched_is_told_with_its_reason(why: Missing, key: str) -> None:
    told = told_of(everything(**{key: ...}), Fetched(failed={key: why}))
    assert f"{why}: {NAMES[key]}" in chart_line(told)


def test_what_was_fetched_counts_as_what_was_sent() -> None:
    egfr = observation("egfr", 8, "mL/min/{1.73_m2}")
    pth = observation("pth", 900, "pg/mL")
    sent = told_of(everything(renal=bundle([egfr]), pth=bundle([pth])))
    fetched = Fetched(resources={"renal": [bundle([egfr])], "pth": [bundle([]), bundle([pth])]})
    assert told_of(everything(renal=..., pth=...), fetched).ranked == sent.ranked
    assert sent.names[0] == "secondary-hyperparathyroidism"


def test_another_answer_of_the_fhir_server_is_another_call() -> None:
    fetched = [
        Fetched(resources={"renal": [bundle([observation("egfr", rate, "mL/min/{1.73_m2}")])]}) for rate in (8, 90)
    ]
    one, other = (told_of(everything(renal=...), each).record.call_id for each in fetched)
    assert one != other


def test_a_missing_test_says_which_of_the_three_it_is() -> None:
    detail = told_of(everything(renal=OUTCOME, pth=...)).card("differential")["detail"]
    assert "creatinine with eGFR (could not be read)" in detail
    assert "intact PTH (not provided)" in detail


def test_a_list_of_which_a_page_is_missing_denies_nothing() -> None:
    def lists(conditions: Json) -> list[str]:
        kept: list[str] = told_of(everything(conditions=conditions)).record.body["reports"][0]["facts"]["lists"]
        return kept

    assert "conditions" in lists(bundle([]))
    assert "conditions" not in lists(PAGED)


def test_reports_beyond_the_time_are_left_unread_and_the_rest_is_answered() -> None:
    drafts = [{"id": f"draft-{number}", "conclusion": HIPS, "resourceType": "DiagnosticReport"} for number in (1, 2)]
    for later_us, silent in ((400_000, ""), (600_000, "the time was up before it was read")):
        clock = iter([0, later_us])
        told = ask(hook_request(reports=drafts), elapsed_us=partial(next, clock, later_us))
        assert [report.get("silent", "") for report in told.record.body["reports"]] == ["", silent]
        assert ("reports that there was no time to read: 1" in told.cards[0]["detail"]) is bool(silent)
