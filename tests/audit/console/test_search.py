"""Whatever is tallied can be found: a search counts what the tally counts, on both databases."""

from collections import Counter
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select

from cds_service.audit import schema, tally, traits
from cds_service.audit.console.console import Console, Reading
from cds_service.audit.console.scope import Scope
from cds_service.audit.console.search import Position, Wanted
from cds_service.audit.store import Store
from tests.audit.console_data import CLIENTS, SERVICES, keep, records

ALL = Scope(date(2025, 12, 1), date(2026, 1, 31))
SCOPES = [
    ALL,
    Scope(date(2026, 1, 5), date(2026, 1, 20)),
    Scope(date(2026, 1, 5), date(2026, 1, 20), client=CLIENTS[1]),
    Scope(date(2025, 12, 1), date(2026, 1, 31), SERVICES[0], CLIENTS[0]),
]


def _wanted(kind: str, subject: str, detail: str) -> tuple[Wanted, tuple[str, str, str] | None] | None:
    """How the pages ask for what a tally counts; None for the latency, which no page links."""
    first, any_place = {"rule": subject, "place": "first"}, {"rule": subject, "place": "any"}
    told: dict[str, Wanted] = {
        tally.CALL: Wanted(outcome=subject),
        tally.RULE: Wanted(rule=subject, tier=detail, shadow="no"),
        tally.SHADOW: Wanted(rule=subject, tier=detail, shadow="yes"),
        tally.TOLD_FIRST: Wanted(**first),  # type: ignore[arg-type]  # strings, all of them
        tally.TOLD: Wanted(**any_place),  # type: ignore[arg-type]  # see above
        tally.ANSWER: Wanted(answer=subject),
        tally.ANSWERED_FIRST: Wanted(**first, answer=detail),  # type: ignore[arg-type]  # see above
        tally.ANSWERED: Wanted(**any_place, answer=detail),  # type: ignore[arg-type]  # see above
        tally.REASON_FIRST: Wanted(**first, marks=((traits.REASON, detail),)),  # type: ignore[arg-type]  # see above
        traits.REASON: Wanted(rule=subject, place="any" if subject else "", marks=((traits.REASON, detail),)),
        traits.REPEAT: Wanted(repeats="yes"),
    }
    if kind in (traits.LAB, traits.CHART):
        return Wanted(), (kind, subject, detail)
    if kind == tally.LATENCY:
        return None
    return told.get(kind, Wanted(marks=((kind, subject),))), None


@pytest.mark.parametrize("scope", SCOPES, ids=["all", "some days", "one client", "one client and service"])
def test_a_search_finds_as_many_calls_as_are_counted(scope: Scope, counted: Engine) -> None:
    with counted.connect() as connection:
        counts = _counts(connection, scope)
    assert len({kind for kind, _, _ in counts}) > 12
    with Console(counted).reading(scope) as reading:
        found = {key: _total(reading, key) for key in counts if _wanted(*key) is not None}
    assert {key: (counts[key], total) for key, total in found.items() if counts[key] != total} == {}


def _total(reading: Reading, key: tuple[str, str, str]) -> int:
    asked = _wanted(*key)
    assert asked is not None
    return reading.find(*asked, None, 10).total


def _counts(connection: Connection, scope: Scope) -> Counter[tuple[str, str, str]]:
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in connection.execute(select(schema.tallies)).mappings():
        if scope.since.isoformat() <= row["day"] <= scope.until.isoformat() and all(
            getattr(scope, name) in ("", row[name]) for name in ("service", "client")
        ):
            counts[row["kind"], row["subject"], row["detail"]] += row["count"]
    return counts


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        (Wanted(answer="none"), lambda row: row.outcome == "card" and row.answer == ""),
        (Wanted(etiology="cppd"), lambda row: row.leading_etiology == "cppd"),
        (Wanted(tier="likely"), lambda row: row.tier == "likely"),
        (Wanted(patient="patient-3"), lambda row: row.patient_key == "patient-3"),
        (Wanted(etiology="cppd", answer="accepted"), lambda row: row.leading_etiology == "cppd"),
        (Wanted(version="2", outcome="silent"), lambda row: row.content_version == "2" and row.outcome == "silent"),
        (Wanted(etiology="cppd", outcome="card", version="1"), lambda row: row.leading_etiology == "cppd"),
    ],
)
def test_every_call_that_is_found_is_one_that_was_wanted(wanted: Wanted, holds: Any, counted: Engine) -> None:
    with Console(counted).reading(ALL) as reading:
        found = reading.find(wanted, None, None, 1000)
    with counted.connect() as connection:
        kept = connection.execute(select(schema.entries).where(schema.entries.c.repeated.is_(False))).all()
    assert 0 < found.total == len(found.calls)
    assert all(holds(row) for row in found.calls)
    only = [name for name in ("answer", "etiology", "tier", "version", "outcome", "patient") if getattr(wanted, name)]
    if len(only) == 1:
        assert found.total == sum(1 for row in kept if holds(row))


@pytest.mark.parametrize(
    "wanted", [Wanted(), Wanted(rule="cppd"), Wanted(outcome="card"), Wanted(marks=(("alarm", "fop-pattern"),))]
)
def test_pages_add_up_to_the_whole_in_order(wanted: Wanted, counted: Engine) -> None:
    with Console(counted).reading(ALL) as reading:
        whole = reading.find(wanted, None, None, 1000)
        at: Position | None = None
        rows: list[Any] = []
        while True:
            part = reading.find(wanted, None, at, 7)
            rows += part.calls
            at = part.next
            if at is None:
                break
    assert rows == list(whole.calls)
    assert [row.received_at for row in rows] == sorted((row.received_at for row in rows), reverse=True)


def test_a_lab_can_be_asked_for_without_a_reason(counted: Engine) -> None:
    with Console(counted).reading(ALL) as reading:
        whole = reading.find(Wanted(), ("lab", "phosphate", ""), None, 10).total
        parts = [
            reading.find(Wanted(), ("lab", "phosphate", why), None, 10).total
            for why in ("none on file", "not provided")
        ]
        assert reading.find(Wanted(), ("lab", "unheard of", ""), None, 10).total == 0
    assert max(parts) < whole


def test_calls_that_come_in_do_not_move_a_page(engine: Engine, store: Store) -> None:
    calls = sorted(records(30, seed=9), key=lambda call: call.received_at)
    keep(store, calls[:25], seed=9)
    console = Console(engine)
    console.count_up(1000)
    with console.reading(ALL) as reading:
        first = reading.find(Wanted(), None, None, 5)
        second = reading.find(Wanted(), None, first.next, 5)
    for call in calls[25:]:
        store.append(call)
    console.count_up(1000)
    with console.reading(ALL) as reading:
        again = reading.find(Wanted(), None, first.next, 5)
    assert [row.call_seq for row in again.calls] == [row.call_seq for row in second.calls]
