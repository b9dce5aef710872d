"""A draft report as facts: its narrative read once, its coded findings beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.core.facts import Reading
from cds_service.core.findings import ReportReader, read_report


@dataclass(frozen=True, slots=True)
class Draft:
    """What a draft says. `unread` is why nothing could be read, or empty."""

    reading: Reading
    unread: str


def read_draft(report: Mapping[str, Any], observations: Iterable[Mapping[str, Any]], reader: ReportReader) -> Draft:
    """Reads a DiagnosticReport."""
    return Draft(read_report(str(report.get("conclusion") or ""), reader), "")
