"""What leaves instead of an identifier.

De-identified is the rule: no free text, no ids of resources, no exact dates, ages to 90 (45 CFR 164.514(b)(2), "safe
harbor"). What has to be told apart gets a keyed hash; the key belongs to one export, unless its owner keeps it to join
several.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from cds_service.audit.record import AuditRecord

OLDEST = 90
OTHER = "other"
_HASH_DIGITS = 20
_MOST_DAYS = 182
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Dates(StrEnum):
    """What is left of a date: its year, or the day moved by so many days for each patient."""

    YEAR = "year"
    SHIFTED = "shifted"


class Disguise(Protocol):
    """How identifiers, dates and ages leave."""

    @property
    def identified(self) -> bool:
        """Whether they leave as they are."""

    def call(self, seq: int, record: AuditRecord) -> str:
        """What stands for a delivery."""

    def patient(self, record: AuditRecord) -> str:
        """What stands for the patient; empty where the call named none."""

    def client(self, client: str) -> str:
        """What stands for a client."""

    def moment(self, instant: str, record: AuditRecord) -> str:
        """What stands for a moment in the life of a call's patient."""

    def age(self, years: Decimal | None) -> int | None:
        """The age in whole years."""

    def reason(self, reason: Mapping[str, str], offered: Sequence[Mapping[str, Any]]) -> str:
        """The code of an override reason."""

    def sentence(self, words: str) -> str:
        """A reason of ours, without the ids that may stand in it."""


@dataclass(frozen=True, slots=True)
class Identified:
    """As it is on record. For use within the organisation that holds the records."""

    identified: bool = True

    def call(self, seq: int, record: AuditRecord) -> str:
        return f"{record.call_id}/{seq}"

    def patient(self, record: AuditRecord) -> str:
        return record.patient_key

    def client(self, client: str) -> str:
        return client

    def moment(self, instant: str, _record: AuditRecord) -> str:
        return instant

    def age(self, years: Decimal | None) -> int | None:
        return None if years is None else int(years)

    def reason(self, reason: Mapping[str, str], _offered: Sequence[Mapping[str, Any]]) -> str:
        return reason.get("code", "")

    def sentence(self, words: str) -> str:
        return words


@dataclass(frozen=True, slots=True)
class DeIdentified:
    """Without identifiers.

    Attributes:
        key: of the hashes; whoever has it can join exports.
        dates: what is left of dates.
    """

    key: bytes
    dates: Dates = Dates.YEAR
    identified: bool = False

    def call(self, seq: int, record: AuditRecord) -> str:
        return self._hash("call", f"{record.call_id}/{seq}")

    def patient(self, record: AuditRecord) -> str:
        return self._hash("patient", record.patient_key) if record.patient_key else ""

    def client(self, client: str) -> str:
        return self._hash("client", client)

    def moment(self, instant: str, record: AuditRecord) -> str:
        moment = datetime.fromisoformat(instant)
        if self.dates is Dates.YEAR:
            return f"{moment.year:04d}"
        # All dates of one patient move together, so that what lies between them stays.
        drawn = int(self._hash("days", record.patient_key or record.call_id), 16)
        return (moment + timedelta(days=drawn % (2 * _MOST_DAYS + 1) - _MOST_DAYS)).date().isoformat()

    def age(self, years: Decimal | None) -> int | None:
        return None if years is None else min(int(years), OLDEST)

    def reason(self, reason: Mapping[str, str], offered: Sequence[Mapping[str, Any]]) -> str:
        code = reason.get("code", "")
        known = {(str(one.get("system", "")), str(one.get("code", ""))) for one in offered}
        # A client may write anything into a code; of the card's own codes it is known what they say.
        return code if not code or (reason.get("system", ""), code) in known else OTHER

    def sentence(self, words: str) -> str:
        return _UUID.sub("…", words)

    def _hash(self, kind: str, text: str) -> str:
        said = f"{kind}:{text}".encode("utf-8", "surrogatepass")
        return hmac.new(self.key, said, hashlib.sha256).hexdigest()[:_HASH_DIGITS]
