"""report-review, report-assist and report-view, as drafted in July 2026, in every form in which they may be sent."""

from typing import Any

import pytest

from cds_service.core.facts import Missing
from cds_service.errors import InvalidRequest, ReportMissing
from cds_service.fhir.fetched import Fetched
from cds_service.hooks import SERVICES, offered
from tests.scenarios.asking import DOMAIN, Told, ask, bundle, report, request_of, stored_report

REVIEW, ASSIST, VIEW = (SERVICES[f"calcification-report-{name}"] for name in ("review", "assist", "view"))
HIPS = "Large lobulated periarticular calcified masses about both hips with fluid-calcium levels."
WEAK = "Punctate calcification in the soft tissues of the right thigh. No mass."
STORED = stored_report("r1", HIPS, "2026-06-29", status="preliminary", code={"text": "CT pelvis"})
RADIOLOGY = {"coding": [{"system": "https://loinc.org", "code": "LP29684-5"}]}
Json = dict[str, Any]


def sent(service: Any, text: str = HIPS, **context: Any) -> Told:
    held = {**STORED, "conclusion": text}
    said = {"reportId": "r1", "status": "preliminary", **context}
    return ask(request_of(service, said, {"report": held}), service)


def actions(told: Told) -> list[str]:
    suggestions = [suggestion for card in told.cards for suggestion in card.get("suggestions", ())]
    return [action["type"] for suggestion in suggestions for action in suggestion["actions"]]


def test_they_are_offered_only_where_the_installation_says_so() -> None:
    drafts = {service.id for service in SERVICES.values() if service.is_draft}
    assert {REVIEW.id, ASSIST.id, VIEW.id} == drafts
    assert drafts.isdisjoint(offered(with_drafts=False))
    assert drafts <= offered(with_drafts=True).keys()
    assert "report-sign" not in {service.hook for service in SERVICES.values()}


def test_review_answers_as_signing_does() -> None:
    told = sent(REVIEW)
    assert told.names[0] == "tumoral-calcinosis"
    assert actions(told)[0] == "update"
    assert "Read from: CT pelvis, 2026-06-29 (DiagnosticReport/r1)." in told.card("differential")["detail"]


def test_viewing_offers_no_change_of_the_report() -> None:
    told = sent(VIEW)
    assert told.names[0] == "tumoral-calcinosis"
    assert set(actions(told)) == {"create"}


def test_assisting_tells_weak_evidence_and_says_that_it_is_weak() -> None:
    assert "Weak evidence" not in sent(REVIEW).card("differential")["detail"]
    told = sent(ASSIST)
    assert "**Weak evidence**" in told.card("differential")["detail"]
    shown = {one["etiology"] for one in told.ranked}
    assert shown == {one["etiology"] for one in sent(REVIEW).ranked}


def test_where_all_evidence_is_weak_assisting_alone_speaks() -> None:
    text = "Calcified periarticular mass of the left hip."
    assert sent(REVIEW, text).cards == []
    (card,) = sent(ASSIST, text).cards
    assert "only weak evidence" in card["summary"]
    assert f"{DOMAIN}.differential" not in card["extension"]
    assert "suggestions" not in card


def test_an_etiology_for_which_nothing_speaks_is_no_weak_evidence() -> None:
    told = sent(ASSIST, "Calcification of the Achilles tendon.")
    assert not any("osteosarcoma" in card["detail"] for card in told.cards)


def test_without_a_finding_assisting_is_silent_too() -> None:
    assert sent(ASSIST, "Vascular calcification of the femoral arteries.").cards == []


