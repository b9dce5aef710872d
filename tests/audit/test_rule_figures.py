"""A rule in use: the figures are what the searches of the console find, and say what was purged since."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, delete

from cds_service.audit import schema
from cds_service.audit.chain import Entry
from cds_service.audit.console.console import Console
from cds_service.audit.console.scope import Scope
from cds_service.audit.console.search import Wanted
from cds_service.audit.index import Index
from cds_service.audit.rule_figures import figures_of_rule
from cds_service.audit.store import Store
from tests.audit.console_data import RULES, SHADOW, keep, records
from tests.audit.stores import writer_on

FIRST, LAST = date(2026, 1, 1), date(2026, 1, 31)


@pytest.fixture
def counted(engine: Engine, store: Store) -> Store:
    """Calls of two months, counted."""
    keep(store, records(80, seed=7), seed=7)
    Index(engine).catch_up(1000)
    return store


@pytest.mark.parametrize("rule", [*RULES, "never fired"])
def test_a_rule_is_counted_as_the_searches_find_it(rule: str, counted: Store, engine: Engine) -> None:
    figures = figures_of_rule(counted.reading, rule, FIRST, LAST)
    assert figures is not None
    with Console(engine).reading(Scope(FIRST, LAST)) as reading:

        def found(**asked: str) -> int:
            return reading.find(Wanted(**asked), None, None, 1).total  # type: ignore[arg-type]  # strings, all of them

        assert figures.calls == found(outcome="card") + found(outcome="silent")
        assert figures.likely == found(rule=rule, tier="likely", shadow="no")
        assert figures.possible == found(rule=rule, tier="possible", shadow="no")
        assert figures.shadow == found(rule=rule, shadow="yes")
        assert figures.shown == found(rule=rule, place="any")
        assert figures.accepted == found(rule=rule, place="any", answer="accepted")
        assert figures.overridden == found(rule=rule, place="any", answer="overridden")
        assert figures.unanswered == found(rule=rule, place="any", answer="none")
    assert (figures.shadow > 0) == (rule == SHADOW)
    assert figures.purged == 0


@pytest.mark.parametrize(("before", "reaches"), [("2026-01-15", True), ("2026-01-01", False)])
def test_the_figures_stay_after_a_purge_and_say_what_is_gone(
    before: str, reaches: bool, counted: Store, engine: Engine
) -> None:
    whole = figures_of_rule(counted.reading, "cppd", FIRST, LAST)
    entries = schema.entries.c
    with writer_on(engine, datetime(2026, 2, 1, tzinfo=UTC), "z").transaction() as transaction:
        transaction.connection.execute(delete(schema.entries).where(entries.received_at < before))
        transaction.add(Entry("purges", {"at": "2026-02-01T00:00:00.000Z", "before": before, "body": "{}"}))
    after = figures_of_rule(counted.reading, "cppd", FIRST, LAST)
    there = figures_of_rule(counted.reading, "cppd", date.fromisoformat(before), LAST)
    assert whole is not None
    assert after is not None
    assert there is not None
    assert (after.calls, after.likely, after.shown) == (whole.calls, whole.likely, whole.shown)
    assert after.purged == (whole.calls - there.calls if reaches else 0)
    assert (after.purged > 0) == reaches
    assert there.purged == 0


def test_before_anything_was_counted_there_are_no_figures(counted: Store) -> None:
    assert figures_of_rule(counted.reading, "cppd", date(2027, 1, 1), date(2027, 2, 1)) is None
