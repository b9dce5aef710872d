"""Every look is on record before anything is shown, and can be found again by person and by call."""

from datetime import UTC, datetime
from itertools import count

import pytest
from sqlalchemy import Engine, text

from cds_service.audit.looks import Looks
from cds_service.audit.writer import Writer
from cds_service.errors import RecordNotKept
from tests.audit.stores import KEY

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
ADA, EVE = "Ada (1 at https://id.example.org)", "Eve_100% (2 at https://id.example.org)"


@pytest.fixture
def looks(engine: Engine) -> Looks:
    ids = count(1)
    kept = Looks(engine, Writer(engine, KEY, lambda: NOW, lambda: f"writer{next(ids)}"), lambda: NOW)
    for who, what, call_id in (
        (ADA, "call page", "call-1"),
        (EVE, "search for calls", ""),
        (ADA, "call page", "call-2"),
        (EVE, "call page", "call-1"),
    ):
        kept.keep(who, what, call_id)
    return kept


def test_the_newest_look_comes_first_as_it_was_kept(looks: Looks) -> None:
    newest = looks.newest(10)
    assert [look.seq for look in newest] == [4, 3, 2, 1]
    assert (newest[2].at, newest[2].who, newest[2].what, newest[2].call_id) == (
        "2026-01-01T12:00:00.000Z",
        EVE,
        "search for calls",
        "",
    )


@pytest.mark.parametrize(
    ("who", "call_id", "found"),
    [
        ("ADA", "", [3, 1]),
        ("(2 at", "", [4, 2]),
        ("", "call-1", [4, 1]),
        ("eve", "call-1", [4]),
        ("100%", "", [4, 2]),
        ("%", "", [4, 2]),
        ("e_1", "", [4, 2]),
        ("a_a", "", []),
        ("", "call", []),
    ],
)
def test_looks_are_found_by_part_of_a_name_and_by_the_whole_call(
    who: str, call_id: str, found: list[int], looks: Looks
) -> None:
    assert [look.seq for look in looks.newest(10, who=who, call_id=call_id)] == found


def test_pages_follow_each_other_without_a_gap_while_looks_are_added(looks: Looks) -> None:
    first = looks.newest(2)
    looks.keep(ADA, "call page", "call-3")
    assert [look.seq for look in looks.newest(2, before=first[-1].seq)] == [2, 1]


def test_a_look_stands_in_the_chain(looks: Looks, engine: Engine) -> None:
    with engine.connect() as connection:
        assert list(connection.scalars(text("SELECT number FROM looks ORDER BY seq"))) == [1, 2, 3, 4]
    assert len(looks.newest(10)) == 4


def test_a_look_that_cannot_be_kept_is_told(looks: Looks, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE looks"))
    with pytest.raises(RecordNotKept, match="nothing is shown"):
        looks.keep(ADA, "call page", "call-1")
