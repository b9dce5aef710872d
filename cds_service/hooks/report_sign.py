"""The hook before the signature: the unsigned reports stand in the context, in `draftReports`."""

from typing import Any

from cds_service.core.cards import Manner
from cds_service.errors import InvalidRequest, ReportMissing
from cds_service.fhir.chart import Chart
from cds_service.fhir.request import HookCall, resources_in
from cds_service.fhir.subject import belongs_to
from cds_service.hooks.reports import why_unread
from cds_service.hooks.service import Desk, ReportToRead, Service, ToRead

REPORT_TYPE = "DiagnosticReport"


def read(call: HookCall, _chart: Chart, desk: Desk) -> ToRead:
    """The DiagnosticReports being signed.

    Raises:
        InvalidRequest: the context holds no `draftReports`, or a report is of another patient.
        ReportMissing: there is none.
    """
    if call.context.get("draftReports") is None:
        raise InvalidRequest(
            "context.draftReports is missing. Send a FHIR Bundle that holds the DiagnosticReport being signed."
        )
    drafts = drafts_in(call)
    if not drafts:
        raise ReportMissing("context.draftReports holds no DiagnosticReport. Send the report that is being signed.")
    return ToRead(tuple(_checked(call, place, report, desk) for place, report in enumerate(drafts)))


def drafts_in(call: HookCall) -> list[dict[str, Any]]:
    """The DiagnosticReports in `context.draftReports`."""
    return resources_in(call.context.get("draftReports"), REPORT_TYPE)


def _checked(call: HookCall, place: int, report: dict[str, Any], desk: Desk) -> ReportToRead:
    if not belongs_to(report, call.patient_id):
        raise InvalidRequest(
            f"context.draftReports: DiagnosticReport number {place + 1} has a subject other than context.patientId. "
            "Send reports of the call's patient only."
        )
    return ReportToRead(report, why_unread(report, desk.content.vocabulary.reports, call.context.get("category")))


SERVICE = Service(
    id="calcification-report-sign",
    hook=".report-sign",
    hook_version="0.1.0",
    title="Differential of soft tissue calcifications, at report signing",
    description=(
        "Reads the imaging report that is about to be signed together with the chart's labs and history, and returns "
        "the ranked differential of soft tissue calcifications with the evidence for and against each etiology, and "
        "the next most telling test. Silent when the report has no such finding."
    ),
    usage=(
        "For imaging reports in English. Send the unsigned DiagnosticReport in context.draftReports. Every prefetch "
        "key is optional: what is missing is treated as unknown, never as normal."
    ),
    manner=Manner.SIGNING,
    read=read,
)
