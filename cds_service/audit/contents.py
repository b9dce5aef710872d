"""The content versions that the audit store has kept, in the order in which they were first used."""

import zlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Connection, select

from cds_service.audit import schema

_KEPT_AT_HAND = 16

Reading = Callable[[], AbstractContextManager[Connection]]
"""Gives a connection that only reads, as `Store.reading` does."""


@dataclass(frozen=True, slots=True)
class ContentVersion:
    """One content version: when it was first used, in UTC, and its id."""

    version: str
    first_seen: str


class Contents:
    """The content versions of one installation.

    Args:
        reading: gives a connection that only reads.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        # What was kept of a version never changes.
        self.snapshot = lru_cache(_KEPT_AT_HAND)(self._snapshot)

    def versions(self) -> tuple[ContentVersion, ...]:
        """Every version, the one used first before the others."""
        columns = schema.content_versions.c
        wanted = select(columns.version, columns.first_seen).order_by(columns.first_seen, columns.seq)
        with self._reading() as connection:
            return tuple(ContentVersion(row.version, row.first_seen) for row in connection.execute(wanted))

    def _snapshot(self, version: str) -> Mapping[str, Any]:
        """What was kept of a version (`content.snapshot`).

        Raises:
            LookupError: no such version was used here.
        """
        wanted = select(schema.content_versions.c.body).where(schema.content_versions.c.version == version)
        with self._reading() as connection:
            body = connection.scalar(wanted)
        if body is None:
            raise LookupError(version)
        kept: dict[str, Any] = orjson.loads(zlib.decompress(body))
        return kept
