"""A token counts once, also while the database is away: on the machine where it was used."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from cds_service.audit.outage import Outage
from cds_service.audit.seen_tokens import SeenTokens
from cds_service.audit.token_memory import TokenMemory, open_here
from cds_service.errors import DatabaseAway, RecordNotKept
from tests.audit.absence import Absence
from tests.audit.stores import hurrying
from tests.conftest import NOON

ISSUER, UNTIL = "https://ehr.example.org", NOON + timedelta(minutes=6)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Engine]:
    engine = open_here(tmp_path)
    yield engine
    engine.dispose()


@pytest.fixture
def memory(engine: Engine, here: Engine) -> TokenMemory:
    there = SeenTokens(engine, lambda: NOON, Outage(hurrying))
    return TokenMemory(there, SeenTokens(here, lambda: NOON, Outage(hurrying)))


def first_uses(memory: TokenMemory, *tokens: str) -> list[bool]:
    return [memory.first_use(ISSUER, token, UNTIL) for token in tokens]


def forget_everything(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE seen_tokens"))


def test_a_token_is_new_once_while_the_database_is_away(memory: TokenMemory, absence: Absence) -> None:
    absence.begin()
    assert first_uses(memory, "a", "b", "a") == [True, True, False]
    absence.end()


def test_what_was_used_before_an_absence_stays_used_in_it(memory: TokenMemory, absence: Absence) -> None:
    assert first_uses(memory, "a") == [True]
    absence.begin()
    assert first_uses(memory, "a") == [False]
    absence.end()


def test_what_was_used_in_an_absence_stays_used_after_it(memory: TokenMemory, absence: Absence) -> None:
    absence.begin()
    assert first_uses(memory, "a") == [True]
    absence.end()
    assert first_uses(memory, "a") == [False]


def test_what_another_machine_saw_is_known_through_the_database(engine: Engine, memory: TokenMemory) -> None:
    SeenTokens(engine, lambda: NOON).first_use(ISSUER, "a", UNTIL)
    assert first_uses(memory, "a", "b") == [False, True]


def test_without_a_memory_here_the_database_decides(memory: TokenMemory, here: Engine) -> None:
    forget_everything(here)
    assert first_uses(memory, "a", "a") == [True, False]


def test_when_nobody_can_remember_nobody_is_let_in(memory: TokenMemory, here: Engine, absence: Absence) -> None:
    forget_everything(here)
    absence.begin()
    with pytest.raises(DatabaseAway):
        first_uses(memory, "a")
    absence.end()


def test_a_database_that_refuses_is_not_away(memory: TokenMemory, engine: Engine) -> None:
    forget_everything(engine)
    with pytest.raises(RecordNotKept):
        first_uses(memory, "a")
