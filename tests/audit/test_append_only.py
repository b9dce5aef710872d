"""Nothing in the audit store can be changed: the database itself refuses, whoever asks."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from cds_service.audit import tables
from cds_service.audit.condition import condition_of
from cds_service.audit.engine import open_engine
from cds_service.audit.feedback import read_feedback
from cds_service.audit.store import Store
from cds_service.errors import StartError
from tests.audit.records import RECORD, accepted
from tests.audit.stores import store_on

CHANGES = [
    "UPDATE calls SET outcome = 'silent'",
    "DELETE FROM calls",
    "UPDATE cards SET card_uuid = 'x'",
    "DELETE FROM cards",
    "UPDATE feedback SET outcome = 'overridden'",
    "DELETE FROM feedback",
    "UPDATE content_versions SET version = '2'",
    "DELETE FROM content_versions",
]


@pytest.fixture
def filled(store: Store) -> Store:
    store.append(RECORD)
    store.add_feedback(RECORD.service, read_feedback({"feedback": [accepted("card-1")]}, RECORD.client))
    store.put_content("1", {})
    return store


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.usefixtures("filled")
def test_the_database_refuses(change: str, engine: Engine) -> None:
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(text(change))


@pytest.mark.parametrize("table", ["calls", "cards", "feedback", "content_versions"])
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("filled")
def test_postgresql_refuses_to_truncate(table: str, engine: Engine) -> None:
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {table} CASCADE"))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("filled")
def test_postgresql_refuses_in_a_replica_session_too(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        with pytest.raises(DatabaseError, match="append-only"), connection.begin_nested():
            connection.execute(text("DELETE FROM calls"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("same", ["seq", "writer, number", "version"])
@pytest.mark.usefixtures("filled")
def test_sqlite_refuses_a_replacement(same: str, engine: Engine) -> None:
    new = {"seq": "99", "writer": "'x'", "number": "0", "link": "x'00'", "version": "'9'"}
    kept = {name: name if name in same.split(", ") else value for name, value in new.items()}
    columns, values = ", ".join(kept), ", ".join(kept.values())
    replace = f"INSERT OR REPLACE INTO content_versions ({columns}, first_seen, body) "
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(text(f"{replace} SELECT {values}, 'later', x'00' FROM content_versions"))


def test_making_the_tables_twice_changes_nothing(filled: Store, engine: Engine) -> None:
    tables.create(engine)
    assert len(filled.find("call-1")) == 1


@pytest.mark.usefixtures("filled")
def test_a_guard_that_was_taken_away_is_back_after_the_next_start(engine: Engine) -> None:
    change = {
        "sqlite": "DROP TRIGGER calls_no_delete",
        "postgresql": "ALTER TABLE calls DISABLE TRIGGER calls_no_change",
    }
    with engine.begin() as connection:
        connection.execute(text(change[engine.dialect.name]))
    tables.create(engine)
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(text("DELETE FROM calls"))


def test_a_database_from_before_a_table_was_added_gets_it_with_its_guard(filled: Store, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE answered"))
    tables.create(engine)
    assert filled.recent(1)
    told = {**RECORD.body, "answered": {"reader": "r", "digests": ["d"]}}
    filled.append(replace(RECORD, call_id="call-2", body=told))
    assert filled.answered_before("r", "2000", "3000", "another") == {"d": "call-2"}
    assert filled.answered_before("r", "2000", "3000", "call-2") == {}
    with pytest.raises(DatabaseError), engine.begin() as connection:
        connection.execute(text("DELETE FROM answered"))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_on_postgresql_the_service_need_not_own_the_tables(engine: Engine, database_url: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS appender"))
        connection.execute(text("CREATE ROLE appender LOGIN"))
        connection.execute(text("GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO appender"))
        connection.execute(text("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO appender"))
    own = open_engine(database_url.replace("postgres:@", "appender:@"), "FULL")
    tables.create(own)
    store = store_on(own, datetime(2026, 1, 1, tzinfo=UTC))
    store.append(RECORD)
    condition_of(store.writer)
    assert store.find("call-1")[0].record == RECORD
    own.dispose()


def test_a_database_that_does_not_answer_stops_the_start() -> None:
    engine = open_engine("postgresql://nobody@127.0.0.1:1/none", "FULL")
    with pytest.raises(StartError, match="cannot be used"):
        tables.create(engine)


@pytest.mark.parametrize(
    ("database_url", "questions"),
    [
        ("sqlite", {"PRAGMA journal_mode": "wal", "PRAGMA synchronous": 2}),
        ("postgresql", {"SHOW synchronous_commit": "on", "SHOW fsync": "on"}),
    ],
    indirect=["database_url"],
)
def test_a_committed_call_outlasts_a_power_cut(questions: dict[str, object], engine: Engine) -> None:
    with engine.connect() as connection:
        assert {question: connection.scalar(text(question)) for question in questions} == questions


@pytest.mark.parametrize(
    ("url", "cure"),
    [
        ("sqlite://", "Name a file"),
        ("sqlite:///:memory:", "Name a file"),
        ("mysql://host/db", "no database URL"),
        ("not a url", "no database URL"),
        ("sqlite:////proc/nothing/here/calls.sqlite3", "cannot be made"),
    ],
)
def test_a_database_that_cannot_keep_the_record_is_refused_at_start(url: str, cure: str) -> None:
    with pytest.raises(StartError, match=cure):
        open_engine(url, "FULL")


def test_the_complaint_about_a_database_url_does_not_show_its_password() -> None:
    with pytest.raises(StartError) as refused:
        open_engine("mysql://user:open-sesame@host/db", "FULL")
    assert "open-sesame" not in str(refused.value)
