"""Single lines of report text, by kind, and what they say of which site."""

import csv
from functools import cache
from pathlib import Path

import pytest

from cds_service.content.vocabulary_text import text_vocabulary
from cds_service.content.yaml_source import read_source
from cds_service.core.facts import Reading, State
from cds_service.core.findings import ReportReader, read_report

_VOCABULARY = Path(__file__).parents[2] / "rules" / "vocabulary"
_TABLES = sorted((Path(__file__).parent / "reading").glob("*.tsv"))
_SIGNS = {State.PRESENT: "+", State.DENIED: "-", State.UNCERTAIN: "?"}
_ENTRY = {"soft-tissue-calcification", "soft-tissue-ossification"}


@cache
def reader() -> ReportReader:
    """The reader of the shipped vocabulary, compiled once."""
    files = (
        read_source(_VOCABULARY / f"{name}.yaml", name).data for name in ("findings", "cues", "sections", "history")
    )
    return ReportReader(text_vocabulary(*files))


def _rows() -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for table in _TABLES:
        with table.open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    return rows


def _said(reading: Reading, where: str) -> set[str]:
    if where == "history":
        return {_SIGNS[fact.state] + fact.concept for fact in reading.history}
    if where == "patient":
        return {_SIGNS[finding.state] + concept for concept, finding in reading.findings.items()}
    return {
        _SIGNS[finding.state] + concept
        for lesion in reading.lesions
        if where == lesion.id or where == lesion.region
        for concept, finding in lesion.findings.items()
    }


@pytest.mark.parametrize("row", _rows(), ids=lambda row: f"{row['kind']}: {row['text'][:60]}")
def test_a_line_says_what_the_table_says_and_no_entry_finding_where_it_is_silent(row: dict[str, str]) -> None:
    reading = read_report(row["text"].replace("\\n", "\n"), reader())
    stated = {
        concept
        for lesion in reading.lesions
        for concept, f in lesion.findings.items()
        if f.state is not State.DENIED and lesion.region
    }
    for part in row["says"].split(";"):
        where, *signs = part.split()
        if where == "silent":
            assert not stated & _ENTRY
        else:
            assert set(signs) <= _said(reading, where)


def test_every_span_holds_the_words_that_it_points_to() -> None:
    text = "EXAM: Right elbow.\nFINDINGS: Lobulated soft tissue calcification about the elbow,\nno bone destruction."
    reading = read_report(text, reader())
    span = reading.lesions[0].findings["lobulated"].spans[0]
    assert text[span.start : span.end] == "Lobulated"
    assert "Lobulated soft tissue calcification about the elbow" in span.quote
