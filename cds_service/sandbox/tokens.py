"""Tokens of the secured sandbox: one patient, some scopes, and a time, signed with a key of the installation.

They let fallback fetching, expiry and 401 be tried by hand. They guard synthetic patients only, so whoever asks on this
machine gets one, and a refusal says why, which a real server would not.
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from cds_service.errors import ScopeMissing, SearchRefused, TokenRefused
from cds_service.fhir.access.scopes import Leave, Scopes, read_scopes
from cds_service.sandbox.parameters import SUPPORTED

USUAL_SCOPE, USUAL_SECONDS, LONGEST_SECONDS = "patient/*.read", 300, 3600
SUBJECT = "calcification-cds"
"""This service's client id at the sandbox (`fhirAuthorization.subject`)."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a token is asked for.

    Attributes:
        patient: whom it is for.
        scope: SMART scopes with white space between them.
        expires_in: seconds that it is said to last.
        valid_for: seconds that it does last; fewer than `expires_in` is a token that was taken back meanwhile.
    """

    patient: str
    scope: str = USUAL_SCOPE
    expires_in: int = USUAL_SECONDS
    valid_for: int = USUAL_SECONDS


@dataclass(frozen=True, slots=True)
class Permission:
    """What a token that was shown allows."""

    patient: str
    scopes: Scopes

    def require(self, resource_type: str, letter: str) -> None:
        """Refuse what the scopes do not cover: "r" is to read, "s" to search.

        Raises:
            ScopeMissing: they do not.
        """
        if self.scopes.leave(resource_type, letter) is not Leave.WHOLE:
            raise ScopeMissing(f"The token's scopes do not cover patient/{resource_type}.{letter}.")

    def require_patient(self, patient: str) -> None:
        """Refuse another patient's resources, rather than to hide them: nothing found would be read as none on file.

        Raises:
            ScopeMissing: it is another patient.
        """
        if patient != self.patient:
            raise ScopeMissing("The token is for another patient.")


def issued(key: bytes, wish: Wish, now: datetime) -> Json:
    """`fhirAuthorization` of CDS Hooks 2.0.1 with a new token.

    Raises:
        SearchRefused: the scopes allow nothing here, or the times cannot be.
    """
    scopes = read_scopes(wish.scope, patient_named=True)
    if "?" in wish.scope or not scopes.said or not any(scopes.leave(kind, of) for kind in SUPPORTED for of in "rs"):
        raise SearchRefused(
            "scope must allow something here: SMART scopes without a query, such as patient/*.read or "
            "patient/Observation.rs."
        )
    if not (0 <= wish.expires_in <= LONGEST_SECONDS and 0 <= wish.valid_for <= LONGEST_SECONDS):
        raise SearchRefused(f"expires_in and valid_for are seconds from 0 to {LONGEST_SECONDS}.")
    until = int(now.timestamp()) + wish.valid_for
    said = json.dumps({"patient": wish.patient, "scope": wish.scope, "until": until}, separators=(",", ":")).encode()
    return {
        "access_token": f"{_text(said)}.{_text(_seal(key, said))}",
        "token_type": "Bearer",
        "expires_in": wish.expires_in,
        "scope": wish.scope,
        "subject": SUBJECT,
        "patient": wish.patient,
    }


def read_permission(key: bytes, authorization: str | None, now: datetime) -> Permission:
    """What the token in an Authorization header allows.

    Raises:
        TokenRefused: there is none, it is not one of ours, or its time is over.
    """
    kind, _, token = (authorization or "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise TokenRefused("A Bearer token is asked for. POST patient and scope as a form to ../token for one.")
    try:
        parts = [urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split(".")]
        said, seal = parts
    except ValueError:
        said, seal = b"", b""
    if not hmac.compare_digest(_seal(key, said), seal):
        raise TokenRefused("The token is not one of this sandbox.")
    held = json.loads(said)
    if now.timestamp() >= held["until"]:
        raise TokenRefused("The token has expired.")
    return Permission(held["patient"], read_scopes(held["scope"], patient_named=True))


def _seal(key: bytes, said: bytes) -> bytes:
    return hmac.digest(key, said, sha256)


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode("ascii").rstrip("=")
