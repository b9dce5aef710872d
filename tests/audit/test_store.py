"""The audit store keeps what it was given, on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Engine, text

from cds_service.audit.condition import condition_of
from cds_service.audit.store import Store
from cds_service.errors import RecordNotKept
from tests.audit.records import RECORD


def test_a_record_comes_back_as_it_was_given(store: Store) -> None:
    store.append(RECORD)
    (found,) = store.find("call-1")
    assert found.record == RECORD


def test_a_call_that_was_never_made_is_not_found(store: Store) -> None:
    assert store.find("call-1") == []


def test_a_repeated_call_is_recorded_each_time_it_comes(store: Store) -> None:
    store.append(RECORD)
    store.append(replace(RECORD, received_at="2026-01-01T12:00:09.000Z"))
    assert [found.record.received_at[-7:] for found in store.find("call-1")] == ["00.000Z", "09.000Z"]


def test_the_first_delivery_gives_its_time_to_every_repeat(store: Store) -> None:
    for second in range(3):
        store.append(replace(RECORD, received_at=f"2026-01-01T12:00:0{second}.000Z"))
    assert store.first_like(RECORD.hook_instance, RECORD.fingerprint, "1") == "2026-01-01T12:00:00.000Z"


@pytest.mark.parametrize(
    ("what", "asked"),
    [
        ("another hookInstance", ("other", RECORD.fingerprint, "1")),
        ("another body", (RECORD.hook_instance, "e" * 64, "1")),
        ("other content", (RECORD.hook_instance, RECORD.fingerprint, "2")),
    ],
)
def test_a_call_is_no_repeat_with(what: str, asked: tuple[str, str, str], store: Store) -> None:
    store.append(RECORD)
    assert store.first_like(*asked) is None, what


def test_a_refused_call_is_no_first_delivery(store: Store) -> None:
    store.append(replace(RECORD, outcome="refused"))
    assert store.first_like(RECORD.hook_instance, RECORD.fingerprint, "1") is None


def test_recent_calls_come_newest_first_and_no_more_than_asked_for(store: Store) -> None:
    for number in range(4):
        store.append(replace(RECORD, call_id=f"call-{number}"))
    assert [found.record.call_id for found in store.recent(3)] == ["call-3", "call-2", "call-1"]


def test_content_comes_back_by_its_version_and_the_first_one_stays(store: Store) -> None:
    store.put_content("1", {"rules": {"a": 1}})
    store.put_content("1", {"rules": {"a": 2}})
    assert store.content("1") == {"rules": {"a": 1}}
    assert store.content("2") is None


def test_a_store_that_can_be_written_says_so_and_leaves_no_trace(store: Store, engine: Engine) -> None:
    condition_of(store.writer)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM cards")) == 0


def test_a_record_that_cannot_be_kept_is_never_taken_for_kept(store: Store, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE cards"))
    with pytest.raises(RecordNotKept, match="answer is withheld"):
        store.append(RECORD)
    assert store.find("call-1") == []


def test_a_body_that_is_no_json_is_not_kept(store: Store) -> None:
    with pytest.raises(RecordNotKept):
        store.append(replace(RECORD, body={"score": float("nan")}))


def test_text_that_no_character_set_holds_is_kept_all_the_same(store: Store) -> None:
    store.append(replace(RECORD, body={"quote": "\ud800 and \x00"}))
    assert store.find("call-1")[0].record.body == {"quote": "\ud800 and \x00"}


def test_calls_that_come_at_the_same_time_are_all_kept(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: store.append(replace(RECORD, call_id=f"call-{number}")), range(40)))
    assert {found.record.call_id for found in store.recent(100)} == {f"call-{number}" for number in range(40)}
