"""Switches: every process sees them within seconds, each setting is on record, and nothing is guessed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, insert, select, text

from cds_service.audit import schema
from cds_service.audit.switchboard import Subject, Switchboard, Wanted
from cds_service.audit.switches import OFF, ON, Kind, Switches
from cds_service.audit.writer import Writer
from cds_service.errors import RecordNotKept, SwitchRefused
from tests.audit.stores import KEY

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
GOUT = frozenset({("rule", "gout")})


@dataclass
class Watch:
    """A stopwatch that tests move."""

    seconds: float = 100

    def __call__(self) -> int:
        return int(self.seconds * 1_000_000_000)


def switches_of(engine: Engine, name: str, watch: Callable[[], int]) -> Switches:
    """The switches as one process has them."""
    return Switches(engine, Writer(engine, KEY, lambda: NOW, lambda: name), lambda: NOW, watch)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def here(engine: Engine, watch: Watch) -> Switches:
    return switches_of(engine, "here", watch)


@pytest.fixture
def elsewhere(engine: Engine, watch: Watch) -> Switches:
    return switches_of(engine, "elsewhere", watch)


def test_another_process_sees_a_switch_after_two_seconds_and_asks_no_sooner(
    here: Switches, elsewhere: Switches, watch: Watch
) -> None:
    assert here.off().subjects == frozenset()
    elsewhere.set(Kind.RULE, "gout", OFF, "editor", "false cards")
    watch.seconds += 1.9
    assert here.off().subjects == frozenset()
    watch.seconds += 0.1
    assert here.off().subjects == GOUT
    elsewhere.set(Kind.RULE, "gout", ON, "editor", "corrected")
    watch.seconds += 2
    assert here.off().subjects == frozenset()


@pytest.mark.parametrize("kind", list(Kind))
def test_what_is_off_is_off_for_its_own_kind_only(here: Switches, kind: Kind) -> None:
    here.set(kind, "same-id", OFF, "editor", "reason")
    assert {each: here.off().of(each) for each in Kind} == {
        each: frozenset({"same-id"} if each is kind else ()) for each in Kind
    }


def test_each_setting_is_on_record_in_the_chain_and_one_that_changes_nothing_is_not(
    here: Switches, engine: Engine
) -> None:
    told = [
        here.set(Kind.RULE, "gout", state, who, reason)
        for state, who, reason in [(ON, "a", "is on"), (OFF, "a", "false cards"), (OFF, "b", "is off"), (ON, "b", "ok")]
    ]
    assert told == [False, True, False, True]
    assert [(one.state, one.who, one.reason, one.at) for one in here.history(10)] == [
        ("on", "b", "ok", "2026-01-01T12:00:00.000Z"),
        ("off", "a", "false cards", "2026-01-01T12:00:00.000Z"),
    ]
    with engine.connect() as connection:
        kept = connection.execute(select(schema.switches.c.writer, schema.switches.c.number)).all()
    assert [tuple(row) for row in kept] == [("here", 1), ("here", 2)]


def test_a_setting_whose_number_is_older_than_one_that_was_seen_is_seen_too(
    here: Switches, engine: Engine, watch: Watch
) -> None:
    """Two transactions may be committed in the other order than their numbers were given out."""
    for number, subject in ((5, "late"), (4, "early")):
        row = {"at": "t", "who": "w", "kind": "rule", "subject": subject, "state": OFF, "reason": "r"}
        with engine.begin() as connection:
            place = {"seq": number, "writer": "x", "number": number, "link": b""}
            connection.execute(insert(schema.switches).values(**row, **place))
        watch.seconds += 2
        assert subject in here.off().of(Kind.RULE)


def test_while_the_database_is_away_what_was_known_stays_and_says_how_old_it_is(
    here: Switches, engine: Engine, watch: Watch
) -> None:
    here.set(Kind.RULE, "gout", OFF, "editor", "reason")
    assert (here.off().subjects, here.off().age_s) == (GOUT, 0)
    _rename(engine, "switches", "away")
    watch.seconds += 4
    assert (here.off().subjects, here.off().age_s) == (GOUT, 0)
    watch.seconds += 3
    assert (here.off().subjects, here.off().age_s) == (GOUT, 7)
    with pytest.raises(RecordNotKept, match="was not set"):
        here.set(Kind.RULE, "gout", ON, "editor", "reason")
    _rename(engine, "away", "switches")
    watch.seconds += 2
    assert (here.off().subjects, here.off().age_s) == (GOUT, 0)


def test_nothing_starts_while_nothing_is_known_of_the_switches(here: Switches, engine: Engine) -> None:
    _rename(engine, "switches", "away")
    with pytest.raises(RecordNotKept, match="cannot be read"):
        here.require_readable()


def _rename(engine: Engine, name: str, to: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {name} RENAME TO {to}"))


BOARD = (
    Subject(Kind.RULE, "sarcoma", "Mass that may be a sarcoma", "active", must_not_miss=True),
    Subject(Kind.RULE, "gout", "Gout", "active"),
    Subject(Kind.CLIENT, "county", "County Hospital"),
)


@pytest.mark.parametrize(
    ("wanted", "complaint"),
    [
        (Wanted("rule", "gouty", OFF, "r"), "No rule has the id 'gouty'. Known are: gout, sarcoma."),
        (Wanted("client", "gout", OFF, "r"), "Known are: county."),
        (Wanted("planet", "gout", OFF, "r"), "Known are: none."),
        (Wanted("rule", "gout", OFF, " \n "), "Give a reason"),
        (Wanted("rule", "gout", OFF, "r" * 501), "at most 500 characters"),
        (Wanted("rule", "gout", "away", "r"), "off or on"),
        (Wanted("rule", "sarcoma", OFF, "r"), "warns nobody. Confirm"),
    ],
)
def test_a_switch_is_refused_with_what_to_do_and_nothing_is_recorded(
    here: Switches, wanted: Wanted, complaint: str
) -> None:
    with pytest.raises(SwitchRefused) as refused:
        Switchboard(here, BOARD).set(wanted, "editor")
    assert complaint in refused.value.diagnostics
    assert here.history(10) == []


def test_a_must_not_miss_rule_is_switched_off_when_that_is_confirmed_and_on_again_without(here: Switches) -> None:
    board = Switchboard(here, BOARD)
    assert board.set(Wanted("rule", "sarcoma", OFF, "  false\nalarms ", confirmed=True), "editor")
    assert [subject.id for subject in board.off()] == ["sarcoma"]
    assert here.history(1)[0].reason == "false alarms"
    assert board.set(Wanted("rule", "sarcoma", ON, "corrected"), "editor")


def test_what_is_off_and_exists_no_more_can_be_switched_on_again(here: Switches) -> None:
    Switchboard(here, BOARD).set(Wanted("rule", "gout", OFF, "r"), "editor")
    later = Switchboard(here, BOARD[:1])
    assert [(one.subject.id, one.off) for one in later.positions()] == [("sarcoma", False), ("gout", True)]
    assert later.set(Wanted("rule", "gout", ON, "gone"), "editor")
    assert [one.subject.id for one in later.positions()] == ["sarcoma"]
