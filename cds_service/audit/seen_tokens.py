"""The tokens that were used, shared by every process on this database, so that none is used twice.

While the database is away, a file beside the spool remembers them for this machine.

Unlike the record this table forgets: a token that has expired is refused anyway. Of a token it holds a hash.
"""

import hashlib
import json
import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine, delete
from sqlalchemy.exc import SQLAlchemyError

from cds_service.audit import schema
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
        outage: of the database.
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
        digest = hashlib.sha256(json.dumps([issuer, token_id]).encode()).hexdigest()
        row = {"digest": digest, "expires_at": int(until.timestamp()) + 1}
        try:
            with self._outage.asking(), self._engine.begin() as connection:
                fresh = insert_if_new(connection, schema.seen_tokens, row).returning(schema.seen_tokens.c.digest)
                return connection.scalar(fresh) is not None
        except SQLAlchemyError as error:
            raise RecordNotKept("Whether the token was used before cannot be known now. Try again later.") from error

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
