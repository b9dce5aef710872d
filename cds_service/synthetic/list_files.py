"""The files of a reading list: the kinds of reports, the charts that they are met with, and the rare etiologies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from cds_service.content.yaml_source import read_source

Plain = Mapping[str, Any]

OWN_CHART: Plain = {"id": "own", "share": 1}
"""The chart of a report that is met with none of the list."""
_CHARTS, _RARE = "charts", "rare"


@dataclass(frozen=True, slots=True)
class ListFiles:
    """The parts of a reading list, as its files hold them.

    Attributes:
        kinds: by name: `share` in percent, and `reports`, each with its weight within the kind.
        charts: each with its share, and the ages that it fits.
        rare: `share`, the weights of the rare etiologies, and the names of those that are none.
    """

    kinds: Mapping[str, Plain]
    charts: Sequence[Plain]
    rare: Plain

    def fitting(self, report: Plain) -> Sequence[Plain]:
        """The charts that fit a report's age, or its own alone."""
        if report.get("charts") == OWN_CHART["id"]:
            return (OWN_CHART,)
        age = report["age"]
        spans = [(chart, *chart.get("ages", (0, age))) for chart in self.charts]
        return [chart for chart, low, high in spans if low <= age <= high]


def read_list(folder: Path) -> ListFiles:
    """The files of a folder.

    Raises:
        ContentError: a file cannot be read.
    """
    paths = sorted(folder.glob("*.yaml"))
    files = {path.stem: _plain(read_source(path, f"{folder.name}/{path.name}").data) for path in paths}
    kinds = {name: kind for name, kind in files.items() if name not in (_CHARTS, _RARE)}
    return ListFiles(kinds, files[_CHARTS]["charts"], files[_RARE])


def _plain(value: Any) -> Any:
    """The same with floats for decimals: shares and weights are estimates, and results go out as JSON."""
    if isinstance(value, Mapping):
        return {key: _plain(held) for key, held in value.items()}
    if isinstance(value, list):
        return [_plain(held) for held in value]
    return float(value) if isinstance(value, Decimal) else value


def both(key: str, report: Plain, chart: Plain) -> list[Any]:
    """What a report and its chart list under one key."""
    return [*report.get(key, ()), *chart.get(key, ())]
