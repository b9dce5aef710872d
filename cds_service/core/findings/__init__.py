"""Report text to lesions, findings and history. Pure: text and a compiled vocabulary in, values out."""

from cds_service.core.findings.lesions import Findings, side_label
from cds_service.core.findings.merge import merged_readings
from cds_service.core.findings.read import (
    Examination,
    ReportReader,
    read_examination,
    read_history_text,
    read_report,
    read_site,
)
from cds_service.core.findings.vocabulary import TextVocabulary

__all__ = [
    "Examination",
    "Findings",
    "ReportReader",
    "TextVocabulary",
    "merged_readings",
    "read_examination",
    "read_history_text",
    "read_report",
    "read_site",
    "side_label",
]
