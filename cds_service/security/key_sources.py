"""Where a client's keys come from: its settings, or its own JWK Set URL, cached, with rotation."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from cds_service.security.json_fetch import NotFetched
from cds_service.security.keys import KeySet, PublicKey, UnusableKey, read_key_set

FRESH_S = 300
"""After so long a key set is fetched again when next asked for."""
USABLE_S = 3600
"""A set that could not be fetched for so long is trusted no more: a key that was withdrawn must not live on."""
COOL_DOWN_S = 30
"""At most one fetch in this time, whatever is asked for."""
_NS = 1_000_000_000

_log = logging.getLogger(__name__)


class KeySource(Protocol):
    """Finds a client's key."""

    def find(self, kid: str, kind: str) -> PublicKey | None:
        """The key of this id and kind; None when the client has none such now."""


@dataclass(frozen=True, slots=True)
class FixedKeys:
    """Keys that were exchanged out of band."""

    keys: KeySet

    def find(self, kid: str, kind: str) -> PublicKey | None:
        return self.keys.get((kid, kind))


class FetchedKeys:
    """The keys at a client's own URL. Safe for threads.

    Args:
        fetch: the parsed JWK Set; raises NotFetched.
        stopwatch: nanoseconds that only ever go up.
        open_keys: as in `read_key`.
        name: the client, for the log.
    """

    def __init__(
        self, fetch: Callable[[], object], stopwatch: Callable[[], int], *, open_keys: bool, name: str
    ) -> None:
        self._fetch = fetch
        self._stopwatch = stopwatch
        self._open_keys = open_keys
        self._name = name
        self._held = _Held({}, None)
        self._tried_at: int | None = None
        self._refreshing = Lock()

    def find(self, kid: str, kind: str) -> PublicKey | None:
        held = self._held
        known = held.find(kid, kind, self._stopwatch())
        if known is not None and held.age_s(self._stopwatch()) < FRESH_S:
            return known
        # Who has a key that still counts does not wait for another thread's fetch.
        if self._refreshing.acquire(blocking=known is None):
            try:
                self._refresh(held)
            finally:
                self._refreshing.release()
        return self._held.find(kid, kind, self._stopwatch())

    def _refresh(self, seen: "_Held") -> None:
        now = self._stopwatch()
        lately = self._tried_at is not None and now - self._tried_at < COOL_DOWN_S * _NS
        if self._held is not seen or lately:
            return
        self._tried_at = now
        try:
            keys = read_key_set(self._fetch(), open_keys=self._open_keys)
        except (NotFetched, UnusableKey) as error:
            _log.warning("The keys of client %s could not be fetched: %s", self._name, error)
            return
        self._held = _Held(keys, now)


@dataclass(frozen=True, slots=True)
class _Held:
    keys: KeySet = field(repr=False)
    fetched_at: int | None

    def age_s(self, now: int) -> float:
        return float("inf") if self.fetched_at is None else (now - self.fetched_at) / _NS

    def find(self, kid: str, kind: str, now: int) -> PublicKey | None:
        return self.keys.get((kid, kind)) if self.age_s(now) < USABLE_S else None
