"""A console over two months of calls of three clients, whose answers, reasons and gaps are drawn by lot."""

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from cds_service.audit import tables
from cds_service.audit.engine import open_engine
from cds_service.audit.index import Index
from cds_service.audit.opened import Audit, open_audit
from cds_service.settings import Settings
from tests.audit.console_data import keep, records
from tests.audit.records import RECORD
from tests.audit.stores import KEY, store_on
from tests.conftest import NOON

PERIOD = "from=2025-12-03&to=2026-01-31"


@pytest.fixture(scope="session")
def counted_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database file of such a console, to be copied: it takes a while to make."""
    path = tmp_path_factory.mktemp("console") / "calls.sqlite3"
    engine = open_engine(f"sqlite:///{path}", "NORMAL")
    tables.create(engine)
    made = store_on(engine, NOON)
    made.put_content(RECORD.content_version, {})
    keep(made, records(150, seed=11), seed=11)
    Index(engine).catch_up(10_000)
    engine.dispose()
    return path


@pytest.fixture
def audit(settings: Settings, counted_database: Path) -> Iterator[Audit]:
    """The record, filled and counted."""
    shutil.copy(counted_database, settings.database_url.removeprefix("sqlite:///"))
    ids, seconds = count(1), count(step=3_000_000_000)
    opened = open_audit(
        settings.database_url, "NORMAL", KEY, lambda: NOON, lambda: f"later{next(ids)}", seconds.__next__
    )
    yield opened
    opened.store.close()


@pytest.fixture
def console(client: FlaskClient) -> FlaskClient:
    """Somebody who looks at the console."""
    return client


def page(client: FlaskClient, path: str) -> str:
    """A page that has to be there."""
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.text)
    return answer.text
