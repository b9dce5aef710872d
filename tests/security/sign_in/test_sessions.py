"""A session lasts while somebody is at it, for eight hours at most, and nobody but this installation can write one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cds_service.security.sign_in.person import Person, Role
from cds_service.security.sign_in.seal import Seal
from cds_service.security.sign_in.sessions import Sessions
from tests.conftest import NOON

KEY = bytes(range(32))
ADA = Person("Ada Lovelace (1 at https://id.example.org)", frozenset({Role.READER, Role.AUDITOR}))


class Ended:
    """What ended, in this process."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], datetime] = {}

    def first_use(self, issuer: str, token_id: str, until: datetime) -> bool:
        return self.kept.setdefault((issuer, token_id), until) is until

    def was_used(self, issuer: str, token_id: str) -> bool:
        return (issuer, token_id) in self.kept


@pytest.fixture
def ended() -> Ended:
    return Ended()


@pytest.fixture
def at(ended: Ended) -> Callable[..., Sessions]:
    """The sessions of an installation, so many minutes after noon."""
    return lambda minutes, key=KEY: Sessions(key, 30, lambda: NOON + timedelta(minutes=minutes), ended)


def test_a_session_comes_back_as_it_was_written(at: Callable[..., Sessions]) -> None:
    begun = at(0).begin(ADA)
    assert at(1).read(at(0).written(begun)) == begun


def test_every_sign_in_begins_a_session_of_its_own(at: Callable[..., Sessions]) -> None:
    one, other = at(0).begin(ADA), at(0).begin(ADA)
    assert one.id != other.id
    assert one.forms != other.forms


@pytest.mark.parametrize(("minutes", "lasts"), [(29, True), (30, False), (-2, False)])
def test_silence_ends_a_session(minutes: int, lasts: bool, at: Callable[..., Sessions]) -> None:
    cookie = at(0).written(at(0).begin(ADA))
    assert (at(minutes).read(cookie) is not None) is lasts


@pytest.mark.parametrize(("minutes", "lasts"), [(479, True), (480, False)])
def test_after_eight_hours_a_session_is_over_however_busy(
    minutes: int, lasts: bool, at: Callable[..., Sessions]
) -> None:
    session = at(0).begin(ADA)
    busy = at(minutes - 1).written(replace(session, seen=session.seen + (minutes - 1) * 60))
    assert (at(minutes).read(busy) is not None) is lasts


def test_a_look_a_minute_later_is_written_down_and_one_at_once_is_not(at: Callable[..., Sessions]) -> None:
    session = at(0).begin(ADA)
    assert at(0.9).seen_now(session) is session
    assert at(1).seen_now(session).seen == session.seen + 60


def test_who_signed_out_is_out_whoever_has_a_copy_of_the_cookie(at: Callable[..., Sessions], ended: Ended) -> None:
    session = at(0).begin(ADA)
    at(5).end(session)
    assert at(6).read(at(0).written(session)) is None
    assert list(ended.kept.values()) == [NOON + timedelta(hours=8)]


def test_a_cookie_of_another_key_is_none(at: Callable[..., Sessions]) -> None:
    strange = at(0, key=bytes(32))
    assert at(0).read(strange.written(strange.begin(ADA))) is None


def test_a_cookie_that_was_changed_anywhere_is_none(at: Callable[..., Sessions]) -> None:
    cookie = at(0).written(at(0).begin(ADA))
    # The last character of the signature carries bits that base64 leaves out.
    for place in range(len(cookie) - 1):
        changed = cookie[:place] + ("A" if cookie[place] != "A" else "B") + cookie[place + 1 :]
        assert at(0).read(changed) is None, place


@pytest.mark.parametrize("cookie", ["", ".", "a.b", "eyJ9.x", "\ud800", "x" * 5000])
def test_what_is_no_cookie_of_ours_is_none(cookie: str, at: Callable[..., Sessions]) -> None:
    assert at(0).read(cookie) is None


def test_what_was_signed_for_another_purpose_is_no_session(at: Callable[..., Sessions]) -> None:
    said = {"id": "1", "who": "Eve", "roles": ["editor"], "began": int(NOON.timestamp()), "seen": int(NOON.timestamp())}
    assert at(0).read(Seal(KEY).put("session", said)) is not None
    assert at(0).read(Seal(KEY).put("sign-in", said)) is None


@pytest.mark.parametrize("change", [{"roles": ["chief"]}, {"who": None, "roles": 7}, {"began": "noon"}, {"seen": None}])
def test_a_session_of_another_version_is_none(change: dict[str, object], at: Callable[..., Sessions]) -> None:
    now = int(NOON.timestamp())
    said = {"id": "1", "who": "Ada", "roles": ["reader"], "began": now, "seen": now, **change}
    assert at(0).read(Seal(KEY).put("session", said)) is None
