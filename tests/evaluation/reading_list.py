"""The reports of `fixtures/reading-list`, each with every chart that fits, weighted as a reading room meets them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.evaluation.published import FOLDER as PUBLISHED
from tests.evaluation.published import PublishedCase, case_of, published_cases

FOLDER = Path(__file__).parents[2] / "fixtures" / "reading-list"
CHARTS, RARE = "charts.yaml", "rare.yaml"

Json = dict[str, Any]

OWN_CHART: Json = {"id": "own", "share": 1}


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
        ValueError: a file is not of this format, or the shares of the kinds do not add up to 100 %.
    """
    charts = _file(folder / CHARTS)["charts"]
    rare = _file(folder / RARE)
    kinds = {path.stem: _file(path) for path in sorted(folder.glob("*.yaml")) if path.name not in (CHARTS, RARE)}
    shares = [kind["share"] for kind in (*kinds.values(), rare)]
    if abs(sum(shares) - 100) > 1e-6:
        raise ValueError(f"{folder}: the shares of the kinds add up to {sum(shares):g} %, not to 100 %")
    listed = [one for name, kind in kinds.items() for one in _reports(name, kind, charts)]
    listed += _published(rare, published_cases(published))
    return ReadingList(tuple(listed), frozenset(rare["everyday"]))


def _file(path: Path) -> Json:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        raise ValueError(f"{path} is no part of a reading list")
    return data


def _reports(name: str, kind: Json, charts: Sequence[Json]) -> Iterator[Listed]:
    """Each report of a kind with each chart that fits."""
    whole = sum(report["weight"] for report in kind["reports"])
    for report in kind["reports"]:
        fitting = [OWN_CHART] if report.get("charts") == "own" else _fitting(charts, report["age"])
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


def _fitting(charts: Sequence[Json], age: float) -> list[Json]:
    def fits(chart: Json) -> bool:
        low, high = chart.get("ages", (0, age))
        return bool(low <= age <= high)

    return [chart for chart in charts if fits(chart)]


def _case(report: Json, chart: Json) -> PublishedCase:
    def both(key: str) -> list[Any]:
        return [*report.get(key, ()), *chart.get(key, ())]

    return case_of(
        {
            "id": f"{report['id']} with {chart['id']}",
            "etiology": next(iter(report.get("answer", ())), "none"),
            "source": {"citation": "composed"},
            "age_years": report["age"],
            "sex": report["sex"],
            "modality": report["study"],
            "report": report["text"],
            "conditions": both("conditions"),
            "labs": both("labs"),
            "labs_qualitative": both("labs_qualitative"),
        }
    )


def _published(rare: Json, cases: Sequence[PublishedCase]) -> Iterator[Listed]:
    """The published cases of the rare etiologies, split evenly among the cases of each."""
    whole = sum(rare["published"].values())
    for etiology, weight in rare["published"].items():
        group = [case for case in cases if case.etiology == etiology and not case.silent]
        if not group:
            raise ValueError(f"{RARE}: no published case of {etiology}")
        for case in group:
            share = rare["share"] / 100 * weight / whole / len(group)
            yield Listed("rare", case.id, "own", share, (etiology,), etiology in rare["urgent"], case)
