"""Used tokens, remembered in the database and on this machine, so that an outage lets no token in twice here."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from cds_service.audit import schema
from cds_service.audit.engine import open_engine
from cds_service.audit.seen_tokens import SeenTokens
from cds_service.errors import DatabaseAway, RecordNotKept, StartError

_FILE = "tokens.sqlite3"


class TokenMemory:
    """Knows used tokens by two memories.

    Args:
        there: in the database, which every machine asks.
        here: on this machine, which is asked always and decides alone while the database is away.
    """

    def __init__(self, there: SeenTokens, here: SeenTokens) -> None:
        self._there = there
        self._here = here

    def first_use(self, issuer: str, token_id: str, until: datetime) -> bool:
        """Remember a token until a moment; False when it is remembered already, by either.

        Raises:
            DatabaseAway: nobody knows: nothing can be remembered here either.
            RecordNotKept: the database refuses to remember it.
        """
        fresh = self._fresh_here(issuer, token_id, until)
        if fresh is False:
            return False
        try:
            return self._there.first_use(issuer, token_id, until)
        except DatabaseAway:
            if fresh is None:
                raise
            return True

    def _fresh_here(self, issuer: str, token_id: str, until: datetime) -> bool | None:
        try:
            return self._here.first_use(issuer, token_id, until)
        except (DatabaseAway, RecordNotKept):
            return None


def open_token_memory(there: SeenTokens, folder: Path, clock: Callable[[], datetime]) -> TokenMemory:
    """The memory of a process.

    Args:
        there: in the database.
        folder: of the spool.
        clock: the present moment, in UTC.

    Raises:
        StartError: this machine's own memory cannot be used.
    """
    return TokenMemory(there, SeenTokens(open_here(folder), clock))


def open_here(folder: Path) -> Engine:
    """This machine's own memory of used tokens; a power cut may lose the last of it.

    Args:
        folder: of the spool.

    Raises:
        StartError: it cannot be used.
    """
    engine = open_engine(f"sqlite:///{folder}/{_FILE}", "NORMAL", serving=True)
    try:
        schema.metadata.create_all(engine, tables=[schema.seen_tokens])
    except DBAPIError as error:
        raise StartError(f"{folder / _FILE} cannot be used: {error.orig}") from None
    # Workers open connections of their own.
    engine.dispose()
    return engine
