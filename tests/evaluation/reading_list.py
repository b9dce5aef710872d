"""The reports of `fixtures/reading-list`, each with every chart that fits, weighted as a reading room meets them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cds_service.synthetic.list_files import OWN_CHART, ListFiles, Plain, both, read_list
from tests.evaluation.published import FOLDER as PUBLISHED
from tests.evaluation.published import PublishedCase, case_of, published_cases

FOLDER = Path(__file__).parents[2] / "fixtures" / "reading-list"


@dataclass(frozen=True, slots=True)
class Listed:
    """One report with one chart.

    Attributes:
        kind: the file it comes from.
        text: id of the report, whatever the chart.
        chart: id of the chart.
        weight: its share of the list, from 0 to 1.
        answers: the etiologies that may be called likely; none where any would be wrong.
        urgent: whether a must-not-miss card is right.
    """

    kind: str
    text: str
    chart: str
    weight: float
    answers: tuple[str, ...]
    urgent: bool
    case: PublishedCase


@dataclass(frozen=True, slots=True)
class ReadingList:
    """The whole list, and the etiologies that are no rare names."""

    listed: tuple[Listed, ...]
    everyday: frozenset[str]


def reading_list(folder: Path = FOLDER, published: Path = PUBLISHED) -> ReadingList:
    """The list of a folder.

    Raises:
        ContentError: a file cannot be read.
        ValueError: the shares of the kinds do not add up to 100 %.
    """
    files = read_list(folder)
    shares = [kind["share"] for kind in (*files.kinds.values(), files.rare)]
    if abs(sum(shares) - 100) > 1e-6:
        raise ValueError(f"{folder}: the shares of the kinds add up to {sum(shares):g} %, not to 100 %")
    listed = [one for name, kind in files.kinds.items() for one in _reports(name, kind, files)]
    listed += _published(files.rare, published_cases(published))
    return ReadingList(tuple(listed), frozenset(files.rare["everyday"]))


def _reports(name: str, kind: Plain, files: ListFiles) -> Iterator[Listed]:
    """Each report of a kind with each chart that fits."""
    whole = sum(report["weight"] for report in kind["reports"])
    for report in kind["reports"]:
        fitting = files.fitting(report)
        of_charts = sum(chart["share"] for chart in fitting)
        for chart in fitting:
            yield Listed(
                kind=name,
                text=report["id"],
                chart=chart["id"],
                weight=kind["share"] / 100 * report["weight"] / whole * chart["share"] / of_charts,
                answers=tuple(report.get("answer", ())),
                urgent=bool(report.get("urgent") or chart.get("urgent")),
                case=_case(report, chart),
            )


def _case(report: Plain, chart: Plain) -> PublishedCase:
    return case_of(
        {
            "id": f"{report['id']} with {chart['id']}",
            "etiology": next(iter(report.get("answer", ())), "none"),
            "source": {"citation": "composed"},
            "age_years": report["age"],
            "sex": report["sex"],
            "modality": report["study"],
            "report": report["text"],
            "conditions": both("conditions", report, chart),
            "labs": both("labs", report, chart),
            "labs_qualitative": both("labs_qualitative", report, chart),
        }
    )


def _published(rare: Plain, cases: Sequence[PublishedCase]) -> Iterator[Listed]:
    """The published cases of the rare etiologies, split evenly among the cases of each."""
    whole = sum(rare["published"].values())
    for etiology, weight in rare["published"].items():
        group = [case for case in cases if case.etiology == etiology and not case.silent]
        if not group:
            raise ValueError(f"rare.yaml: no published case of {etiology}")
        for case in group:
            share = rare["share"] / 100 * weight / whole / len(group)
            yield Listed("rare", case.id, OWN_CHART["id"], share, (etiology,), etiology in rare["urgent"], case)
