"""patient-view: one card on the newest imaging, for clinicians, and only where it leads to something."""

from typing import Any

import pytest

from cds_service.core.facts import Missing
from cds_service.errors import ReportMissing
from cds_service.fhir.fetched import Fetched
from cds_service.hooks import SERVICES
from tests.scenarios.asking import CONTENT, Told, ask, bundle, observation, request_of, stored_report

SERVICE = SERVICES["calcification-patient-view"]
HIPS = "Large lobulated periarticular calcified masses about both hips with fluid-calcium levels."
VESSELS = "No acute fracture. Vascular calcification of the femoral arteries."
HIPS_IN_MAY = stored_report("hips", HIPS, "2026-05-02", code={"text": "CT pelvis"})
EGFR = "mL/min/{1.73_m2}"
Json = dict[str, Any]


def opened(*reports: Json, user: str = "", **prefetch: Any) -> Told:
    return ask(request_of(SERVICE, {}, {"imaging": bundle(reports), **prefetch}, user), SERVICE)


def reasons(told: Told) -> list[str]:
    body = told.record.body
    return [body["silent"]] if "silent" in body else [item.get("silent", "") for item in body["reports"]]


def test_one_card_names_the_report_and_what_has_not_been_looked_up() -> None:
    told = opened(HIPS_IN_MAY)
    (card,) = told.cards
    assert (card["indicator"], card["extension"]["io.github.calcification-cds.kind"]) == ("info", "work-up")
    assert "Read from: CT pelvis, 2026-05-02 (DiagnosticReport/hips)." in card["detail"]
    assert "Large lobulated periarticular calcified masses" in card["detail"]
    assert card["summary"].startswith("Imaging shows soft tissue calcification; not known here: ")
    actions = [action["type"] for suggestion in card["suggestions"] for action in suggestion["actions"]]
    assert set(actions) == {"create"}


def test_a_likely_etiology_stands_in_the_summary() -> None:
    labs = bundle(
        [observation("egfr", 8, EGFR), observation("pth", 900, "pg/mL"), observation("phosphate", 8, "mg/dL")]
    )
    (card,) = opened(HIPS_IN_MAY, renal=labs).cards
    assert "likely secondary hyperparathyroidism" in card["summary"]


SARCOMA = "Aggressive mineralised soft tissue mass in the thigh with cortical destruction."
CALCIPHYLAXIS = (
    "Net-like calcifications in the subcutaneous fat with painful necrotic skin ulcers, on dialysis. Calciphylaxis."
)


@pytest.mark.parametrize("text", [SARCOMA, CALCIPHYLAXIS])
def test_what_must_not_be_missed_goes_before_any_test(text: str) -> None:
    (card,) = opened(stored_report("r1", text, "2026-06-01")).cards
    assert card["indicator"] == "info"
    assert "suggestions" not in card
    assert "not known here" not in card["summary"]
    assert "Read from: " in card["detail"]
    assert "Because of: " in card["detail"]


def test_an_older_report_with_what_must_not_be_missed_goes_before_a_newer_one() -> None:
    told = opened(HIPS_IN_MAY, stored_report("r1", SARCOMA, "2026-04-01"))
    (card,) = told.cards
    assert "DiagnosticReport/r1" in card["detail"]
    assert reasons(told) == ["the call speaks of another report", ""]


@pytest.mark.parametrize(
    "user",
    [
        "Patient/p1",
        "patient/p1",
        "p1",
        "RelatedPerson/r1",
        "https://ehr.example.org/fhir/RelatedPerson/7/_history/2",
    ],
)
def test_patients_and_their_relatives_get_nothing(user: str) -> None:
    told = opened(HIPS_IN_MAY, user=user)
    assert (told.cards, reasons(told)) == ([], ["the user is no clinician"])


@pytest.mark.parametrize(
    ("what", "reports"),
    [
        ("vessels only", [stored_report("v", VESSELS, "2026-05-02")]),
        ("nothing on file", []),
        ("another patient's", [{**HIPS_IN_MAY, "subject": {"reference": "Patient/other"}}]),
        ("withdrawn", [{**HIPS_IN_MAY, "status": "entered-in-error"}]),
        ("of the laboratory", [{**HIPS_IN_MAY, "category": [{"coding": [{"code": "LAB"}]}]}]),
        ("three years old", [{**HIPS_IN_MAY, "effectiveDateTime": "2023-05-02"}]),
        ("of the future", [{**HIPS_IN_MAY, "effectiveDateTime": "2027-05-02"}]),
        (
            "the sixth of six",
            [HIPS_IN_MAY, *(stored_report(f"v{day}", VESSELS, f"2026-06-0{day}") for day in range(1, 6))],
        ),
    ],
)
def test_nothing_to_say_is_silence_with_a_reason(what: str, reports: list[Json]) -> None:
    told = opened(*reports)
    assert told.cards == [], what
    assert all(reasons(told)), what


