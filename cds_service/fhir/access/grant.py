"""`fhirAuthorization` (CDS Hooks 2.0.1, "FHIR Resource Access"): whether its token may be used for this call."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

from cds_service.fhir.access.scopes import Scopes, read_scopes
from cds_service.fhir.access.servers import FhirServer, listed
from cds_service.fhir.request import HookCall

EXPIRY_MARGIN_MS = 2000
"""`expires_in` counts from when the token was issued, which nobody says; the request took some time to get here."""

_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")


class NoGrant(Exception):
    """The FHIR server of a call is not asked. The message says why, without anything that the client sent."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to ask one FHIR server for one call.

    Attributes:
        server: its entry in the list.
        base: its base URL, without a slash at the end.
        token: goes into the requests to this server, and nowhere else.
        scopes: what may be asked.
        usable_ms: milliseconds after the start of the call until which the token is used.
    """

    server: FhirServer
    base: str
    token: str = field(repr=False)
    scopes: Scopes
    usable_ms: float


def offers_access(call: HookCall) -> bool:
    """Whether a call brings a FHIR server and a token for it."""
    return bool(call.fhir_server) and call.raw.get("fhirAuthorization") is not None


def read_grant(call: HookCall, servers: Iterable[FhirServer], production: bool) -> Grant:
    """The leave that a call gives.

    Args:
        call: with `fhirServer` and `fhirAuthorization`.
        servers: those that may be asked for its client.
        production: only https will do.

    Raises:
        NoGrant: nothing may be asked.
    """
    server = listed(call.fhir_server, servers)
    if server is None:
        raise NoGrant("it is not on this client's list, so nothing was fetched")
    if production and not server.origin.startswith("https://"):
        raise NoGrant("it is not reached over https, so nothing was fetched")
    said = call.raw["fhirAuthorization"]
    patient = _patient(said, call)
    if server.client_id and said.get("subject") != server.client_id:
        raise NoGrant("the token was issued to another service, so nothing was fetched")
    scope = said.get("scope", "")
    if not isinstance(scope, str):
        raise NoGrant("the scope of the token is no text, so nothing was fetched")
    return Grant(server, call.fhir_server.rstrip("/"), _token(said), read_scopes(scope, patient), _usable_ms(said))


def _patient(said: Mapping[str, Any], call: HookCall) -> bool:
    """Whether the token names the call's patient; it may name none."""
    patient = said.get("patient")
    if patient is None:
        return False
    if not isinstance(patient, str) or patient.removeprefix("Patient/") != call.patient_id:
        raise NoGrant("the token is for another patient, so nothing was fetched")
    return True


def _token(said: Mapping[str, Any]) -> str:
    kind, token = said.get("token_type"), said.get("access_token")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise NoGrant("the token is not of type Bearer, so nothing was fetched")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise NoGrant("the token is not of the form of a Bearer token, so nothing was fetched")
    return token


def _usable_ms(said: Mapping[str, Any]) -> float:
    """Until when the token counts; a client that does not say leaves it to the deadline."""
    seconds = said.get("expires_in", inf)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise NoGrant("the lifetime of the token is no number, so nothing was fetched")
    usable = seconds * 1000 - EXPIRY_MARGIN_MS
    if usable <= 0:
        raise NoGrant("the token has expired or is about to, so nothing was fetched")
    return usable
