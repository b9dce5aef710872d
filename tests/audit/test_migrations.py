"""An audit database is brought to the present schema by command, whole or not at all, and keeps every record."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DatabaseError

from cds_service.audit import migrations, schema, tables
from cds_service.audit.engine import open_engine
from cds_service.audit.feedback import read_feedback
from cds_service.errors import StartError
from tests.audit.records import RECORD, accepted
from tests.audit.schema_1 import fill_schema_1, make_schema_1
from tests.audit.stores import KEY, store_on
from tests.conftest import NOON

NOW = "2026-01-01T12:00:00.000Z"


@pytest.fixture
def old(database_url: str) -> Iterator[Engine]:
    """A database of schema 1 with three calls."""
    opened = open_engine(database_url, "FULL")
    make_schema_1(opened)
    fill_schema_1(opened, 3)
    yield opened
    opened.dispose()


def _differences(engine: Engine) -> list[object]:
    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return (kind, name) != ("table", "alembic_version")

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours, "compare_type": True})
        return list(compare_metadata(context, schema.metadata))


def test_an_empty_database_gets_the_tables_that_the_program_works_with(engine: Engine) -> None:
    assert _differences(engine) == []


def test_an_old_database_gets_the_same(old: Engine) -> None:
    assert _differences(old) != []
    assert tables.migrate(old, KEY, NOW) == (1, 2)
    assert _differences(old) == []


def test_every_record_is_there_afterwards(old: Engine) -> None:
    tables.migrate(old, KEY, NOW)
    store = store_on(old, NOON)
    assert [found.record.call_id for found in store.recent(9)] == ["call-3", "call-2", "call-1"]
    (found,) = store.find("call-2")
    assert replace(found.record, call_id=RECORD.call_id, body=RECORD.body) == RECORD
    assert found.record.body["cards"] == [{"uuid": "card-2"}]
    assert [said.outcome for said in store.feedback_for("call-2")] == ["accepted"]
    assert store.content("1") == {"rules": {}}
    assert store.answered_before("r", "2000", "3000", "") == {"d1": "call-1", "d2": "call-2", "d3": "call-3"}


def test_the_old_rows_are_one_chain_in_the_order_calls_feedback_content(old: Engine) -> None:
    tables.migrate(old, KEY, NOW)
    with old.connect() as connection:
        placed = {
            name: connection.scalars(text(f"SELECT number FROM {name} WHERE writer = 'before' ORDER BY number")).all()
            for name in ("writers", "calls", "feedback", "content_versions")
        }
    assert placed == {"writers": [0], "calls": [1, 2, 3], "feedback": [4, 5, 6], "content_versions": [7]}


def test_afterwards_the_service_writes_on(old: Engine) -> None:
    tables.migrate(old, KEY, NOW)
    tables.create(old)
    store = store_on(old, NOON)
    store.append(replace(RECORD, call_id="call-4"))
    store.add_feedback(RECORD.service, read_feedback({"feedback": [accepted("card-1")]}, RECORD.client))
    store.put_content("2", {})
    assert [found.seq for found in store.recent(1)] == [4]


@pytest.mark.parametrize("change", ["UPDATE calls SET outcome = 'silent'", "DELETE FROM schema_version"])
def test_afterwards_nothing_can_be_changed(change: str, old: Engine) -> None:
    tables.migrate(old, KEY, NOW)
    with pytest.raises(DatabaseError, match="append-only"), old.begin() as connection:
        connection.execute(text(change))


def test_a_second_time_changes_nothing(old: Engine) -> None:
    tables.migrate(old, KEY, NOW)
    assert tables.migrate(old, b"another key" * 3, "later") == (2, 2)
    assert len(store_on(old, NOON).recent(9)) == 3


def test_an_old_database_without_rows_is_migrated(database_url: str) -> None:
    engine = open_engine(database_url, "FULL")
    make_schema_1(engine)
    assert tables.migrate(engine, KEY, NOW) == (1, 2)
    assert _differences(engine) == []
    engine.dispose()


def test_an_old_database_from_before_cards_were_remembered_is_migrated(old: Engine) -> None:
    with old.begin() as connection:
        connection.execute(text("DROP TABLE answered"))
        connection.execute(text("DROP TABLE seen_tokens"))
    tables.migrate(old, KEY, NOW)
    assert _differences(old) == []
    assert len(store_on(old, NOON).recent(9)) == 3


def test_a_failure_half_way_leaves_the_old_database_as_it_was(old: Engine) -> None:
    with old.begin() as connection:
        connection.execute(text("CREATE TABLE looks (mine INTEGER)"))
        before = set(inspect(connection).get_table_names())
    with pytest.raises(StartError, match=r"stays as it was.*looks"):
        tables.migrate(old, KEY, NOW)
    with old.connect() as connection:
        assert set(inspect(connection).get_table_names()) == before
        assert connection.scalar(text("SELECT count(*) FROM calls JOIN cards ON call_seq = calls.seq")) == 3
        assert connection.scalar(text("SELECT max(version) FROM schema_version")) == 1
        assert "number" not in {column["name"] for column in inspect(connection).get_columns("calls")}


def test_the_service_does_not_start_on_an_old_database_and_names_the_command(old: Engine) -> None:
    with pytest.raises(StartError, match=r"has schema 1, and this version needs 2.*calcification-cds audit migrate"):
        tables.create(old)


def test_rows_are_not_chained_without_the_key(old: Engine) -> None:
    with pytest.raises(StartError, match="audit migrate"), old.begin() as connection:
        migrations.upgrade(connection, 1, 2, None, NOW)
    with old.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM calls")) == 3


def test_a_newer_database_is_refused(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO schema_version (version) VALUES (3)"))
    for refusing in (lambda: tables.create(engine), lambda: tables.migrate(engine, KEY, NOW)):
        with pytest.raises(StartError, match="has schema 3, and this version knows 2"):
            refusing()


def test_tables_of_another_program_are_left_alone(database_url: str) -> None:
    engine = open_engine(database_url, "FULL")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE calls (telephone INTEGER)"))
    with pytest.raises(StartError, match="no version of calcification-cds"):
        tables.create(engine)
    engine.dispose()
