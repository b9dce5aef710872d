"""A record that was counted, on SQLite and on PostgreSQL; made once for all tests that only read it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, create_engine, text

from cds_service.audit import tables
from cds_service.audit.engine import open_engine
from cds_service.audit.index import Index
from tests.audit.console_data import keep, records, several_writers


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def counted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Three writers' calls of two months, with what is said of them."""
    url = f"sqlite:///{tmp_path_factory.mktemp('counted')}/calls.sqlite3"
    if request.param == "postgresql":
        server = str(request.getfixturevalue("postgresql_server"))
        maintenance = server.replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(maintenance, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("CREATE DATABASE counted"))
        engine.dispose()
        url = server.replace("/postgres?", "/counted?")
    opened = open_engine(url, "NORMAL")
    tables.create(opened)
    for number, writing in enumerate(several_writers(opened, datetime(2026, 2, 1, tzinfo=UTC))):
        keep(writing, records(40, seed=number), seed=number)
    Index(opened).catch_up(10_000)
    yield opened
    opened.dispose()
