"""`calcification-cds synth` as an integrator runs it: the files it writes, and what it refuses."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cds_service.__main__ import main
from tests.interrupts import heed
from tests.synthetic.r4 import faults
from tests.waiting import a_moment


def synth(out: Path, *more: str) -> int:
    return main(["synth", "--seed", "7", "--patients", "12", "--as-of", "2026-06-30", "--out", str(out), *more])


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_ndjson_has_a_file_for_each_type_and_a_manifest_that_counts_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert synth(tmp_path / "out") == 0
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["transactionTime"] == "2026-06-30T12:00:00+00:00"
    assert manifest["request"] == "seed=7 patients=12 mix=realistic as-of=2026-06-30"
    for file in manifest["output"]:
        resources = lines(tmp_path / "out" / file["url"])
        assert len(resources) == file["count"]
        assert {each["resourceType"] for each in resources} == {file["type"]}
    assert {"Patient", "DiagnosticReport", "ServiceRequest", "ImagingStudy"} <= {
        one["type"] for one in manifest["output"]
    }
    assert "12 patients as of 2026-06-30" in capsys.readouterr().out


def test_the_truth_names_every_patient(tmp_path: Path) -> None:
    synth(tmp_path / "out", "--mix", "stories")
    truth = lines(tmp_path / "out" / "truth.ndjson")
    assert [each["patient"] for each in truth] == [each["id"] for each in lines(tmp_path / "out" / "Patient.ndjson")]
    assert {"patient", "story", "grade", "etiologies", "pair"} == set(truth[0])


def test_bundles_are_transactions_of_one_patient_each(tmp_path: Path) -> None:
    synth(tmp_path / "out", "--format", "bundles")
    bundles = [json.loads(path.read_bytes()) for path in sorted((tmp_path / "out" / "bundles").iterdir())]
    assert len(bundles) == 12
    assert faults(bundles) == []
    assert all(bundle["type"] == "transaction" for bundle in bundles)
    for bundle in bundles:
        for entry in bundle["entry"]:
            resource = entry["resource"]
            assert entry["request"] == {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"}


def test_the_same_command_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        synth(tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == sorted(path.name for path in (tmp_path / "two").iterdir())
    assert all((tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes() for name in files)


def test_a_folder_that_holds_something_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "precious.txt").write_text("keep")
    assert synth(tmp_path) == 2
    assert "is not empty: it holds precious.txt. Name a new or an empty folder" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert synth(tmp_path / "file") == 2
    assert "cannot be written to" in capsys.readouterr().err


@contextmanager
def begun(out: Path, *before: str, patients: int = 1_000_000) -> Iterator[subprocess.Popen[str]]:
    command = [*before, sys.executable, "-m", "cds_service", "synth", "--patients", str(patients), "--out", str(out)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, preexec_fn=heed) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    while not path.exists():
        assert process.poll() is None
        a_moment()


@pytest.mark.parametrize("there_before", [True, False])
def test_who_stops_it_finds_nothing_and_is_told_so(there_before: bool, tmp_path: Path) -> None:
    out = tmp_path / "out"
    if there_before:
        out.mkdir()
    with begun(out) as process:
        wait_for(out / "unfinished" / "Observation.ndjson", process)
        assert [path.name for path in out.iterdir()] == ["unfinished"]
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said == f"Interrupted. Nothing was kept in {out}/\n"
    assert out.exists() is there_before
    assert not list(tmp_path.glob("out/*"))


def test_after_a_kill_the_folder_does_not_look_complete_and_is_not_taken_for_an_empty_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with begun(tmp_path / "out") as process:
        wait_for(tmp_path / "out" / "unfinished" / "Observation.ndjson", process)
        process.kill()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["unfinished"]
    assert synth(tmp_path / "out") == 2
    assert "is not empty: it holds unfinished" in capsys.readouterr().err


def test_where_there_is_no_room_nothing_is_left_and_the_reason_is_told(tmp_path: Path) -> None:
    # No file may grow beyond 64 blocks: the system refuses it as it does on a full disk.
    limited = ("sh", "-c", 'ulimit -f 64 && exec "$@"', "sh")
    with begun(tmp_path / "out", *limited, patients=200) as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert said.count("\n") == 1
    assert "cannot be written to (File too large), and nothing of it was kept" in said
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "wrong", [["--patients", "0"], ["--patients", "many"], ["--as-of", "yesterday"], ["--mix", "odd"]]
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        synth(tmp_path / "out", *wrong)
    assert left.value.code == 2


def test_the_realistic_mix_is_mostly_nothing_rare(tmp_path: Path) -> None:
    synth(tmp_path / "out", "--patients", "600")
    truth = lines(tmp_path / "out" / "truth.ndjson")
    with_mineral = [each for each in truth if each["etiologies"]]
    dystrophic = [each for each in with_mineral if each["etiologies"][0] == "ectopic-calcification"]  # type: ignore[index]
    assert 0.01 * len(truth) < len(with_mineral) < 0.06 * len(truth)
    assert len(dystrophic) > len(with_mineral) / 2
