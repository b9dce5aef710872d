"""Which narrative of a DiagnosticReport is read, what is set aside, and what its codes say."""

import base64
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cds_service.content.vocabulary_text import text_vocabulary
from cds_service.content.yaml_source import read_source
from cds_service.core.facts import State
from cds_service.core.findings import ReportReader, merged_readings, read_report
from cds_service.fhir.coded import coded_reading
from cds_service.fhir.html import text_of_html
from cds_service.fhir.report import report_text

_VOCABULARY = Path(__file__).parents[2] / "rules" / "vocabulary"
_RADLEX = "http://radlex.org"


@cache
def reader() -> ReportReader:
    """The reader of the shipped vocabulary, compiled once."""
    files = (
        read_source(_VOCABULARY / f"{name}.yaml", name).data for name in ("findings", "cues", "sections", "history")
    )
    return ReportReader(text_vocabulary(*files))


def form(text: str | bytes, content_type: str = "text/plain") -> dict[str, str]:
    raw = text if isinstance(text, bytes) else text.encode()
    return {"contentType": content_type, "data": base64.b64encode(raw).decode()}


@pytest.mark.parametrize(
    ("report", "text", "source"),
    [
        ({"presentedForm": [form("<p>html</p>", "text/html"), form("plain")]}, "plain", "presentedForm[1]"),
        ({"presentedForm": [form("<p>One.</p><p>Two.</p>", "text/html")]}, "One.\nTwo.", "presentedForm[0]"),
        ({"presentedForm": [form("FINDINGS: mass.")], "conclusion": "Mass."}, "FINDINGS: mass.", "presentedForm[0]"),
        (
            {"presentedForm": [form("FINDINGS: mass.")], "conclusion": "Tumour."},
            "FINDINGS: mass.\n\nIMPRESSION:\nTumour.",
            "presentedForm[0], conclusion",
        ),
        ({"conclusion": "Mass.", "text": {"div": "<div>other</div>"}}, "Mass.", "conclusion"),
        (
            {"text": {"div": "<div xmlns='http://www.w3.org/1999/xhtml'>Mass.<br/>End.</div>"}},
            "Mass.\nEnd.",
            "text.div",
        ),
        ({}, "", ""),
        ({"presentedForm": "no list", "conclusion": 7, "text": []}, "", ""),
        (
            {"presentedForm": [form("caf\u00e9".encode("latin-1"), "text/plain; charset=iso-8859-1")]},
            "caf\u00e9",
            "presentedForm[0]",
        ),
    ],
)
def test_one_narrative_is_chosen(report: dict[str, Any], text: str, source: str) -> None:
    chosen = report_text(report)
    assert (chosen.text, chosen.source) == (text, source)


@pytest.mark.parametrize(
    ("attached", "reason"),
    [
        (form(b"%PDF-1.7", "application/pdf"), "application/pdf"),
        (form(b"{\\rtf1 mass}", "text/plain"), "not text"),
        (form(b"\x00\x01\x02", "text/plain"), "not text"),
        ({"contentType": "text/plain", "data": "***"}, "base64"),
        ({"contentType": "text/plain", "url": "https://example.org/report"}, "no data"),
        (form("mass", "text/plain; charset=klingon"), "charset"),
        ({"contentType": "text/plain", "data": "A" * 2_000_000}, "500 kB"),
        (form("mass", "Mr Smith's report"), "unknown type"),
    ],
)
def test_what_cannot_be_read_is_set_aside_with_a_reason(attached: dict[str, str], reason: str) -> None:
    chosen = report_text({"id": "r1", "presentedForm": [attached], "conclusion": "Mass."})
    assert chosen.text == "Mass."
    assert reason in chosen.set_aside[0].reason
    assert chosen.set_aside[0].resource == "DiagnosticReport/r1"


def test_html_keeps_lines_and_drops_what_is_not_shown() -> None:
    head = "<head><title>x</title><style>p{}</style></head>"
    html = f"<html>{head}<body><p>No\n mass.</p><ul><li>a</li><li>b &amp; c</li></ul></body></html>"
    assert text_of_html(html) == "No mass.\na\nb & c"


@pytest.mark.parametrize(
    ("value", "state"),
    [
        ({}, State.PRESENT),
        ({"valueBoolean": False}, State.DENIED),
        ({"valueBoolean": True}, State.PRESENT),
        ({"valueCodeableConcept": {"text": "Absent"}}, State.DENIED),
        (
            {"valueCodeableConcept": {"coding": [{"system": "http://snomed.info/sct", "code": "260385009"}]}},
            State.DENIED,
        ),
        ({"valueString": "equivocal"}, State.UNCERTAIN),
    ],
)
def test_a_coded_finding_takes_its_state_from_the_value_and_its_site_from_body_site(
    value: dict[str, Any], state: State
) -> None:
    observation = {
        "id": "o1",
        "code": {"coding": [{"system": _RADLEX, "code": "RID5196"}]},
        "bodySite": {"text": "Left hip"},
        **value,
    }
    lesion = coded_reading({}, [observation], reader()).lesions[0]
    finding = lesion.findings["soft-tissue-calcification"]
    assert (lesion.id, finding.state, finding.spans[0].resource) == ("hip:left", state, "Observation/o1")


def test_an_observation_entered_in_error_says_nothing() -> None:
    observation = {"status": "entered-in-error", "code": {"coding": [{"system": _RADLEX, "code": "RID5196"}]}}
    assert coded_reading({}, [observation], reader()).lesions == ()


def test_text_and_codes_of_one_site_are_one_lesion() -> None:
    observation = {
        "id": "o1",
        "code": {"coding": [{"system": _RADLEX, "code": "RID39133"}]},
        "bodySite": {"text": "hip"},
    }
    text = read_report("Soft tissue calcification about the left hip.", reader())
    both = merged_readings(text, coded_reading({}, [observation], reader()))
    assert [lesion.id for lesion in both.lesions] == ["hip:left"]
    assert {"soft-tissue-calcification", "lobulated"} <= set(both.lesions[0].findings)
