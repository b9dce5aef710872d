"""What tests share: moments, ids and settings that are the same in every run."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cds_service.settings import Settings
from tests.planted import collecting, leaks

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


def settings_in(folder: Path) -> Settings:
    """A demo installation whose files lie in a folder."""
    return Settings(
        database_url=f"sqlite:///{folder}/calls.sqlite3",
        patient_key_file=folder / "patient.key",
        audit_key_file=folder / "audit.key",
        report_text_key_file=str(folder / "report-text.key"),
        local_token_file=folder / "local.token",
        spool_dir=folder / "spool",
        port=8081,
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A demo installation whose files lie in a folder of this test."""
    return settings_in(tmp_path)


@pytest.fixture(scope="session", autouse=True)
def every_log_line_of_the_run() -> Iterator[None]:
    """At the end of the run no line of any log, here or of a server that a test started, holds what was planted."""
    with collecting() as lines:
        yield
    assert leaks(lines) == []
