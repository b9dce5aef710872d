"""The tokens that were used, shared by every process on this database, so that none is used twice.

Sessions that were ended before their time are remembered the same way, and the answers to sign-ins.

Unlike the record this table forgets: a token that has expired is refused anyway. Of a token it holds a hash.
"""

import hashlib
import json
import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine, delete, select
from sqlalchemy.exc import SQLAlchemyError

from cds_service.audit import schema
from cds_service.audit.engine import READ_ONLY
from cds_service.audit.outage import Outage
from cds_service.audit.statements import insert_if_new
from cds_service.errors import DatabaseAway, RecordNotKept

_FORGET_EVERY_S = 60

_log = logging.getLogger(__name__)


class SeenTokens:
    """The used tokens of one installation.

    Args:
        engine: as for the audit store.
        clock: the present moment, in UTC.
        outage: of the database, for writing.
    """

    def __init__(self, engine: Engine, clock: Callable[[], datetime], outage: Outage | None = None) -> None:
        self._engine = engine
        self._clock = clock
        self._outage = outage or Outage()
        self._forget_at = 0.0

    def first_use(self, issuer: str, token_id: str, until: datetime) -> bool:
        """Remember a token until a moment; False when it is remembered already, whoever asked.

        Raises:
            DatabaseAway: the database is away, so nobody knows.
            RecordNotKept: the database refuses, so nobody knows.
        """
        self._forget()
        row = {"digest": _digest(issuer, token_id), "expires_at": int(until.timestamp()) + 1}
        try:
            with self._outage.asking(), self._engine.begin() as connection:
                fresh = insert_if_new(connection, schema.seen_tokens, row).returning(schema.seen_tokens.c.digest)
                return connection.scalar(fresh) is not None
        except SQLAlchemyError as error:
            raise RecordNotKept("Whether the token was used before cannot be known now. Try again later.") from error

    def was_used(self, issuer: str, token_id: str) -> bool:
        """Whether a token is remembered.

        Raises:
            RecordNotKept: the database cannot be read, so nobody knows.
        """
        known = select(schema.seen_tokens.c.digest).where(schema.seen_tokens.c.digest == _digest(issuer, token_id))
        try:
            with self._engine.execution_options(**{READ_ONLY: True}).connect() as connection:
                return connection.scalar(known) is not None
        except SQLAlchemyError as error:
            raise RecordNotKept("Whether you signed out before cannot be known now. Try again later.") from error

    def _forget(self) -> None:
        """Delete what has expired, now and then. A database that does not let us keeps a few bytes more for each."""
        now = self._clock().timestamp()
        if now < self._forget_at:
            return
        self._forget_at = now + _FORGET_EVERY_S
        try:
            with self._outage.asking(), self._engine.begin() as connection:
                connection.execute(delete(schema.seen_tokens).where(schema.seen_tokens.c.expires_at < int(now)))
        except (DatabaseAway, SQLAlchemyError) as error:
            _log.warning("Expired tokens could not be forgotten: %s", type(error).__name__)


def _digest(issuer: str, token_id: str) -> str:
    return hashlib.sha256(json.dumps([issuer, token_id]).encode()).hexdigest()
