"""What a CDS service is: an id, a hook, and the reports that its context asks about."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cds_service.content.load import Content
from cds_service.fhir.prefetch import prefetch_templates
from cds_service.fhir.request import HookCall


@dataclass(frozen=True, slots=True)
class ReportToRead:
    """One report of a call: the DiagnosticReport as it came, and why it stays silent, if it does."""

    report: dict[str, Any]
    silent: str


@dataclass(frozen=True, slots=True)
class Service:
    """One CDS service.

    Attributes:
        id: last part of its address.
        hook: name of the hook; a leading dot stands for the installation's reverse domain, which is put before it.
        title, description, usage: for people who choose services (CDS Hooks discovery).
        reports: the reports that a call asks about. Raises InvalidRequest or ReportMissing.
    """

    id: str
    hook: str
    title: str
    description: str
    usage: str
    reports: Callable[[HookCall], list[ReportToRead]]

    def hook_name(self, domain: str) -> str:
        """The hook's full name under the installation's reverse domain."""
        return domain + self.hook if self.hook.startswith(".") else self.hook

    def discovery(self, domain: str, content: Content) -> dict[str, Any]:
        """The service's entry in `GET /cds-services`."""
        return {
            "hook": self.hook_name(domain),
            "title": self.title,
            "description": self.description,
            "id": self.id,
            "prefetch": prefetch_templates(content.labs, content.history),
            "usageRequirements": self.usage,
        }