def test_a_report_that_is_not_read_stands_among_what_was_set_aside() -> None:
    told = opened({**HIPS_IN_MAY, "effectiveDateTime": "2023-05-02"})
    assert told.record.body["setAside"] == [["DiagnosticReport/hips", "it is older than 730 days"]]


def test_a_finding_stays_known_though_a_newer_report_is_of_something_else() -> None:
    newer = stored_report("chest", "Chest radiograph. The lungs are clear.", "2026-06-20")
    (card,) = opened(newer, HIPS_IN_MAY).cards
    assert "DiagnosticReport/hips" in card["detail"]


def test_of_two_reports_with_a_finding_the_newer_has_the_card() -> None:
    older = stored_report("older", HIPS, "2025-12-01")
    told = opened(older, HIPS_IN_MAY)
    (card,) = told.cards
    assert "DiagnosticReport/hips" in card["detail"]
    assert reasons(told) == ["", "the call speaks of another report"]


def test_a_complete_work_up_that_points_nowhere_is_silent() -> None:
    missing = [
        suggestion["actions"][0]["resource"]["code"] for suggestion in opened(HIPS_IN_MAY).cards[0]["suggestions"]
    ]
    orders: list[Json] = []
    while missing:
        orders += [
            {"resourceType": "ServiceRequest", "status": "active", "code": code, "subject": {"reference": "Patient/p1"}}
            for code in missing
        ]
        told = opened(HIPS_IN_MAY, orders=bundle(orders))
        suggestions = told.cards[0].get("suggestions", []) if told.cards else []
        missing = [suggestion["actions"][0]["resource"]["code"] for suggestion in suggestions]
    assert told.cards == []
    assert reasons(told) == ["the work-up is complete or on order, and points to no etiology"]


@pytest.mark.parametrize(
    ("state", "prefetch"),
    [
        ("not provided", {}),
        ("could not be read", {"imaging": {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}}),
    ],
)
def test_without_the_imaging_reports_the_call_cannot_be_answered(state: str, prefetch: Json) -> None:
    with pytest.raises(ReportMissing, match=state):
        ask(request_of(SERVICE, {}, prefetch), SERVICE)


def test_what_the_fhir_server_did_not_give_is_not_taken_for_nothing_on_file() -> None:
    fetched = Fetched(failed={"imaging": Missing.NOT_REACHABLE})
    with pytest.raises(ReportMissing, match="did not answer"):
        ask(request_of(SERVICE, {}, {}), SERVICE, fetched=fetched)


def test_old_reports_with_older_ones_behind_them_are_silence_and_no_mistake() -> None:
    page = {
        **bundle([{**HIPS_IN_MAY, "effectiveDateTime": "2020-05-02"}]),
        "link": [{"relation": "next", "url": "https://ehr.example.org/fhir?page=2"}],
    }
    told = ask(request_of(SERVICE, {}, {"imaging": page}), SERVICE)
    assert reasons(told) == ["no imaging report that could be read is on file"]
    assert told.record.body["setAside"][-1] == ["DiagnosticReport/hips", "it is older than 730 days"]


def test_what_was_not_asked_for_is_not_missed() -> None:
    looked_up = {**dict.fromkeys(SERVICE.prefetch(CONTENT)), "imaging": bundle([HIPS_IN_MAY])}
    (card,) = ask(request_of(SERVICE, {}, looked_up), SERVICE).cards
    assert "family history" not in card["detail"]


def test_where_only_one_of_the_two_searches_was_taken_nothing_found_is_silence_that_says_so() -> None:
    fetched = Fetched(resources={"imaging": [bundle([])]}, failed={"imaging": Missing.NOT_ALL_READ})
    told = ask(request_of(SERVICE, {}, {}), SERVICE, fetched=fetched)
    assert reasons(told) == ["no imaging report that could be read is on file; not all of it was read"]


def test_reports_that_were_fetched_are_read() -> None:
    fetched = Fetched(resources={"imaging": [bundle([HIPS_IN_MAY])]})
    assert len(ask(request_of(SERVICE, {}, {}), SERVICE, fetched=fetched).cards) == 1


def test_months_ago_counts_from_the_day_of_the_report() -> None:
    text = f"HISTORY: burn 2 months ago. FINDINGS: {HIPS}"
    facts = opened(stored_report("hips", text, "2025-12-30")).record.body["reports"][0]["facts"]
    (burn,) = [entry for entry in facts["history"] if entry[0] == "burn"]
    assert burn[5] > 200
