"""A draft report as an editor holds it: the body, and the impression, which the conclusion repeats."""

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_HEADING = re.compile(r"\s*^[^\n:]{0,60}:\s*\Z", re.MULTILINE)
_PLAIN = "text/plain"


@dataclass(frozen=True, slots=True)
class ReportParts:
    """The text of a report in two parts.

    Attributes:
        body: everything before the impression.
        heading: what stands between the two, with its line breaks; empty where the text does not hold the impression.
        impression: the conclusion.
    """

    body: str
    heading: str
    impression: str

    @property
    def text(self) -> str:
        """The whole, as one text."""
        return f"{self.body}{self.heading}{self.impression}" if self.heading else self.body


def report_parts(report: Mapping[str, Any]) -> ReportParts:
    """The parts of a DiagnosticReport as the sandbox's patients have it: plain text, and the conclusion once more."""
    text, impression = _text(report), str(report.get("conclusion", "")).strip()
    if not text.endswith(impression) or not impression:
        return ReportParts(text, "", impression)
    before = text.removesuffix(impression)
    found = _HEADING.search(before)
    heading = found[0] if found else "\n\n"
    return ReportParts(before.removesuffix(heading).rstrip() if found else before.rstrip(), heading, impression)


def _text(report: Mapping[str, Any]) -> str:
    for form in report.get("presentedForm", ()):
        if str(form.get("contentType", "")).startswith(_PLAIN):
            return b64decode(form.get("data", "")).decode("utf-8").strip()
    return ""
