"""`calcification-cds audit index` counts what waits, and counts anew when asked to."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cds_service.__main__ import main
from cds_service.audit import tables
from cds_service.audit.engine import open_engine
from tests.audit.records import RECORD
from tests.audit.stores import store_on


@pytest.fixture
def three_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path}/calls.sqlite3"
    engine = open_engine(url, "FULL")
    tables.create(engine)
    store = store_on(engine, datetime(2026, 1, 1, tzinfo=UTC))
    for number in range(3):
        store.append(replace(RECORD, call_id=f"call-{number}"))
    store.close()
    monkeypatch.setenv("CALCIFICATION_CDS_DATABASE_URL", url)


@pytest.mark.usefixtures("three_calls")
def test_it_says_how_many_records_it_counted(capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for words in (["audit", "index"], ["audit", "index"], ["audit", "index", "--rebuild"]):
        assert main(words) == 0
        told.append(capsys.readouterr().out.strip())
    assert told == ["3 records counted, 0 wait.", "0 records counted, 0 wait.", "3 records counted, 0 wait."]
