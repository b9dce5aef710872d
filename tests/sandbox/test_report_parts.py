"""A draft report is taken apart for an editor and comes together as it was."""

from base64 import b64encode

import pytest

from cds_service.sandbox.report_parts import report_parts


def report(text: str, conclusion: str) -> dict[str, object]:
    """A DiagnosticReport with this text."""
    form = {"contentType": "text/plain; charset=utf-8", "data": b64encode(text.encode()).decode()}
    return {"presentedForm": [form], "conclusion": conclusion}


@pytest.mark.parametrize(
    ("text", "conclusion", "body", "heading"),
    [
        ("FINDINGS: A.\n\nIMPRESSION: B.", "B.", "FINDINGS: A.", "\n\nIMPRESSION: "),
        ("FINDINGS: A.\n\nCONCLUSION:\nB.", "B.", "FINDINGS: A.", "\n\nCONCLUSION:\n"),
        ("A sentence. B.", "B.", "A sentence.", "\n\n"),
        ("FINDINGS: A.", "Not in it.", "FINDINGS: A.", ""),
        ("FINDINGS: A.", "", "FINDINGS: A.", ""),
        ("IMPRESSION: B.", "B.", "", "IMPRESSION: "),
    ],
)
def test_body_heading_and_impression_are_told_apart(text: str, conclusion: str, body: str, heading: str) -> None:
    parts = report_parts(report(text, conclusion))
    assert (parts.body, parts.heading, parts.impression) == (body, heading, conclusion)


def test_the_parts_make_the_text_again() -> None:
    text = "FINDINGS: A.\nMore.\n\nIMPRESSION: B.\nC."
    assert report_parts(report(text, "B.\nC.")).text == text


def test_a_report_without_plain_text_has_a_conclusion_only() -> None:
    parts = report_parts({"conclusion": "B.", "presentedForm": [{"contentType": "application/pdf", "data": ""}]})
    assert (parts.body, parts.impression) == ("", "B.")