@pytest.mark.parametrize("service", [REVIEW, ASSIST, VIEW], ids=lambda service: service.hook)
@pytest.mark.parametrize("member", ["category", "procedure"])
@pytest.mark.parametrize(
    "value",
    [
        "Radiology",
        "LP29684-5",
        "https://loinc.org|LP29684-5",
        RADIOLOGY,
        [RADIOLOGY],
        {"system": "http://loinc.org/", "code": "LP29684-5"},
        [{"text": "Imaging"}],
        {"coding": RADIOLOGY["coding"][0]},
        {},
        [],
        7,
        [None, [RADIOLOGY]],
    ],
    ids=str,
)
def test_category_and_procedure_are_taken_in_any_form(service: Any, member: str, value: Any) -> None:
    assert sent(service, **{member: value}).names[0] == "tumoral-calcinosis"


@pytest.mark.parametrize(
    "category",
    [
        "LAB",
        "Laboratory",
        {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "LAB"}]},
        [{"coding": [{"system": "https://loinc.org", "code": "LP7839-6"}]}],
    ],
    ids=str,
)
def test_a_report_that_is_not_of_imaging_is_left_alone(category: Any) -> None:
    unsaid = {key: value for key, value in STORED.items() if key != "category"}
    told = ask(request_of(REVIEW, {"reportId": "r1", "category": category}, {"report": unsaid}), REVIEW)
    assert told.cards == []
    assert told.record.body["reports"][0]["silent"] == "its category is not imaging"


def test_the_title_is_the_procedure_of_the_context_where_there_is_one() -> None:
    told = sent(VIEW, procedure={"text": "CT of the <b>pelvis</b>"})
    assert "CT of the &lt;b&gt;pelvis&lt;/b&gt;, 2026-06-29" in told.card("differential")["detail"]


@pytest.mark.parametrize(
    ("what", "context", "prefetch", "fetched"),
    [
        ("in the prefetch", {"reportId": "r1"}, {"report": STORED}, Fetched()),
        ("by a typed id", {"reportId": "DiagnosticReport/r1"}, {"report": STORED}, Fetched()),
        ("in a Bundle", {"reportId": "r1"}, {"report": bundle([STORED])}, Fetched()),
        ("under another key", {"reportId": "r1"}, {"imaging": bundle([STORED])}, Fetched()),
        ("fetched", {"reportId": "r1"}, {}, Fetched(resources={"report": [STORED]})),
        ("in the context", {"draftReports": bundle([report(HIPS)])}, {}, Fetched()),
        ("in a Bundle, under another id", {"reportId": "r9"}, {"report": bundle([STORED])}, Fetched()),
        ("without an id", {}, {"report": {key: STORED[key] for key in STORED if key != "id"}}, Fetched()),
    ],
)
def test_the_report_is_found_wherever_it_comes(what: str, context: Json, prefetch: Json, fetched: Fetched) -> None:
    told = ask(request_of(ASSIST, context, prefetch), ASSIST, fetched=fetched)
    assert told.names[:1] == ["tumoral-calcinosis"], what


@pytest.mark.parametrize(
    ("what", "prefetch", "fetched"),
    [
        ("nowhere", {}, Fetched()),
        ("not found", {"report": None}, Fetched()),
        ("unreadable", {"report": {"resourceType": "OperationOutcome"}}, Fetched()),
        ("another report", {"imaging": bundle([{**STORED, "id": "r2"}])}, Fetched()),
        ("no answer", {}, Fetched(failed={"report": Missing.NOT_REACHABLE})),
    ],
)
def test_without_the_report_the_call_cannot_be_answered(what: str, prefetch: Json, fetched: Fetched) -> None:
    request = request_of(REVIEW, {"reportId": "r1"}, prefetch)
    with pytest.raises(ReportMissing, match="reportId"):
        pytest.fail(f"{what}: {ask(request, REVIEW, fetched=fetched).cards}")


def test_another_patients_report_is_refused() -> None:
    held = {**STORED, "subject": {"reference": "Patient/other"}}
    with pytest.raises(InvalidRequest, match="subject"):
        ask(request_of(REVIEW, {"reportId": "r1"}, {"report": held}), REVIEW)
