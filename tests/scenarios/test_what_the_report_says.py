"""From the report to the card and the page: statements, and text and codes that disagree."""

from typing import Any

from cds_service.core.explanation import ReportRow, explain
from tests.scenarios.asking import CONTENT, Told, ask, hook_request

TEXT = "Large lobulated periarticular calcified masses about both hips. Family history of tumoral calcinosis."
_RADLEX = "http://radlex.org"


def _asked(code: str, present: bool) -> Told:
    request = hook_request(TEXT, [("phosphate", 8.2, "mg/dL"), ("egfr", 95, "mL/min/{1.73_m2}")])
    report: dict[str, Any] = request["context"]["draftReports"]["entry"][0]["resource"]
    coded = {
        "resourceType": "Observation",
        "id": "coded",
        "status": "final",
        "code": {"coding": [{"system": _RADLEX, "code": code}]},
        "valueBoolean": present,
    }
    report["contained"] = [coded]
    report["result"] = [{"reference": "#coded"}]
    return ask(request)


def _explained(told: Told) -> ReportRow:
    return explain(told.record.body, CONTENT.snapshot).reports[0]


def test_a_disputed_finding_is_told_on_the_card_of_an_etiology_that_it_is_evidence_of() -> None:
    told = _asked("RID39133", False)
    assert "tumoral-calcinosis" in told.likely
    line = "Text and code disagree on lobulated: present by report, denied by Observation/coded."
    assert line in told.card("differential")["detail"]


def test_a_code_that_agrees_is_no_dispute() -> None:
    told = _asked("RID39133", True)
    assert "disagree" not in told.card("differential")["detail"]
    assert _explained(told).said.disputes == ()


def test_the_explanation_shows_the_dispute_the_asides_and_the_clauses_with_their_words_marked() -> None:
    said = _explained(_asked("RID39133", False)).said
    assert [(row.label, row.state, row.other_state, row.other_by) for row in said.disputes] == [
        ("lobulated", "present", "denied", "Observation/coded")
    ]
    asides = {(row.label, row.assertion, row.why) for group in said.groups for row in group.rows if row.why}
    assert ("lobulated", "absent", "other words of the report or a code outweigh this") in asides
    assert {assertion for _, assertion, _ in asides} == {"absent", "someone else's"}
    assert [text for clause in said.clauses for text, marked, _ in clause.pieces if marked == "someone else's"]
    assert "".join(text for clause in said.clauses for text, *_ in clause.pieces) == TEXT.replace(" Family", "Family")


def test_a_record_with_the_snapshot_of_older_content_is_still_explained() -> None:
    told = _asked("RID39133", True)
    labels = {name: held for name, held in CONTENT.snapshot["labels"].items() if name != "attributes"}
    older = explain(told.record.body, {**CONTENT.snapshot, "labels": labels})
    assert older.reports[0].said.groups[0].attributes == "several"
