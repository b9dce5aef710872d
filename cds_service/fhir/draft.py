"""A draft report as facts: its narrative read once, its coded findings beside it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cds_service.core.facts import Reading, SetAside
from cds_service.core.findings import ReportReader, merged_readings, read_report
from cds_service.fhir.coded import coded_reading
from cds_service.fhir.report import report_text

_MOST_RESULTS = 1000
NO_NARRATIVE = "the report has no narrative that can be read"
OWN_WORDS = "what an earlier card of this service appended is not read"

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a draft says.

    Attributes:
        reading: lesions, findings and history, of text and codes together, and what was set aside.
        unread: why there was no text to read; empty where there was.
        text: the narrative, whose characters the positions of the reading count.
    """

    reading: Reading
    unread: str
    text: str


def read_draft(report: Json, observations: Iterable[Json], reader: ReportReader, own: re.Pattern[str]) -> Draft:
    """Reads a DiagnosticReport.

    Args:
        report: the report as it came.
        observations: the Observations that came with the reports of the call; those of this report's `result` are read.
        reader: reads the narrative and knows the codes.
        own: what a card of ours may have appended to it, which is passed over.
    """
    narrative = report_text(report)
    text, passed_over = _without(own, narrative.text)
    reading = read_report(text, reader)
    named = _results_named(report)
    results = [item for item in (*_contained(report), *observations) if _named(item) in named][:_MOST_RESULTS]
    reading = merged_readings(reading, coded_reading(report, results, reader))
    reading = replace(reading, set_aside=(*narrative.set_aside, *passed_over, *reading.set_aside))
    return Draft(reading, "" if narrative.text else NO_NARRATIVE, narrative.text)


def _without(own: re.Pattern[str], text: str) -> tuple[str, tuple[SetAside, ...]]:
    """The text with blanks in the place of our own words, so that everything else keeps its position."""
    blanked, count = own.subn(lambda found: " " * len(found[0]), text)
    return blanked, (SetAside("report", OWN_WORDS),) if count else ()


def read_words(words: str, reader: ReportReader) -> Draft:
    """Reads the words of an order as those of a report are read."""
    return Draft(read_report(words, reader), "", words)


def _contained(report: Json) -> list[Json]:
    contained = report.get("contained")
    return [item for item in contained if isinstance(item, dict)] if isinstance(contained, list) else []


def _results_named(report: Json) -> frozenset[str]:
    """The ids that a report's `result` refers to, by any form of its reference."""
    result = report.get("result")
    references = (
        [entry.get("reference") for entry in result if isinstance(entry, dict)] if isinstance(result, list) else []
    )
    return frozenset(reference.lstrip("#").split("/")[-1] for reference in references if isinstance(reference, str))


def _named(observation: Json) -> str | None:
    name = observation.get("id")
    return name if isinstance(name, str) else None
