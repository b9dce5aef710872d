"""A token is used once: whichever process asks, on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select, text

from cds_service.audit import schema, tables
from cds_service.audit.engine import open_engine
from cds_service.audit.seen_tokens import SeenTokens
from cds_service.errors import RecordNotKept
from tests.conftest import NOON

ISSUER, UNTIL = "https://ehr.example.org", NOON + timedelta(minutes=6)


def _held(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(schema.seen_tokens)) or 0


def test_a_token_is_new_once(engine: Engine) -> None:
    seen = SeenTokens(engine, lambda: NOON)
    assert [seen.first_use(ISSUER, "a", UNTIL) for _ in range(3)] == [True, False, False]


def test_what_was_used_is_known_and_asking_uses_nothing(engine: Engine) -> None:
    seen = SeenTokens(engine, lambda: NOON)
    assert not seen.was_used(ISSUER, "a")
    assert seen.first_use(ISSUER, "a", UNTIL)
    assert (seen.was_used(ISSUER, "a"), seen.was_used(ISSUER, "b")) == (True, False)


def test_tokens_of_two_issuers_or_two_ids_are_two(engine: Engine) -> None:
    seen = SeenTokens(engine, lambda: NOON)
    pairs = [(ISSUER, "a"), (ISSUER, "b"), (f"{ISSUER}a", ""), ("https://other.example", "a"), (ISSUER, "\ud800")]
    assert all(seen.first_use(issuer, token_id, UNTIL) for issuer, token_id in pairs)


def test_another_process_knows_it_too(engine: Engine, database_url: str) -> None:
    SeenTokens(engine, lambda: NOON).first_use(ISSUER, "a", UNTIL)
    other = open_engine(database_url, "FULL")
    assert not SeenTokens(other, lambda: NOON).first_use(ISSUER, "a", UNTIL)
    other.dispose()


def test_of_many_at_once_one_is_first(engine: Engine) -> None:
    seen = SeenTokens(engine, lambda: NOON)
    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(lambda _: seen.first_use(ISSUER, "a", UNTIL), range(24))) == [False] * 23 + [True]


def test_what_has_expired_is_forgotten_and_nothing_before(engine: Engine) -> None:
    now = [NOON]
    seen = SeenTokens(engine, lambda: now[0])
    seen.first_use(ISSUER, "short", NOON + timedelta(minutes=1))
    seen.first_use(ISSUER, "long", NOON + timedelta(hours=1))
    now[0] = NOON + timedelta(minutes=5)
    assert not seen.first_use(ISSUER, "long", NOON + timedelta(hours=1))
    assert _held(engine) == 1


def test_neither_issuer_nor_id_is_kept(engine: Engine) -> None:
    SeenTokens(engine, lambda: NOON).first_use(ISSUER, "open-sesame", UNTIL)
    with engine.connect() as connection:
        (row,) = connection.execute(select(schema.seen_tokens)).all()
    assert not any(word in str(row) for word in ("example", "sesame"))


def test_when_the_database_is_away_nobody_is_let_in(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE seen_tokens"))
    with pytest.raises(RecordNotKept):
        SeenTokens(engine, lambda: NOON).first_use(ISSUER, "a", UNTIL)
    with pytest.raises(RecordNotKept):
        SeenTokens(engine, lambda: NOON).was_used(ISSUER, "a")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_role_that_may_not_delete_still_knows_used_tokens(engine: Engine, database_url: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS keeper"))
        connection.execute(text("CREATE ROLE keeper LOGIN"))
        connection.execute(text("GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO keeper"))
    own = open_engine(database_url.replace("postgres:@", "keeper:@"), "FULL")
    seen = SeenTokens(own, lambda: NOON)
    assert [seen.first_use(ISSUER, "a", UNTIL) for _ in range(2)] == [True, False]
    own.dispose()


def test_a_database_from_before_there_were_tokens_gets_the_table(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE seen_tokens"))
    tables.create(engine)
    assert SeenTokens(engine, lambda: NOON).first_use(ISSUER, "a", UNTIL)
