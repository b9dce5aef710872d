"""Sessions: who is signed in, in a cookie that the browser cannot change, for as long as somebody is at it.

The cookie holds everything, so that every worker can read it. What ended before its time is remembered in the database.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from cds_service.security.sign_in.person import Person, Role
from cds_service.security.sign_in.seal import Seal

LONGEST_S = 8 * 3600
"""After so long everybody signs in again."""
RENEW_AFTER_S = 60
"""A cookie that was written less than so long ago is not written again."""
_SESSION, _FORMS = "session", "forms"
_LEEWAY_S = 60


class UsedOnce(Protocol):
    """Remembers, for all workers, what was used and must not be used again."""

    def first_use(self, issuer: str, token_id: str, until: datetime) -> bool:
        """Remember it until a moment; False when it is remembered already. Raises RecordNotKept."""

    def was_used(self, issuer: str, token_id: str) -> bool:
        """Whether it is remembered. Raises RecordNotKept."""


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in.

    Attributes:
        id: random.
        person: who.
        began, seen: the moment of the sign-in and of the last look, in seconds since 1970.
        forms: the secret that forms of this session carry.
    """

    id: str
    person: Person
    began: int
    seen: int
    forms: str


class Sessions:
    """The sessions of one installation.

    Args:
        key: that all workers share.
        minutes: of silence after which a session is over.
        clock: the present moment.
        used: remembers what ended.
    """

    def __init__(self, key: bytes, minutes: int, clock: Callable[[], datetime], used: UsedOnce) -> None:
        self._seal = Seal(key)
        self._idle_s = minutes * 60
        self._clock = clock
        self._used = used

    def begin(self, person: Person) -> Session:
        """A new session; never one that was there before the sign-in."""
        own, now = secrets.token_urlsafe(16), self._now()
        return Session(own, person, now, now, self._seal.derived(_FORMS, own))

    def written(self, session: Session) -> str:
        """The session as its cookie holds it."""
        who = session.person
        roles = sorted(who.roles)
        said = {"id": session.id, "who": who.name, "roles": roles, "began": session.began, "seen": session.seen}
        return self._seal.put(_SESSION, said)

    def read(self, cookie: str) -> Session | None:
        """The session of a cookie, while it lasts.

        Raises:
            RecordNotKept: whether somebody signed out cannot be known.
        """
        session = self._opened(cookie)
        if session is None or not self._lasts(session) or self._used.was_used(_SESSION, session.id):
            return None
        return session

    def seen_now(self, session: Session) -> Session:
        """The session with the present moment as that of the last look; the same one if it was written just now."""
        now = self._now()
        return replace(session, seen=now) if now - session.seen >= RENEW_AFTER_S else session

    def end(self, session: Session) -> None:
        """End a session for every worker, whoever still has its cookie.

        Raises:
            RecordNotKept: it could not be ended.
        """
        self._used.first_use(_SESSION, session.id, datetime.fromtimestamp(session.began + LONGEST_S, UTC))

    def _opened(self, cookie: str) -> Session | None:
        said = self._seal.open(_SESSION, cookie)
        if said is None:
            return None
        try:
            person = Person(said["who"], frozenset(Role(role) for role in said["roles"]))
            own, began, seen = said["id"], int(said["began"]), int(said["seen"])
            return Session(own, person, began, seen, self._seal.derived(_FORMS, own))
        except (KeyError, ValueError, TypeError):
            # Another version of this program wrote it.
            return None

    def _lasts(self, session: Session) -> bool:
        now = self._now()
        young = -_LEEWAY_S <= now - session.began < LONGEST_S
        return young and now - session.seen < self._idle_s

    def _now(self) -> int:
        return int(self._clock().timestamp())
