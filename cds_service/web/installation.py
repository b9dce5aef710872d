"""What the web needs of everything behind it, put together by `app.create_app`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from cds_service.audit.console.console import Console
from cds_service.audit.record import Arrival, AuditRecord
from cds_service.audit.store import Store
from cds_service.fhir.access.servers import FhirServer
from cds_service.fhir.request import HookCall
from cds_service.security.gate import Gate
from cds_service.settings import Settings


class Advice(Protocol):
    """The answer to a call, and its record."""

    @property
    def cards(self) -> Sequence[Mapping[str, Any]]:
        """The cards of the answer, as JSON values."""

    @property
    def record(self) -> AuditRecord:
        """The record that must be kept before the cards leave."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One CDS service on offer.

    Attributes:
        id: its segment of the address.
        hook: the full name of the hook that it answers.
        discovery: its entry in `GET /cds-services`.
        advise: answers one call, for a client with these FHIR servers; raises RequestError.
    """

    id: str
    hook: str
    discovery: Mapping[str, Any]
    advise: Callable[[HookCall, Arrival, Sequence[FhirServer]], Advice]


@dataclass(frozen=True, slots=True)
class ConsoleSetting:
    """What the pages under /audit are made from.

    Attributes:
        console: counts and searches of the record.
        patient_key: the keyed hash of a patient id.
        override_reasons: what the reasons for overriding a card are called, by code.
    """

    console: Console
    patient_key: Callable[[str], str]
    override_reasons: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Installation:
    """One running installation.

    Attributes:
        settings: as the environment gives them.
        offers: the CDS services by id.
        store: the audit store, open.
        gate: lets requests in.
        content_version: version of the rules and wording in use.
        sample: a made-up call for the first page.
        documents: Markdown by name, to be shown as pages.
        explain: a record's body and the content it was judged with, as the value that the call's page shows.
        clock: the present moment, with its time zone.
        stopwatch: nanoseconds that only ever go up.
        new_id: a new random id, for a call that was refused before it could be given one.
        console: what the pages under /audit are made from.
    """

    settings: Settings
    offers: Mapping[str, Offer]
    store: Store
    gate: Gate
    content_version: str
    sample: Mapping[str, Any]
    documents: Mapping[str, str]
    explain: Callable[[Mapping[str, Any], Mapping[str, Any]], Any]
    clock: Callable[[], datetime]
    stopwatch: Callable[[], int]
    new_id: Callable[[], str]
    console: ConsoleSetting
