"""`calcification-cds measure` as an editor of rules runs it."""

import json
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from cds_service.__main__ import main
from cds_service.errors import ContentError
from cds_service.sandbox.measurement import Measurement, read_measurement
from tests.replay.candidates import Edit, candidate_folders


@dataclass(frozen=True)
class Run:
    """What one run printed and wrote."""

    told: str
    path: Path

    @property
    def written(self) -> Measurement:
        return read_measurement(self.path)


def measure(path: Path, *more: str) -> Run:
    """A run over a few patients of the teaching stories."""
    with redirect_stdout(StringIO()) as out:
        assert main(["measure", "--mix", "stories", "--patients", "25", "--out", str(path), *more]) == 0
    return Run(out.getvalue(), path)


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return measure(tmp_path_factory.mktemp("usual") / "figures.json")


def test_it_prints_the_figures_and_writes_them(usual: Run) -> None:
    assert usual.told.startswith("25 reports of the stories mix, seed 7, 2026-06-30, content ")
    assert "Regression, not accuracy" in usual.told
    figures = usual.written.figures
    assert (usual.written.made.patients, figures.spoken.reports) == (25, 25)
    assert 0 < figures.spoken.cards < 25
    assert f" {1000 * figures.spoken.cards / 25:.1f} (" in usual.told


def test_what_was_not_met_is_not_called_right(usual: Run) -> None:
    table = usual.told.partition("where it is called likely")[2].partition("\n\n")[0]
    unmet = [line for line in table.splitlines() if "none met" in line]
    assert len(unmet) == 18 - len(usual.written.figures.named) > 0
    assert not any("%" in line for line in unmet)


def test_the_same_command_writes_the_same_bytes(usual: Run, tmp_path: Path) -> None:
    assert measure(tmp_path / "again").path.read_bytes() == usual.path.read_bytes()


def test_candidate_rules_are_measured_as_they_are(usual: Run, tmp_path: Path) -> None:
    rules, _ = candidate_folders(tmp_path, Edit("rules/scoring.yaml", "points: 4", "points: 90"))
    changed = measure(tmp_path / "changed", "--rules", str(rules)).written
    assert changed.made.content != usual.written.made.content
    assert changed.figures.likely.times == 0 < usual.written.figures.likely.times


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["measure", "--patients", "1", "--out", str(tmp_path)]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_file_of_another_form_is_refused_with_what_is_wrong(usual: Run, tmp_path: Path) -> None:
    told = json.loads(usual.path.read_text(encoding="utf-8"))
    (tmp_path / "other.json").write_text(json.dumps({**told, "accuracy": 1}), encoding="utf-8")
    with pytest.raises(ContentError, match="accuracy"):
        read_measurement(tmp_path / "other.json")
