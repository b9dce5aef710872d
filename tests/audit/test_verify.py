"""Whatever an owner of the tables does to the record, verification names it; what is as it was written verifies."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, text

from cds_service.audit import chain, tables
from cds_service.audit.chain import Place, link_over
from cds_service.audit.engine import open_engine
from cds_service.audit.verify import verify
from tests.audit.chains import record_of, tamper, write_two_chains
from tests.audit.schema_1 import fill_schema_1, make_schema_1
from tests.audit.stores import KEY, store_on
from tests.conftest import NOON

NOW = "2026-01-01T12:00:00.000Z"
OTHER_KEY = b"k" * 32
A, B = "writer = 'a1' AND number", "writer = 'b1' AND number"


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """The engine of a database with two interleaved chains."""
    write_two_chains(engine)
    return engine


def found(engine: Engine, key: bytes = KEY) -> list[str]:
    return [str(finding) for finding in verify(engine, key).findings]


def test_a_record_as_it_was_written_verifies(engine: Engine) -> None:
    verified = verify(engine, KEY)
    assert (verified.entries, verified.chains, verified.findings) == (14, 2, ())


def test_two_processes_at_once_come_to_the_same(engine: Engine) -> None:
    tamper(engine, [f"UPDATE calls SET outcome = 'silent' WHERE {A} = 5"])
    store = store_on(engine, NOON, "c")
    for number in range(5200):
        store.append(record_of(str(number)))
    one, two = verify(engine, KEY), verify(engine, KEY, processes=2)
    assert one == replace(two)
    assert [str(finding)[:10] for finding in two.findings] == ["calls a1/5"]


def test_an_empty_record_verifies(database_url: str) -> None:
    opened = open_engine(database_url, "FULL")
    tables.create(opened)
    assert verify(opened, KEY).entries == 0
    assert found(opened) == []
    opened.dispose()


CHANGED = "does not fit its link: it was changed after it was written"
PLACES = {"writers": 0, "content_versions": 1, "calls": 4, "feedback": 3, "looks": 6, "switches": 7}
NUMBERS, BYTES = {"cards", "duration_us", "call_seq"}, {"body", "texts"}


@pytest.mark.parametrize("table", PLACES)
def test_a_change_of_any_column_is_found(table: str, engine: Engine) -> None:
    where = f"WHERE {A} = {PLACES[table]}"
    for column in chain.COLUMNS[table]:
        with engine.connect() as connection:
            was = connection.scalar(text(f"SELECT {column} FROM {table} {where}"))
        new = 77 if column in NUMBERS else b"other" if column in BYTES else "other"
        tamper(engine, [f"UPDATE {table} SET {column} = :value {where}"], value=new)
        assert f"{table} a1/{PLACES[table]}: {CHANGED}, or this installation never wrote it" in found(engine), column
        tamper(engine, [f"UPDATE {table} SET {column} = :value {where}"], value=was)
    assert found(engine) == []


def test_a_change_of_testimony_is_found(engine: Engine) -> None:
    tamper(engine, ["UPDATE witnesses SET witnessed = '{}'"])
    assert found(engine) == [f"witnesses b1/4: {CHANGED}, or this installation never wrote it"]


MOVED = "was written as entry"
TAMPERING = [
    ("a call is removed", [f"DELETE FROM calls WHERE {A} = 5"], "a1/5: entry 5 is missing"),
    ("several are removed", [f"DELETE FROM calls WHERE {A} IN (4, 5)"], "a1/4: entries 4 to 5 are missing"),
    (
        "the first entry is removed",
        [f"DELETE FROM writers WHERE {A} = 0"],
        "entry 0 is missing, the first of the chain",
    ),
    (
        "the end of a chain is cut off",
        [f"DELETE FROM calls WHERE {A} = 8", f"DELETE FROM switches WHERE {A} = 7"],
        "the chain is cut off: it ends at entry 6, and entry 4 of chain b1 says that it had come to 8",
    ),
    (
        "a whole chain is removed",
        [
            f"DELETE FROM {table} WHERE writer = 'a1'"
            for table in ("writers", "content_versions", "calls", "feedback", "looks", "switches")
        ],
        "the whole chain is gone: entry 4 of chain b1 says that it had come to entry 8",
    ),
    (
        "two entries change places",
        [
            f"UPDATE calls SET number = -1 WHERE {A} = 4",
            f"UPDATE calls SET number = 4 WHERE {A} = 5",
            f"UPDATE calls SET number = 5 WHERE {A} = -1",
        ],
        "calls a1/4: was written as entry 5 of chain a1, and was moved here",
    ),
    (
        "a row goes to the end of another writer's chain",
        [f"UPDATE calls SET writer = 'b1', number = 5 WHERE {A} = 5"],
        "calls b1/5: was written as entry 5 of chain a1, and was moved here",
    ),
    (
        "a whole chain is given to another writer",
        [f"UPDATE {table} SET writer = 'x1' WHERE writer = 'b1'" for table in ("writers", "calls", "witnesses")],
        f"calls x1/2: {CHANGED}",
    ),
    ("a link is changed", [f"UPDATE calls SET link = :link WHERE {A} = 4"], "calls a1/4: its link was changed"),
    ("the last link is changed", [f"UPDATE calls SET link = :link WHERE {A} = 8"], f"calls a1/8: {CHANGED}"),
    (
        "a place is taken twice",
        ["INSERT INTO looks (writer, number, link, at, who, what, call_id) VALUES ('a1', 4, :link, '', '', '', '')"],
        "looks a1/4: stands at a place that a row of calls has",
    ),
    (
        "an entry is added with a link of somebody else",
        ["INSERT INTO looks (writer, number, link, at, who, what, call_id) VALUES ('a1', 9, :link, '', '', '', '')"],
        f"looks a1/9: {CHANGED}, or this installation never wrote it",
    ),
    (
        "an entry is added under a number of its own",
        ["INSERT INTO looks (writer, number, link, at, who, what, call_id) VALUES ('a1', 12, :link, '', '', '', '')"],
        "a1/9: entries 9 to 11 are missing",
    ),
    (
        "a chain is made up",
        ["INSERT INTO looks (writer, number, link, at, who, what, call_id) VALUES ('z', 0, :link, '', '', '', '')"],
        f"looks z/0: {CHANGED}",
    ),
    (
        "a card is added",
        [f"INSERT INTO cards (card_uuid, call_seq) SELECT 'new', seq FROM calls WHERE {A} = 4"],
        "calls a1/4: its rows in cards were changed, added, removed",
    ),
    (
        "a card is removed",
        ["DELETE FROM cards WHERE card_uuid = 'card-b'"],
        "calls a1/4: its rows in cards were changed, added, removed",
    ),
    (
        "a card is changed",
        ["UPDATE cards SET card_uuid = 'other' WHERE card_uuid = 'card-b'"],
        "calls a1/4: its rows in cards were changed, added, removed",
    ),
    (
        "what a reader was told is removed",
        ["DELETE FROM answered WHERE digest = 'b-2'"],
        "calls a1/4: its rows in answered were changed, added, removed",
    ),
    (
        "what a reader was told is given to another",
        ["UPDATE answered SET reader = 'other' WHERE digest = 'b-2'"],
        "calls a1/4: its rows in answered were changed, added, removed",
    ),
    (
        "cards and what was told are given to another call",
        [f"UPDATE {table} SET call_seq = 1 WHERE call_seq = 3" for table in ("cards", "answered")],
        "calls a1/4: its rows in cards and answered were changed, added, removed",
    ),
    (
        "a card belongs to no call",
        ["INSERT INTO cards (card_uuid, call_seq) VALUES ('lost', 99)"],
        "belongs to call 99, which is not there",
    ),
    (
        "calls are numbered anew",
        [
            *(f"UPDATE {table} SET {column} = -1 WHERE {column} = 1" for table, column in (("calls", "seq"),)),
            "UPDATE calls SET seq = 1 WHERE seq = 3",
            "UPDATE calls SET seq = 3 WHERE seq = -1",
            *(
                f"UPDATE {table} SET call_seq = 4 - call_seq WHERE call_seq IN (1, 3)"
                for table in ("cards", "answered")
            ),
        ],
        "feedback a1/3: names a call that did not send its card: rows were numbered anew",
    ),
    (
        "rows are put in another order",
        [
            "UPDATE calls SET seq = 99 WHERE seq = 1",
            "UPDATE cards SET call_seq = 99 WHERE call_seq = 1",
            "UPDATE answered SET call_seq = 99 WHERE call_seq = 1",
        ],
        "calls a1/4: its seq is lower than that of an earlier entry",
    ),
    (
        "a purge is made up",
        [
            f"DELETE FROM calls WHERE {A} = 5",
            "INSERT INTO purges (writer, number, link, at, \"before\", body) VALUES ('z', 0, :link, '', '', "
            '\'{"chain": "a1", "runs": [[5, 5, "00"]], "rows": {}, "by": "", "signature": "00"}\')',
        ],
        "purges z/0: is no purge of this installation",
    ),
]


@pytest.mark.parametrize(("statements", "words"), [case[1:] for case in TAMPERING], ids=[case[0] for case in TAMPERING])
def test_tampering_is_found_when(statements: list[str], words: str, engine: Engine) -> None:
    tamper(engine, statements, link=b"l" * 32)
    assert any(words in finding for finding in found(engine)), found(engine)


def test_what_was_not_touched_is_not_accused(engine: Engine) -> None:
    tamper(engine, next(statements for what, statements, _ in TAMPERING if what == "two entries change places"))
    assert {finding.partition(":")[0] for finding in found(engine)} == {"calls a1/4", "calls a1/5"}


def test_a_purge_that_is_made_up_excuses_nothing(engine: Engine) -> None:
    tamper(engine, next(statements for what, statements, _ in TAMPERING if what == "a purge is made up"), link=b"")
    assert any("a1/5: entry 5 is missing and no purge took it" in finding for finding in found(engine))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (f"UPDATE calls SET cards = 1.5 WHERE {A} = 4", f"calls a1/4: {CHANGED}"),
        (f"UPDATE calls SET service = CAST(x'ff' AS TEXT) WHERE {A} = 4", f"calls a1/4: {CHANGED}"),
        (f"UPDATE calls SET service = CAST(service AS BLOB) WHERE {A} = 4", f"calls a1/4: {CHANGED}"),
        (f"UPDATE calls SET number = 'four' WHERE {A} = 4", "calls row 3: its writer is no text or its number is none"),
        (f"UPDATE calls SET writer = x'6131' WHERE {A} = 4", "calls row 3: its writer is no text"),
    ],
)
def test_sqlite_takes_values_of_any_kind_and_none_passes(change: str, words: str, engine: Engine) -> None:
    tamper(engine, [change])
    assert any(words in finding for finding in found(engine)), found(engine)


def test_everything_made_anew_with_another_key_does_not_verify(engine: Engine) -> None:
    (finding,) = found(engine, OTHER_KEY)
    assert "no entry fits its link: this is not the audit key" in finding
    assert "CALCIFICATION_CDS_AUDIT_KEY_FILE" in finding


def test_an_entry_made_with_another_key_is_found(engine: Engine) -> None:
    values = (NOW, "me", "call", "call-1")
    link = link_over(OTHER_KEY, b"", Place("looks", "a1", 9), values, ())
    insert = "INSERT INTO looks (writer, number, link, at, who, what, call_id)"
    tamper(engine, [f"{insert} VALUES ('a1', 9, :link, '{NOW}', 'me', 'call', 'call-1')"], link=link)
    assert found(engine) == [f"looks a1/9: {CHANGED}, or this installation never wrote it"]


def test_what_is_worked_out_from_the_record_is_no_evidence(engine: Engine) -> None:
    tamper(engine, ["INSERT INTO indexed (writer, read_from, number) VALUES ('a1', 'calls', 99)"])
    assert found(engine) == []


def test_a_migrated_record_verifies_and_a_change_of_an_old_row_is_found(database_url: str) -> None:
    opened = open_engine(database_url, "FULL")
    make_schema_1(opened)
    fill_schema_1(opened, 3)
    tables.migrate(opened, KEY, NOW)
    store_on(opened, NOON).append(record_of("new"))
    assert found(opened) == []
    tamper(opened, ["UPDATE calls SET client = 'other' WHERE call_id = 'call-2'", "DELETE FROM feedback WHERE seq = 1"])
    assert [finding.partition(": ")[0] for finding in found(opened)] == ["calls before/2", "before/4"]
    opened.dispose()
