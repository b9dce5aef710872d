"""What the index counts is the record, each record once, whoever writes and whoever counts."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, select

from cds_service.audit import schema
from cds_service.audit.feedback import Feedback
from cds_service.audit.index import Index
from cds_service.audit.record import AuditRecord
from cds_service.audit.store import Store, _call_entry
from cds_service.errors import RecordNotKept
from tests.audit.console_data import keep, records, several_writers
from tests.audit.records import RECORD

NOW = datetime(2026, 2, 1, tzinfo=UTC)


def derived(engine: Engine) -> dict[str, set[tuple[Any, ...]]]:
    """Everything that was worked out, but for how far the chains were read; absences by name."""
    with engine.connect() as connection:
        names = {
            f"{row.id}": (row.kind, row.subject, row.detail) for row in connection.execute(select(schema.absences))
        }
        tables = (schema.entries, schema.fired, schema.marks)
        held: dict[str, Any] = {
            table.name: {tuple(row) for row in connection.execute(select(table))} for table in tables
        }
        for table in (schema.tallies, schema.monthly):
            held[table.name] = {tuple(row) for row in connection.execute(select(table)) if row._mapping["count"]}
        held["lacking"] = {
            (row.call_seq, *sorted(names[number] for number in row.absences.strip(",").split(",")))
            for row in connection.execute(select(schema.lacking))
        }
        return held


def counted(engine: Engine, kind: str) -> Counter[tuple[str, str]]:
    with engine.connect() as connection:
        found: Counter[tuple[str, str]] = Counter()
        for row in connection.execute(select(schema.tallies).where(schema.tallies.c.kind == kind)):
            found[row.subject, row.detail] += row._mapping["count"]
        return found


def test_every_record_is_counted_once_however_small_the_steps(engine: Engine, store: Store) -> None:
    calls = records(60, seed=1)
    keep(store, calls)
    index = Index(engine)
    while index.catch_up(7):
        pass
    distinct = {call.call_id: call.outcome for call in calls}
    outcomes = counted(engine, "call")
    assert {outcome: count for (outcome, _), count in outcomes.items()} == Counter(distinct.values())
    assert counted(engine, "repeat") == {("", ""): len(calls) - len(distinct)}
    assert index.waiting() == 0


def test_working_it_out_again_gives_the_same(engine: Engine) -> None:
    stores = several_writers(engine, NOW)
    index = Index(engine)
    for number, writing in enumerate(stores):
        keep(writing, records(25, seed=number), seed=number)
        index.catch_up(10_000)
    before = derived(engine)
    index.forget()
    assert derived(engine)["entries"] == set()
    index.catch_up(10_000)
    assert derived(engine) == before


def test_processes_that_count_at_the_same_time_count_nothing_twice(engine: Engine, store: Store) -> None:
    calls = records(120, seed=2)
    keep(store, calls)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: [Index(engine).catch_up(30) for _ in range(10)], range(4)))
    Index(engine).catch_up(10_000)
    at_once = derived(engine)
    Index(engine).forget()
    Index(engine).catch_up(10_000)
    assert derived(engine) == at_once
    assert sum(counted(engine, "call").values()) == len({call.call_id for call in calls})


def test_who_finds_another_process_counting_goes_on_without(engine: Engine, store: Store) -> None:
    keep(store, records(5, seed=6))
    with Index(engine)._alone():
        assert Index(engine).catch_up(100) == 0
        assert Index(engine).waiting() > 0
        with pytest.raises(RecordNotKept, match="Try again"):
            Index(engine).forget()
    assert Index(engine).catch_up(100) > 0


# SQLite has one transaction at a time that writes, so none commits late.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_transaction_that_commits_late_is_counted_when_it_does(engine: Engine) -> None:
    late, other, _ = several_writers(engine, NOW)
    with late.writer.transaction() as transaction:
        transaction.add(_call_entry(records(1, seed=3)[0], None))
        keep(other, records(5, seed=4))
        index = Index(engine)
        index.catch_up(1000)
        seen = {row[0] for row in derived(engine)["entries"]}
    index.catch_up(1000)
    now = {row[0] for row in derived(engine)["entries"]}
    assert len(now - seen) == 1
    assert min(now - seen) < max(seen), "the late one has the lower number, or the test shows nothing"


@pytest.mark.parametrize(
    ("said", "answer", "reasons"),
    [
        ((), "", {}),
        (("accepted",), "accepted", {}),
        (("overridden:need-more-info",), "overridden", {"need-more-info": 1}),
        (("overridden:need-more-info", "overridden:need-more-info"), "overridden", {"need-more-info": 1}),
        (("overridden:", "accepted"), "accepted", {"no reason given": 1}),
        (("accepted", "overridden:disagree"), "accepted", {"disagree": 1}),
    ],
)
def test_several_answers_to_one_call_count_as_one(
    said: tuple[str, ...], answer: str, reasons: dict[str, int], engine: Engine, store: Store
) -> None:
    body = {
        "cards": [{"uuid": "card-1"}],
        "reports": [
            {
                "ranked": ["tumoral-calcinosis", "cppd"],
                "outcomes": [
                    {"rule": "tumoral-calcinosis@1", "tier": "likely"},
                    {"rule": "cppd@1", "tier": "possible"},
                ],
            }
        ],
    }
    store.append(_record(body))
    for number, one in enumerate(said):
        outcome, _, code = one.partition(":")
        at = f"2026-01-01T12:00:0{number}Z"
        store.add_feedback(RECORD.service, [Feedback("card-1", outcome, at, (), ("", code, ""), "", RECORD.client)])
        Index(engine).catch_up(1)
    Index(engine).catch_up(100)
    expected = Counter({("cppd", answer): 1, ("tumoral-calcinosis", answer): 1} if answer else {})
    assert +counted(engine, "answered") == expected
    assert +counted(engine, "answered first") == Counter({key: 1 for key in expected if key[0] == "tumoral-calcinosis"})
    assert +counted(engine, "answer") == Counter({(answer, ""): 1} if answer else {})
    assert {code: n for (rule, code), n in counted(engine, "reason").items() if not rule} == reasons


def _record(body: dict[str, Any]) -> AuditRecord:
    return replace(RECORD, body=body)


def test_the_record_itself_is_not_touched(engine: Engine, store: Store) -> None:
    keep(store, records(10, seed=5))

    def kept() -> list[Any]:
        with engine.connect() as connection:
            return [tuple(row) for table in schema.CHAINED for row in connection.execute(select(table))]

    before = kept()
    Index(engine).catch_up(1000)
    Index(engine).forget()
    assert kept() == before


@pytest.mark.parametrize("words", ["\ud800", "nul\0", "9" * 400, "\u202eright to left"], ids=ascii)
def test_whatever_a_client_wrote_is_counted_and_holds_nothing_up(words: str, engine: Engine, store: Store) -> None:
    """Half a character or a NUL, which a database refuses, in a report's id, a reason for silence, and an override."""
    report = {"id": words, "status": "final", "ranked": [], "outcomes": [], "silent": f"because of {words}"}
    shown = {**RECORD.body, "reports": [report]}
    store.append(replace(RECORD, outcome="silent", call_id="call-0", body={"cards": [], "reports": [report]}))
    store.append(replace(RECORD, body=shown))
    reason = ("urn:client", words, words)
    store.add_feedback(
        RECORD.service, [Feedback("card-1", "overridden", "2026-01-01T12:00:00Z", (), reason, words, RECORD.client)]
    )
    index = Index(engine)
    while index.catch_up(10):
        pass
    assert counted(engine, "call") == {("card", ""): 1, ("silent", ""): 1}
    with engine.connect() as connection:
        kinds = Counter(connection.scalars(select(schema.marks.c.kind)))
    assert (kinds["silent"], kinds["reason"]) == (1, 1)
