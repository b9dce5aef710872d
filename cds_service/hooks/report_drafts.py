"""The draft report hooks of 27 July 2026 (report-review, report-assist, report-view), read leniently.

They name a stored report by `context.reportId`. `category` and `procedure` come as a string, an object or an array, as
the drafts contradict themselves. A client that sends the report along in `draftReports` is taken at its word.
The bare `report-sign` of the same drafts fires after the signature and is not offered.
"""

from typing import Any

from cds_service.core.cards import Manner
from cds_service.errors import InvalidRequest, ReportMissing
from cds_service.fhir.chart import Chart
from cds_service.fhir.prefetch import REPORT
from cds_service.fhir.request import HookCall, resources_in
from cds_service.fhir.subject import belongs_to
from cds_service.hooks.report_sign import REPORT_TYPE, drafts_in
from cds_service.hooks.reports import source_of, why_unread, written_days
from cds_service.hooks.service import Desk, ReportToRead, Service, ToRead

_DEFINED = "0.1.0"
_USAGE = (
    "For imaging reports in English. The report is read by context.reportId: send it in the prefetch key `report`, or "
    "give access to the FHIR server. Every other prefetch key is optional: what is missing is treated as unknown."
)


def read(call: HookCall, chart: Chart, desk: Desk) -> ToRead:
    """The report that the context names, or those in `draftReports`.

    Raises:
        InvalidRequest: the report is of another patient.
        ReportMissing: it can be had nowhere.
    """
    reports = drafts_in(call) or _stored(call, chart)
    if not reports:
        raise ReportMissing(
            "The report that context.reportId names came neither in the prefetch key `report` nor in "
            "context.draftReports, and could not be read from the FHIR server. Send it, or give access to it."
        )
    return ToRead(tuple(_checked(call, report, desk) for report in reports))


def _stored(call: HookCall, chart: Chart) -> list[dict[str, Any]]:
    """The named report; the only one under the key `report` counts whatever its id: it was asked for by id."""
    received = [dict(held.resource) for held in chart.received.of(REPORT_TYPE) if held.asked_for]
    found = [report for report in received if call.report_id and report.get("id") == call.report_id]
    if not found:
        sent = call.prefetch.get(REPORT)
        alone = [sent] if isinstance(sent, dict) and sent.get("resourceType") == REPORT_TYPE else []
        found = alone or resources_in(sent, REPORT_TYPE)
    return found[:1] if call.report_id or len(found) == 1 else []


def _checked(call: HookCall, report: dict[str, Any], desk: Desk) -> ReportToRead:
    if not belongs_to(report, call.patient_id):
        raise InvalidRequest(
            "The report has a subject other than context.patientId. Send a report of the call's patient."
        )
    return ReportToRead(
        report,
        why_unread(report, desk.content.vocabulary.reports, call.context.get("category")),
        source=source_of(report, call.context.get("procedure")),
        written_days=written_days(report, desk.as_of),
    )


_REVIEW = Service(
    id="calcification-report-review",
    hook="report-review",
    hook_version=_DEFINED,
    title="Differential of soft tissue calcifications, before a report is promoted",
    description=(
        "Reads the imaging report that its author has finished together with the chart's labs and history, and returns "
        "the ranked differential of soft tissue calcifications with its evidence and the next most telling test. "
        "Answers the draft hook of 2026-07-27; silent when the report has no such finding."
    ),
    usage=_USAGE,
    manner=Manner.SIGNING,
    read=read,
    asks=(REPORT,),
    spares=("family",),
    is_draft=True,
)

_ASSIST = Service(
    id="calcification-report-assist",
    hook="report-assist",
    hook_version=_DEFINED,
    title="Differential of soft tissue calcifications, when help with a report is asked for",
    description=(
        "Answers who asks for help while a report is written: the ranked differential of soft tissue calcifications "
        "with its evidence, and also etiologies with weak evidence, said to be weak. Answers the draft hook of "
        "2026-07-27."
    ),
    usage=_USAGE,
    manner=Manner.ASSISTING,
    read=read,
    asks=(REPORT,),
    hidden=(REPORT,),
    is_draft=True,
)

_VIEW = Service(
    id="calcification-report-view",
    hook="report-view",
    hook_version=_DEFINED,
    title="Differential of soft tissue calcifications, when a report is opened",
    description=(
        "Reads the imaging report that is opened together with the chart's labs and history, and returns the ranked "
        "differential of soft tissue calcifications with its evidence and the next most telling test; it offers no "
        "change of the report. Answers the draft hook of 2026-07-27."
    ),
    usage=_USAGE,
    manner=Manner.VIEWING,
    read=read,
    asks=(REPORT,),
    spares=("family",),
    is_draft=True,
)

SERVICES = (_REVIEW, _ASSIST, _VIEW)
