"""What the web needs of everything behind it, put together by `app.create_app`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from cds_service.audit.console.console import Console
from cds_service.audit.contents import Contents
from cds_service.audit.looks import Looks
from cds_service.audit.record import Arrival, AuditRecord
from cds_service.audit.rule_figures import RuleFigures
from cds_service.audit.store import Store
from cds_service.audit.switchboard import Switchboard
from cds_service.content.cases import CaseVerdict
from cds_service.content.load import Content
from cds_service.export.disguise import Disguise
from cds_service.export.run import Source
from cds_service.fhir.access.servers import FhirServer
from cds_service.fhir.request import HookCall
from cds_service.security.gate import Gate
from cds_service.security.report_texts import ReportTexts
from cds_service.security.sign_in.people import People
from cds_service.settings import Settings
from cds_service.web.sandbox.setting import SandboxSetting


class Advice(Protocol):
    """The answer to a call, and its record."""

    @property
    def cards(self) -> Sequence[Mapping[str, Any]]:
        """The cards of the answer, as JSON values."""

    @property
    def record(self) -> AuditRecord:
        """The record that must be kept before the cards leave."""

    @property
    def texts(self) -> Sequence[str]:
        """The texts of the record's reports, in their order."""


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
class Rulebook:
    """The rules in use, and what is known of them.

    Attributes:
        content: the rules and wording in use.
        contents: the content versions that were used here.
        cases: the cases of all rules, judged with the content in use.
        figures_of_rule: a rule in use, by its id and the first and the last day to count; None where nothing was.
    """

    content: Content
    contents: Contents
    cases: Callable[[], Sequence[CaseVerdict]]
    figures_of_rule: Callable[[str, date, date], RuleFigures | None]


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
        looks: who looked at what of it.
        gate: lets requests in.
        people: how people sign in; None where no pages are served.
        content_version: version of the rules and wording in use.
        rulebook: the rules in use, and what is known of them.
        sample: a made-up call for the first page.
        report_texts: whether and how the texts of reports are kept.
        documents: Markdown by name, to be shown as pages.
        explain: a record's body, the content it was judged with, and the texts of its reports where at hand, as the
            value that the call's page shows.
        switchboard: what can be switched off, and is.
        clock: the present moment, with its time zone.
        stopwatch: nanoseconds that only ever go up.
        records: the record, to be taken out.
        disguise: how identifiers leave where nobody asks for them.
        new_id: a new random id, for a call that was refused before it could be given one.
        console: what the pages under /audit are made from.
        sandbox: synthetic patients and their FHIR server; None in production.
    """

    settings: Settings
    offers: Mapping[str, Offer]
    store: Store
    looks: Looks
    gate: Gate
    people: People | None
    content_version: str
    rulebook: Rulebook
    sample: Mapping[str, Any]
    report_texts: ReportTexts
    documents: Mapping[str, str]
    explain: Callable[[Mapping[str, Any], Mapping[str, Any], Sequence[str]], Any]
    switchboard: Switchboard
    clock: Callable[[], datetime]
    stopwatch: Callable[[], int]
    records: Source
    disguise: Disguise
    new_id: Callable[[], str]
    console: ConsoleSetting
    sandbox: SandboxSetting | None = None
