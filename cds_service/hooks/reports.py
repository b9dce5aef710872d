"""DiagnosticReports of a call: whose they are, of what kind, how old, and what to call them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from cds_service.core.cards import Source
from cds_service.core.facts import SetAside
from cds_service.core.report_kinds import ReportKinds
from cds_service.fhir.chart import Chart
from cds_service.fhir.concepts import known_as, title_of
from cds_service.fhir.dates import Moment, UnreadableDateError, first_moment
from cds_service.fhir.resources import resource_name
from cds_service.fhir.subject import Whose, whose
from cds_service.hooks.service import Desk, ReportToRead, ToRead

NOT_IMAGING = "its category is not imaging"
_WITHDRAWN = ("cancelled", "entered-in-error")
_DATES = ("effectiveDateTime", "effectivePeriod", "issued", "authoredOn")


class _Dated(NamedTuple):
    report: dict[str, Any]
    moment: Moment | None


def why_unread(report: dict[str, Any], kinds: ReportKinds, *categories: object) -> str:
    """Why nothing is said of a report, by its status and its categories; empty where something may be.

    Args:
        report: the DiagnosticReport as it came.
        kinds: what the vocabulary says of categories.
        categories: further statements of its category, in any form, such as the context's.
    """
    status = report.get("status")
    if status in _WITHDRAWN:
        return f"the report is {status}"
    said = (report.get("category"), *categories)
    if any(known_as(value, kinds.imaging) for value in said):
        return ""
    return NOT_IMAGING if any(known_as(value, kinds.other) for value in said) else ""


def source_of(report: dict[str, Any], *titles: object) -> Source:
    """What to call a stored report or an order: its title, its day, its name."""
    moment = _moment(report)
    return Source(
        title=title_of(*titles, report.get("code")),
        day=moment.text if moment else "",
        resource=resource_name(report),
        is_order=report.get("resourceType") == "ServiceRequest",
    )


def written_days(report: dict[str, Any], as_of: datetime) -> int:
    """How many days ago a report was written; 0 where it does not say."""
    moment = _moment(report)
    return moment.age_days(as_of) if moment else 0


def newest_imaging(chart: Chart, desk: Desk) -> ToRead:
    """The patient's newest stored imaging reports, newest first, an undated one last."""
    kinds = desk.content.vocabulary.reports
    found: list[_Dated] = []
    set_aside: dict[SetAside, None] = {}
    for held in chart.received.of("DiagnosticReport"):
        if not held.asked_for:
            continue
        dated = _Dated(dict(held.resource), _moment(held.resource))
        reason = _why_not_stored(dated, chart, desk, kinds)
        if reason:
            set_aside[SetAside(resource_name(dated.report), reason)] = None
        else:
            found.append(dated)
    found.sort(key=_newest_first)
    for dated in found[kinds.newest :]:
        set_aside[SetAside(resource_name(dated.report), f"only the {kinds.newest} newest imaging reports are read")] = (
            None
        )
    return ToRead(
        tuple(
            ReportToRead(one.report, source=source_of(one.report), written_days=written_days(one.report, desk.as_of))
            for one in found[: kinds.newest]
        ),
        set_aside=tuple(set_aside),
    )


def _why_not_stored(dated: _Dated, chart: Chart, desk: Desk, kinds: ReportKinds) -> str:
    if whose(dated.report, chart.identity) is Whose.ANOTHER:
        return "it is not the call's patient's"
    if dated.moment is not None and dated.moment.is_ahead_of(desk.as_of):
        return "it is dated in the future"
    if dated.moment is not None and dated.moment.age_days(desk.as_of) > kinds.not_older_than_days:
        return f"it is older than {kinds.not_older_than_days} days"
    return why_unread(dated.report, kinds)


def _newest_first(dated: _Dated) -> tuple[float, str]:
    return (-dated.moment.start.timestamp() if dated.moment else 0.0, resource_name(dated.report))


def _moment(report: Mapping[str, Any]) -> Moment | None:
    try:
        return first_moment(report, *_DATES)
    except UnreadableDateError:
        return None
