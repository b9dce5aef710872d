"""What a reader was told before, asked of the store."""

import json
from collections.abc import Callable
from datetime import timedelta

from cds_service.audit.answered import NOTHING_BEFORE, Before
from cds_service.audit.record import Arrival, timestamp
from cds_service.audit.store import Store
from cds_service.errors import DatabaseAway


class Memory:
    """Remembers for whom a card was answered.

    Args:
        store: the audit store.
        keyed_hash: of a text, with the installation's secret.
        hours: for how long a card counts as told; 0 remembers nothing.
    """

    def __init__(self, store: Store, keyed_hash: Callable[[str], str], hours: int) -> None:
        self._store = store
        self._keyed_hash = keyed_hash
        self._time = timedelta(hours=hours)

    def of(self, service: str, user_id: str, patient_id: str, arrival: Arrival, call_id: str) -> Before:
        """What this client's user was told of this patient by this service, before the moment of the judgement.

        While the database is away a call counts as nothing told before: a card twice is better than none.

        Raises:
            RecordNotKept: the store cannot be read.
        """
        if not self._time:
            return NOTHING_BEFORE
        reader = self._keyed_hash(json.dumps([arrival.client, service, user_id, patient_id]))
        since, until = timestamp(arrival.as_of - self._time), timestamp(arrival.as_of)
        try:
            return Before(reader, self._store.answered_before(reader, since, until, call_id))
        except DatabaseAway:
            return Before(reader, away=True)
