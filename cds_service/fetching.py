"""What a call lacks, fetched from the client's FHIR server in two steps: its reports, then the chart around them.

Most reports name no calcification, and most orders concern none. For those the chart is not asked for: the client's
server is spared, and the answer does not wait.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cds_service.content.load import Content
from cds_service.fhir.access.access import FhirAccess
from cds_service.fhir.access.servers import FhirServer
from cds_service.fhir.fetched import Fetched
from cds_service.fhir.request import HookCall
from cds_service.hooks.service import Service
from cds_service.judgement import needs_the_chart

_US_OF_MS = 1000


@dataclass(frozen=True, slots=True)
class Fetching:
    """The fetching for one CDS service."""

    access: FhirAccess
    service: Service
    content: Content

    def completed(
        self, call: HookCall, as_of: datetime, servers: Sequence[FhirServer], elapsed_us: Callable[[], int]
    ) -> HookCall:
        """The call with what could be fetched for it; nothing that goes wrong there fails it.

        Args:
            call: the call as it came.
            as_of: the moment that it is judged by.
            servers: those that may be asked for the client.
            elapsed_us: microseconds since the call came in.

        Raises:
            InvalidRequest: a report is of another patient.
            ReportMissing: no report can be had.
        """
        if self.service.idle(call, self.content):
            return call
        sources, chart = self.service.sources(self.content), self.service.chart(self.content)
        reports = self.access.fetch(call, sources, servers, elapsed_us() / _US_OF_MS) if sources else Fetched()
        call = replace(call, fetched=reports)
        if not self.access.lacks(call, chart) or not needs_the_chart(
            self.service, call, self.content, as_of, elapsed_us
        ):
            return call
        return replace(
            call, fetched=reports.with_more(self.access.fetch(call, chart, servers, elapsed_us() / _US_OF_MS))
        )
