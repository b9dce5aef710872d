"""What a CDS service is: an id, a hook, what it asks for, and the reports that a call of it asks about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cds_service.content.load import Content
from cds_service.core.cards import Manner, Source
from cds_service.core.facts import SetAside
from cds_service.fhir.chart import Chart
from cds_service.fhir.prefetch import IMAGING, REPORT, imaging_searches, imaging_template, prefetch_templates
from cds_service.fhir.request import HookCall
from cds_service.standard import SPECIFICATION

_LAYPEOPLE = ("patient", "relatedperson")
_REPORT_READ = "DiagnosticReport/{{context.reportId}}"


@dataclass(frozen=True, slots=True)
class ReportToRead:
    """One report of a call, or one order.

    Attributes:
        report: the DiagnosticReport or ServiceRequest as it came.
        silent: why it stays silent; empty where it does not.
        words: what is read instead of a narrative; empty for a report.
        source: what to call it on a card; None where the reader is writing it.
        written_days: how long ago it was written.
        regions: the parts of the body that are asked about; None for all.
    """

    report: dict[str, Any]
    silent: str = ""
    words: str = ""
    source: Source | None = None
    written_days: int = 0
    regions: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class ToRead:
    """What a call asks about.

    Attributes:
        reports: in the order in which they are judged.
        silent: why nothing is read at all; empty where something is.
        ordered: labs that the call itself orders, by lab id.
        set_aside: reports and orders that came and are not read.
    """

    reports: tuple[ReportToRead, ...]
    silent: str = ""
    ordered: frozenset[str] = frozenset()
    set_aside: tuple[SetAside, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """What a hook reads a call with: the content, and the moment that it is judged by."""

    content: Content
    as_of: datetime


def for_clinicians(call: HookCall, _content: Content) -> str:
    """Why the user is told nothing; empty for a clinician, and for who is not known to be none."""
    return "the user is no clinician" if call.user_type in _LAYPEOPLE else ""


@dataclass(frozen=True, slots=True)
class Service:
    """One CDS service.

    Attributes:
        id: last part of its address.
        hook: name of the hook; a leading dot stands for the installation's reverse domain, which is put before it.
        hook_version: version of the hook's definition that it answers.
        title, description, usage: for people who choose services (CDS Hooks discovery).
        manner: how it speaks.
        read: what a call asks about. Raises InvalidRequest or ReportMissing.
        asks: prefetch keys beside the chart's; of them `hidden` are fetched and not stated in discovery.
        spares: keys of the chart that it does without, for there shall be no more than twelve.
        idle: why a call asks about nothing, whatever is on file, by its context alone; empty where it may.
            Patients and related persons are told nothing anywhere: cards are for clinicians.
        is_draft: whether the hook is a draft, offered only where the installation says so.
    """

    id: str
    hook: str
    hook_version: str
    title: str
    description: str
    usage: str
    manner: Manner
    read: Callable[[HookCall, Chart, Desk], ToRead]
    asks: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    spares: tuple[str, ...] = ()
    idle: Callable[[HookCall, Content], str] = for_clinicians
    is_draft: bool = False

    def hook_name(self, domain: str) -> str:
        """The hook's full name under the installation's reverse domain."""
        return domain + self.hook if self.hook.startswith(".") else self.hook

    def prefetch(self, content: Content) -> dict[str, str]:
        """The prefetch templates, by key."""
        own = {IMAGING: imaging_template(content.vocabulary.reports), REPORT: _REPORT_READ}
        chart = prefetch_templates(content.labs, content.history)
        kept = {key: template for key, template in chart.items() if key not in self.spares}
        return {**kept, **{key: own[key] for key in self.asks if key not in self.hidden}}

    def sources(self, content: Content) -> dict[str, tuple[str, ...]]:
        """The reports that are fetched where prefetch did not bring them, by key; the searches of one key add up."""
        own = {IMAGING: imaging_searches(content.vocabulary.reports), REPORT: (_REPORT_READ,)}
        return {key: own[key] for key in self.asks}

    def chart(self, content: Content) -> dict[str, tuple[str, ...]]:
        """What is fetched of the chart where prefetch did not bring it, by prefetch key."""
        return {key: (template,) for key, template in prefetch_templates(content.labs, content.history).items()}

    def discovery(self, domain: str, content: Content) -> dict[str, Any]:
        """The service's entry in `GET /cds-services`."""
        return {
            "hook": self.hook_name(domain),
            "hookVersion": self.hook_version,
            "title": self.title,
            "description": self.description,
            "id": self.id,
            "prefetch": self.prefetch(content),
            "usageRequirements": self.usage,
            "version": SPECIFICATION,
        }
