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
_READING = Path(__file__).parent / "reading"
_SIGNS = {State.PRESENT: "+", State.DENIED: "-", State.UNCERTAIN: "?"}
_ENTRY = {"soft-tissue-calcification", "soft-tissue-ossification"}
_REPORTS = read_source(_READING / "reports.yaml", "reports").data["reports"]
_ORDINARY = [
    line for line in (_READING / "ordinary_sentences.txt").read_text("utf-8").splitlines() if not line.startswith("#")
]
# What a line may say of its target: present, denied, absent now, uncertain, either of two; or nothing that is found.
_NOTHING_FOUND: tuple[set[str], ...] = (set(), {"-"})
_SAID_BY_ASSERTION: dict[str, tuple[set[str], ...]] = {
    "POS": ({"+"},),
    "NEG": ({"-"},),
    "ABS": ({"-"},),
    "UNC": ({"?"},),
    "NEG/UNC": ({"-"}, {"?"}),
    "HYP": _NOTHING_FOUND,
    "FAM": _NOTHING_FOUND,
    "HIST": _NOTHING_FOUND,
}


@cache
def reader() -> ReportReader:
    """The reader of the shipped vocabulary, compiled once."""
    files = (
        read_source(_VOCABULARY / f"{name}.yaml", name).data for name in ("findings", "cues", "sections", "history")
    )
    return ReportReader(text_vocabulary(*files))


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


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
    } | {
        f"{lesion.size_mm.normalize():f}mm"
        for lesion in reading.lesions
        if lesion.size_mm is not None and where in (lesion.id, lesion.region)
    }


def _entries(reading: Reading) -> set[str]:
    """What could open a card: the entry findings said of a site, surely or not."""
    return {
        concept
        for lesion in reading.lesions
        for concept, f in lesion.findings.items()
        if f.state is not State.DENIED and lesion.region and concept in _ENTRY
    }


def _assert_says(text: str, says: str) -> None:
    reading = read_report(text, reader())
    for part in says.split(";"):
        where, *signs = part.split()
        if where == "silent":
            assert not _entries(reading)
        else:
            assert set(signs) <= _said(reading, where)


@pytest.mark.parametrize(
    "row",
    [row for path in sorted(_READING.glob("*.tsv")) for row in _table(path)],
    ids=lambda row: f"{row['kind']}: {row['text'][:60]}",
)
def test_a_line_says_what_the_table_says_and_no_entry_finding_where_it_is_silent(row: dict[str, str]) -> None:
    _assert_says(row["text"].replace("\\r", "\r").replace("\\n", "\n"), row["says"])


@pytest.mark.parametrize("report", _REPORTS, ids=lambda report: report["name"])
def test_a_small_report_says_what_a_radiologist_takes_from_it(report: dict[str, str]) -> None:
    _assert_says(report["text"], report["says"])


@pytest.mark.parametrize("title", ["", "EXAM: Right hip.\nFINDINGS: "], ids=["alone", "of a hip"])
@pytest.mark.parametrize("sentence", _ORDINARY)
def test_an_ordinary_sentence_puts_no_mineral_into_soft_tissue_even_where_it_names_no_site(
    sentence: str, title: str
) -> None:
    assert not _entries(read_report(title + sentence, reader()))


@pytest.mark.parametrize("row", _table(_READING / "tricky" / "lines.tsv"), ids=lambda row: row["text"][:60])
def test_a_tricky_line_in_a_report_on_a_hip_says_no_more_and_no_less_of_its_target(row: dict[str, str]) -> None:
    reading = read_report("EXAM: Right hip.\nFINDINGS: " + row["text"].replace("\\n", "\n"), reader())
    stated = (*reading.findings.items(), *(item for lesion in reading.lesions for item in lesion.findings.items()))
    said = {_SIGNS[finding.state] for concept, finding in stated if concept == row["concept"]}
    assert said in _SAID_BY_ASSERTION[row["assertion"]]


def test_every_span_holds_the_words_that_it_points_to() -> None:
    text = "EXAM: Right elbow.\nFINDINGS: Lobulated soft tissue calcification about the elbow,\nno bone destruction."
    reading = read_report(text, reader())
    span = reading.lesions[0].findings["lobulated"].spans[0]
    assert text[span.start : span.end] == "Lobulated"
    assert "Lobulated soft tissue calcification about the elbow" in span.quote
