"""The hook when orders are signed: an order that concerns a soft tissue calcification, and the tests missing beside it.

An order concerns one if its own words name it, if it is for a test of the work-up, or if it is for imaging of the part
of the body where the newest imaging shows one.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cds_service.core.cards import Manner
from cds_service.core.findings import ReportReader, read_examination
from cds_service.errors import InvalidRequest
from cds_service.fhir.chart import Chart
from cds_service.fhir.concepts import known_as, read_concepts
from cds_service.fhir.prefetch import IMAGING, orders_in
from cds_service.fhir.request import HookCall
from cds_service.fhir.subject import Whose, whose
from cds_service.hooks.reports import newest_imaging, source_of
from cds_service.hooks.service import Desk, ReportToRead, Service, ToRead

_DROPPED = ("revoked", "entered-in-error", "completed")
_LONGEST_WORDS = 4000
_NO_ORDER = "no draft order is for a test or an examination"
_NOT_CONCERNED = "no draft order concerns a soft tissue calcification"


def read(call: HookCall, chart: Chart, desk: Desk) -> ToRead:
    """The words of each draft order and, where an order is for a test or for imaging, the newest imaging reports.

    Raises:
        InvalidRequest: the context holds no `draftOrders`.
    """
    if not isinstance(call.context.get("draftOrders"), dict):
        raise InvalidRequest("context.draftOrders is missing. Send a FHIR Bundle that holds the orders being signed.")
    orders = [order for order in _service_requests(call) if whose(order, chart.identity) is not Whose.ANOTHER]
    if not orders:
        return ToRead((), _NO_ORDER)
    ordered = orders_in(orders, desk.content.labs)
    told = [ReportToRead(order, words=words, source=source_of(order)) for order in orders if (words := _words(order))]
    stored = newest_imaging(chart, desk)
    examined = _examined(orders, desk)
    reports = stored.reports if ordered or examined else ()
    if not ordered:
        reports = tuple(replace(report, regions=examined) for report in reports)
    return ToRead((*told, *reports), "" if told or reports else _NOT_CONCERNED, ordered, stored.set_aside)


def idle(call: HookCall) -> str:
    """Orders of drugs, diets and the like concern nothing here."""
    return "" if any(True for _ in _service_requests(call)) else _NO_ORDER


def _service_requests(call: HookCall) -> Iterator[dict[str, Any]]:
    bundle = call.context.get("draftOrders")
    entries = bundle.get("entry") if isinstance(bundle, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        order = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(order, dict) or order.get("resourceType") != "ServiceRequest":
            continue
        if order.get("status") not in _DROPPED:
            yield order


def _words(order: dict[str, Any]) -> str:
    """What an order says of why it is given: its reasons and notes, not the name of the test."""
    notes = order.get("note")
    texts = [
        *(name for concept in read_concepts(order.get("reasonCode")) for name in concept.names),
        *(note["text"] for note in _objects(notes) if isinstance(note.get("text"), str)),
        *(ref["display"] for ref in _objects(order.get("reasonReference")) if isinstance(ref.get("display"), str)),
    ]
    return ".\n".join(dict.fromkeys(text.strip() for text in texts if text.strip()))[:_LONGEST_WORDS]


def _examined(orders: list[dict[str, Any]], desk: Desk) -> frozenset[str]:
    """The parts of the body that the orders for imaging are for."""
    reader, kinds = desk.content.reader, desk.content.vocabulary.reports
    regions: set[str] = set()
    for order in orders:
        names = [name for concept in read_concepts([order.get("code")]) for name in concept.names]
        is_imaging = known_as(order.get("category"), kinds.order_imaging)
        sites = [name for concept in read_concepts(order.get("bodySite")) for name in concept.names]
        regions.update(_regions(names, sites, is_imaging, reader))
    return frozenset(regions)


def _regions(names: list[str], sites: list[str], is_imaging: bool, reader: ReportReader) -> Iterator[str]:
    examinations = [read_examination(name, reader) for name in (*names, *sites)]
    if is_imaging or any(examination.by_imaging for examination in examinations):
        yield from (examination.region for examination in examinations if examination.region)


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


SERVICE = Service(
    id="calcification-order-sign",
    hook="order-sign",
    hook_version="1.0",
    title="Missing tests of a soft tissue calcification, when an order is signed",
    description=(
        "Where a draft order concerns a soft tissue calcification, by its reason or by the patient's newest imaging "
        "reports, one card proposes the missing tests that would tell most and are not on order. Silent otherwise."
    ),
    usage=(
        "For orders and imaging reports in English. Every prefetch key is optional: what is missing is treated as "
        "unknown, never as normal."
    ),
    manner=Manner.ORDERING,
    read=read,
    asks=(IMAGING,),
    spares=("family",),
    idle=idle,
)
