"""The hook before the signature: the unsigned reports stand in the context, in `draftReports`."""

from typing import Any

from cds_service.errors import InvalidRequest, ReportMissing
from cds_service.fhir.request import HookCall
from cds_service.fhir.subject import belongs_to
from cds_service.hooks.service import ReportToRead, Service

_WITHDRAWN = ("cancelled", "entered-in-error")


def reports(call: HookCall) -> list[ReportToRead]:
    """The DiagnosticReports being signed.

    Raises:
        InvalidRequest: the context holds no `draftReports`, or a report is of another patient.
        ReportMissing: there is none.
    """
    bundle = call.context.get("draftReports")
    if bundle is None:
        raise InvalidRequest(
            "context.draftReports is missing. Send a FHIR Bundle that holds the DiagnosticReport being signed."
        )
    entries = bundle.get("entry")
    resources = (
        [entry.get("resource") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    )
    drafts = [item for item in resources if isinstance(item, dict) and item.get("resourceType") == "DiagnosticReport"]
    if not drafts:
        raise ReportMissing("context.draftReports holds no DiagnosticReport. Send the report that is being signed.")
    return [_checked(call, place, report) for place, report in enumerate(drafts)]


def _checked(call: HookCall, place: int, report: dict[str, Any]) -> ReportToRead:
    if not belongs_to(report, call.patient_id):
        raise InvalidRequest(
            f"context.draftReports: DiagnosticReport number {place + 1} has a subject other than context.patientId. "
            "Send reports of the call's patient only."
        )
    status = report.get("status")
    return ReportToRead(report, f"the report is {status}" if status in _WITHDRAWN else "")


SERVICE = Service(
    id="calcification-report-sign",
    hook=".report-sign",
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
    reports=reports,
)
