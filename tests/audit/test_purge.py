"""A purge takes the beginnings of chains that are older than a day, and the record verifies without them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from cds_service.audit.chain import Entry
from cds_service.audit.condition import condition_of
from cds_service.audit.engine import open_engine
from cds_service.audit.feedback import read_feedback
from cds_service.audit.heads import heads, read_heads
from cds_service.audit.purge import Order, foreseen, purge, require_purger
from cds_service.audit.purged import Purge
from cds_service.audit.roles import statements
from cds_service.audit.store import Store
from cds_service.audit.verify import verify
from cds_service.errors import StartError
from tests.audit.chains import SWITCH, record_of, tamper
from tests.audit.records import RECORD, accepted
from tests.audit.stores import KEY, writer_on
from tests.conftest import NOON

OLD, NEW = "2019-05-01T12:00:00.000Z", "2026-01-01T12:00:00.000Z"
DAY = date(2021, 1, 1)
LATER = datetime(2026, 2, 1, tzinfo=UTC)
ORDER = Order(KEY, DAY, "clerk on host", lambda: LATER)
ROLES = ("calcification_owner", "calcification_service", "calcification_purge")


def _of_year(name: str, received_at: str) -> object:
    return replace(record_of(name), received_at=received_at)


def write_old_and_new(engine: Engine) -> None:
    """Chain "a1": 0 writers, 1 content, 2 and 3 old calls, 4 a switch, 5 an old look, 6 feedback, 7 a new call, 8 an
    old call that came late. Chain "b1": 0 writers, 1 an old call. All that was worked out stands beside."""
    old = datetime(2019, 5, 1, 12, tzinfo=UTC)
    writer = writer_on(engine, old, "a")
    store = Store(engine, writer, lambda: old)
    store.put_content("1", {"rules": {}})
    for name in ("a", "b"):
        store.append(replace(record_of(name), received_at=OLD))
    with writer.transaction() as transaction:
        transaction.add(SWITCH)
        transaction.add(Entry("looks", {"at": OLD, "who": "reader", "what": "call", "call_id": "call-a"}))
    store.add_feedback(RECORD.service, read_feedback({"feedback": [accepted("card-a")]}, RECORD.client))
    store.append(replace(record_of("c"), received_at=NEW))
    store.append(replace(record_of("d"), received_at=OLD))
    Store(engine, writer_on(engine, old, "b"), lambda: old).append(replace(record_of("e"), received_at=OLD))
    with engine.begin() as connection:
        for table, more, values in (("entries", "answer, duration_us, repeated", "'', 1, false"),):
            connection.execute(
                text(
                    f"INSERT INTO {table} (call_seq, received_at, call_id, service, client, patient_key, "
                    f"content_version, outcome, leading_etiology, tier, {more}) SELECT seq, received_at, call_id, "
                    f"service, client, patient_key, content_version, outcome, leading_etiology, '', {values} FROM calls"
                )
            )
        connection.execute(
            text(
                "INSERT INTO fired (rule, tier, received_at, call_seq, shadow, place) "
                "SELECT 'lipoma', 'likely', received_at, seq, :no, '' FROM calls"
            ),
            {"no": False},
        )


@pytest.fixture
def purger(engine: Engine, database_url: str) -> Iterator[Engine]:
    """The engine of one who may purge; on PostgreSQL every table and role is set up as `audit roles` says."""
    write_old_and_new(engine)
    if engine.dialect.name == "sqlite":
        yield engine
        return
    with engine.begin() as connection:
        known = set(connection.scalars(text("SELECT rolname FROM pg_roles")))
        for statement in statements():
            if not (statement.startswith("CREATE ROLE") and statement.split()[2] in known):
                connection.execute(text(statement))
    own = open_engine(database_url.replace("postgres:@", "calcification_purge:@"), "FULL")
    yield own
    own.dispose()


def _purge(engine: Engine, name: str = "p") -> list[Purge]:
    return purge(engine, writer_on(engine, LATER, name), ORDER, lambda _done, _all: None)


def _left(engine: Engine, table: str, column: str) -> list[object]:
    with engine.connect() as connection:
        return list(connection.scalars(text(f"SELECT {column} FROM {table} ORDER BY 1")))


def test_the_beginnings_that_are_older_go_with_all_that_belongs_to_them(purger: Engine) -> None:
    _purge(purger)
    assert _left(purger, "calls", "call_id") == ["call-c", "call-d"]
    assert _left(purger, "cards", "card_uuid") == ["card-c", "card-d"]
    assert _left(purger, "answered", "digest") == ["c-1", "c-2", "d-1", "d-2"]
    assert _left(purger, "entries", "call_id") == ["call-c", "call-d"]
    assert len(_left(purger, "fired", "rule")) == 2
    assert _left(purger, "feedback", "outcome") == _left(purger, "looks", "who") == []


def test_what_holds_no_data_of_patients_stays(purger: Engine) -> None:
    _purge(purger)
    assert _left(purger, "writers", "writer") == ["a1", "b1", "p1"]
    assert _left(purger, "content_versions", "version") == ["1"]
    assert _left(purger, "switches", "subject") == ["lipoma"]


def test_the_record_verifies_afterwards_and_says_who_purged_what(purger: Engine) -> None:
    gone = _purge(purger)
    verified = verify(purger, KEY)
    assert verified.findings == ()
    assert list(verified.purges) == gone
    first, second = gone
    assert (first.chain, first.by, first.before, first.at) == (
        "a1",
        "clerk on host",
        "2021-01-01",
        "2026-02-01T00:00:00.000Z",
    )
    assert [(run.first, run.last) for run in first.runs] == [(2, 3), (5, 6)]
    assert first.rows == {"calls": 2, "feedback": 1, "looks": 1, "cards": 2, "answered": 4}
    assert (second.chain, second.rows["calls"]) == ("b1", 1)


def test_a_dry_run_says_the_same_and_changes_nothing(purger: Engine) -> None:
    would = foreseen(purger, ORDER)
    assert len(_left(purger, "calls", "seq")) == 5
    assert _purge(purger) == would


def test_a_second_purge_finds_nothing(purger: Engine) -> None:
    _purge(purger)
    assert _purge(purger, "q") == []
    assert verify(purger, KEY).findings == ()


def test_one_that_was_broken_off_is_taken_up_by_the_next(purger: Engine) -> None:
    class Interrupted(Exception):
        """Ctrl+C after the first chain."""

    def interrupt(_done: int, _all: int) -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        purge(purger, writer_on(purger, LATER, "p"), ORDER, interrupt)
    assert verify(purger, KEY).findings == ()
    assert [one.chain for one in _purge(purger, "q")] == ["b1"]
    assert verify(purger, KEY).findings == ()


def test_heads_from_before_still_fit(purger: Engine) -> None:
    kept = read_heads(KEY, heads(purger, KEY, NEW), "heads")
    _purge(purger)
    assert verify(purger, KEY, kept).findings == ()
    assert verify(purger, KEY, read_heads(KEY, heads(purger, KEY, NEW), "heads")).findings == ()


def test_afterwards_the_database_refuses_again(purger: Engine, engine: Engine) -> None:
    _purge(purger)
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(text("DELETE FROM calls"))


AFTERWARDS = [
    (
        "more is removed than was purged",
        ["DELETE FROM calls WHERE writer = 'a1' AND number = 7"],
        "a1/7: entry 7 is missing",
    ),
    ("the note of it is removed", ["DELETE FROM purges WHERE number = 1"], "a1/2: entries 2 to 3 are missing"),
    (
        "the note is stretched",
        ["UPDATE purges SET body = replace(body, '[5, 6,', '[5, 7,')"],
        "purges p1/1: is no purge of this installation",
    ),
    (
        "what stayed amid what went is changed",
        ["UPDATE switches SET state = 'on'"],
        "switches a1/4: does not fit its link",
    ),
    (
        "what follows what went is changed",
        ["UPDATE calls SET client = 'x' WHERE number = 7"],
        "calls a1/7: does not fit",
    ),
]


@pytest.mark.parametrize(("change", "words"), [case[1:] for case in AFTERWARDS], ids=[case[0] for case in AFTERWARDS])
def test_after_a_purge_it_is_found_when(change: list[str], words: str, purger: Engine, engine: Engine) -> None:
    _purge(purger)
    tamper(engine, change)
    wrong = [str(finding) for finding in verify(engine, KEY).findings]
    assert any(words in finding for finding in wrong), wrong


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_on_postgresql_only_the_purging_role_purges(purger: Engine, engine: Engine, database_url: str) -> None:
    require_purger(purger)
    with pytest.raises(StartError, match="Only the role calcification_purge may purge"):
        require_purger(engine)
    service = open_engine(database_url.replace("postgres:@", "calcification_service:@"), "FULL")
    with pytest.raises(DatabaseError, match="permission denied"), service.begin() as connection:
        connection.execute(text("DELETE FROM calls"))
    # A superuser is a member of the purging role, and is refused all the same.
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(text("DELETE FROM calls"))
    service.dispose()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE calls SET client = 'x'",
        "TRUNCATE calls",
        "DELETE FROM content_versions",
        "DELETE FROM purges",
        "DELETE FROM writers",
        "INSERT INTO calls (writer) VALUES ('x')",
        "ALTER TABLE calls DISABLE TRIGGER ALL",
        "DROP TABLE calls",
    ],
)
def test_on_postgresql_the_purging_role_can_do_nothing_else(statement: str, purger: Engine) -> None:
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), purger.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("purger")
def test_on_postgresql_the_serving_role_serves(database_url: str) -> None:
    from cds_service.audit import tables

    service = open_engine(database_url.replace("postgres:@", "calcification_service:@"), "FULL")
    tables.create(service)
    store = Store(service, writer_on(service, NOON, "s"), lambda: NOON)
    store.append(record_of("s"))
    store.put_content("2", {})
    store.add_feedback(RECORD.service, read_feedback({"feedback": [accepted("card-s")]}, RECORD.client))
    condition_of(store.writer)
    assert verify(service, KEY).findings == ()
    for statement in ("UPDATE calls SET client = 'x'", "INSERT INTO purges (at) VALUES ('x')"):
        with pytest.raises(DatabaseError, match="permission denied"), service.begin() as connection:
            connection.execute(text(statement))
    service.dispose()
