"""A rule in use, counted from the index over the record."""

from collections.abc import Iterable
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from cds_service.audit import schema
from cds_service.audit.rule_figures import RuleFigures, figures_of_rule
from cds_service.audit.store import Store

SINCE = "2026-01-01T00:00:00.000Z"
ENTRY = {
    "service": "s",
    "client": "c",
    "patient_key": "k",
    "content_version": "1",
    "leading_etiology": "cppd",
    "tier": "likely",
    "duration_us": 1,
}


def _keep(engine: Engine, calls: Iterable[tuple[str, str, str, str]]) -> None:
    """Entries of (call id, day, outcome, answer), numbered from 1."""
    rows: list[dict[str, Any]] = [
        {
            **ENTRY,
            "call_seq": seq,
            "call_id": call,
            "received_at": f"{day}T12:00:00.000Z",
            "outcome": outcome,
            "answer": answer,
            "repeated": False,
        }
        for seq, (call, day, outcome, answer) in enumerate(calls, start=1)
    ]
    with engine.begin() as connection:
        connection.execute(insert(schema.entries), rows)


def _fire(engine: Engine, fired: Iterable[tuple[str, str, int, str, bool]]) -> None:
    """Rules that fired, each as (rule, tier, number of the entry, day, shadow)."""
    rows = [
        {
            "rule": rule,
            "tier": tier,
            "call_seq": seq,
            "received_at": f"{day}T12:00:00.000Z",
            "shadow": shadow,
            "place": "",
        }
        for rule, tier, seq, day, shadow in fired
    ]
    with engine.begin() as connection:
        connection.execute(insert(schema.fired), rows)


@pytest.fixture
def filled(engine: Engine, store: Store) -> Store:
    """Six answered calls, one of them delivered twice, a refused one, and one of last year."""
    _keep(
        engine,
        [
            ("a", "2026-01-02", "card", "accepted"),
            ("b", "2026-01-03", "card", "overridden"),
            ("b", "2026-01-03", "card", ""),
            ("c", "2026-01-04", "card", ""),
            ("d", "2026-01-05", "silent", ""),
            ("e", "2026-01-06", "card", "accepted"),
            ("f", "2026-01-07", "silent", ""),
            ("g", "2026-01-07", "refused", ""),
            ("h", "2025-12-31", "card", "accepted"),
        ],
    )
    _fire(
        engine,
        [
            ("cppd", "likely", 1, "2026-01-02", False),
            ("cppd", "possible", 2, "2026-01-03", False),
            ("cppd", "possible", 3, "2026-01-03", False),
            ("cppd", "likely", 4, "2026-01-04", False),
            ("cppd", "possible", 5, "2026-01-05", False),
            ("cppd", "likely", 6, "2026-01-06", True),
            ("lipoma", "possible", 6, "2026-01-06", False),
            ("cppd", "likely", 9, "2025-12-31", False),
        ],
    )
    return store


@pytest.mark.parametrize(
    ("rule", "figures"),
    [
        ("cppd", RuleFigures(6, 2, 2, 1, 3, 1, 1, 1, SINCE)),
        ("lipoma", RuleFigures(6, 0, 1, 0, 1, 1, 0, 0, SINCE)),
        ("scleroderma", RuleFigures(6, 0, 0, 0, 0, 0, 0, 0, SINCE)),
    ],
)
def test_a_rule_is_counted(rule: str, figures: RuleFigures, filled: Store) -> None:
    assert figures_of_rule(filled.reading, rule, SINCE) == figures


def test_before_anything_was_counted_there_are_no_figures(filled: Store) -> None:
    assert figures_of_rule(filled.reading, "cppd", "2027-01-01T00:00:00.000Z") is None
