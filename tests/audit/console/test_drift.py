"""A rule that leaves its limits is marked, with the change nearest to it, on both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from cds_service.audit.chain import Entry
from cds_service.audit.console.changes import Change, nearest
from cds_service.audit.console.console import Console
from cds_service.audit.console.scope import Scope
from cds_service.audit.index import Index
from cds_service.audit.record import timestamp
from cds_service.audit.store import Store
from tests.audit.records import RECORD

MONDAY = datetime(2026, 1, 5, 12, tzinfo=UTC)
WEEKS, CALLS = 12, 20
LAST = MONDAY + timedelta(weeks=WEEKS - 1)
SCOPE = Scope(date(2026, 3, 23), date(2026, 3, 29))


def _keep_weeks(store: Store, *, fired_last: int, version_last: str = "1", client_last: str = "county") -> None:
    """Twelve weeks of calls; a rule fires in five of twenty, but in the last week."""
    for week in range(WEEKS):
        last = week == WEEKS - 1
        for number in range(CALLS):
            fires = number < (fired_last if last else 5)
            outcomes = [{"rule": "cppd@1", "tier": "possible" if fires else "no entry"}]
            at = MONDAY + timedelta(weeks=week, minutes=number)
            store.append(
                replace(
                    RECORD,
                    call_id=f"call-{week}-{number}",
                    received_at=timestamp(at),
                    content_version=version_last if last else "1",
                    client=client_last if last else "county",
                    body={"cards": [], "reports": [{"outcomes": outcomes, "ranked": ["cppd"] if fires else []}]},
                )
            )


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, []),
        ({"version_last": "2"}, [("content", "2", "first used")]),
        ({"client_last": "newcomer"}, [("client", "newcomer", "first call")]),
        (
            {"version_last": "2", "client_last": "newcomer"},
            [("client", "newcomer", "first call"), ("content", "2", "first used")],
        ),
    ],
)
def test_the_week_is_marked_and_the_change_named(
    changed: dict[str, str], told: list[tuple[str, str, str]], engine: Engine, store: Store
) -> None:
    _keep_weeks(store, fired_last=17, **changed)
    Index(engine).catch_up(1000)
    with Console(engine).reading(SCOPE) as reading:
        weeks = reading.rule_weeks(rule="cppd")["cppd"]
    assert [week.starts for week in weeks if week.outside] == [date(2026, 3, 23)]
    assert weeks[-1].week == (CALLS, 17)
    assert [change[1:] for change in weeks[-1].changes] == told


def test_a_week_like_the_others_is_not_marked(engine: Engine, store: Store) -> None:
    _keep_weeks(store, fired_last=6, version_last="2")
    Index(engine).catch_up(1000)
    with Console(engine).reading(SCOPE) as reading:
        weeks = reading.rule_weeks()["cppd"]
    assert not any(week.outside or week.changes for week in weeks)
    assert sum(1 for week in weeks if week.judged is not None) == WEEKS - 8


def test_a_switch_is_a_change(engine: Engine, store: Store) -> None:
    values = {"at": timestamp(LAST), "who": "x", "kind": "rule", "subject": "cppd", "state": "off", "reason": "y"}
    with store.writer.transaction() as transaction:
        transaction.add(Entry("switches", values))
    with Console(engine).reading(SCOPE) as reading:
        assert reading.changes() == [Change("2026-03-23", "rule", "cppd", "switched off")]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([], []),
        (["2026-01-04"], ["2026-01-04"]),
        (["2026-01-01", "2026-01-06"], ["2026-01-06"]),
        (["2026-01-06", "2026-01-06"], ["2026-01-06", "2026-01-06"]),
        (["2025-12-01", "2026-01-20"], []),
        (["2025-12-22", "2026-01-11"], ["2026-01-11"]),
    ],
)
def test_the_nearest_change_is_one_of_the_time_that_was_looked_at(days: list[str], expected: list[str]) -> None:
    known = [Change(day, "content", f"{place}", "first used") for place, day in enumerate(days)]
    found = nearest(known, "2026-01-05", "2025-12-22", "2026-01-11")
    assert [change.day for change in found] == expected
