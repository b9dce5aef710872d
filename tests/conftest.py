"""What tests share: moments, ids and settings that are the same in every run."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cds_service.settings import Settings

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A demo installation whose files lie in a folder of this test."""
    return Settings(
        database_url=f"sqlite:///{tmp_path}/calls.sqlite3",
        patient_key_file=tmp_path / "patient.key",
        port=8081,
    )
