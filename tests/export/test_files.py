"""An export as files: the same rows in every format, a manifest that holds, and nothing written over."""

import csv
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet
import pytest
from sqlalchemy import Engine

from cds_service.audit.feedback import read_feedback
from cds_service.audit.store import Store
from cds_service.audit.stream import Stream, Wanted
from cds_service.errors import StartError
from cds_service.export.disguise import DeIdentified, Identified
from cds_service.export.files import csv_cells
from cds_service.export.resources import TYPES
from cds_service.export.run import FHIR, Source, export
from cds_service.export.tables import TABLES
from tests.audit.records import overridden
from tests.export.recorded import answered, refused, silent
from tests.scenarios.asking import CONTENT


@pytest.fixture
def source(store: Store, engine: Engine) -> Source:
    """A store with an answered call that was dismissed, a silent and a refused one."""
    store.put_content(CONTENT.version, CONTENT.snapshot)
    for one in (answered(), silent(), refused()):
        store.append(one.call.record)
    card = answered().call.record.body["cards"][0]["uuid"]
    record = answered().call.record
    store.add_feedback(record.service, read_feedback({"feedback": [overridden(card)]}, record.client))
    return Source(store, Stream(engine))


def quiet(_done: int) -> None:
    """No progress."""


def test_every_format_holds_the_same_rows(source: Source, tmp_path: Path) -> None:
    for kind in ("ndjson", "csv", "parquet"):
        export(source, Wanted(), DeIdentified(bytes(32)), kind, tmp_path / kind, quiet)
    for table in TABLES:
        lines = (tmp_path / "ndjson" / f"{table}.ndjson").read_text("utf-8").splitlines()
        told = [json.loads(line) for line in lines]
        assert told == pyarrow.parquet.read_table(tmp_path / "parquet" / f"{table}.parquet").to_pylist()
        with (tmp_path / "csv" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            cells = [["" if value is None else str(value) for value in csv_cells(row)] for row in told]
            assert list(csv.reader(file))[1:] == cells
        assert told, f"nothing was written to {table}"


def test_the_manifest_tells_what_is_there(source: Source, tmp_path: Path) -> None:
    counts = export(source, Wanted(outcome="card"), Identified(), "ndjson", tmp_path / "out", quiet)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    assert manifest["counts"] == counts
    assert counts["calls"] == counts["feedback"] == 1
    assert manifest["wanted"] == {"outcome": "card"}
    assert manifest["identified"] is True
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == digest
    assert set(manifest["schemas"]) == set(TABLES)


def test_fhir_is_one_file_for_each_type(source: Source, tmp_path: Path) -> None:
    counts = export(source, Wanted(), DeIdentified(bytes(32)), FHIR, tmp_path / "out", quiet)
    assert (counts["AuditEvent"], counts["GuidanceResponse"], counts["ClinicalImpression"]) == (3, 3, 1)
    for kind in TYPES:
        lines = (tmp_path / "out" / f"{kind}.ndjson").read_text("utf-8").splitlines()
        assert [json.loads(line)["resourceType"] for line in lines] == [kind] * counts[kind]


def test_a_folder_that_is_not_empty_is_left_alone(source: Source, tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StartError, match="not empty"):
        export(source, Wanted(), Identified(), "csv", tmp_path, quiet)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["kept.txt"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1"])
def test_a_spreadsheet_runs_nothing_that_was_exported(text: str) -> None:
    assert csv_cells({"comment": text, "score": -1}) == [f"'{text}", -1]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), 3),
        (Wanted(outcome="refused"), 1),
        (Wanted(since="2026-03-09T12:00:00.000Z"), 2),
        (Wanted(since="2026-03-09", until="2026-03-10"), 1),
        (Wanted(client="county-hospital"), 1),
        (Wanted(service="none"), 0),
    ],
)
def test_only_what_is_wanted_is_read(wanted: Wanted, found: int, source: Source) -> None:
    assert len(list(source.recorded(wanted))) == source.stream.count(wanted) == found


def test_a_long_record_is_read_in_pieces_and_each_call_once(source: Source) -> None:
    record = silent().call.record
    for number in range(1100):
        source.store.append(replace(record, call_id=f"call-{number}"))
    told = [one.call.seq for one in source.recorded(Wanted())]
    assert told == sorted(set(told))
    assert len(told) == 1103
    assert [one.call.seq for one in source.recorded(Wanted(), after=told[4], at_most=3)] == told[5:8]
