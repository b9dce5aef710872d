"""The hook when orders are signed: an order that concerns a soft tissue calcification, and the tests missing beside it.

An order concerns one if its own words name it, if it is for a test of the work-up by itself (not a routine one, nor a
panel), or if it is for imaging of the part of the body where the newest imaging shows one.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from cds_service.content.load import Content
from cds_service.core.cards import Manner
from cds_service.core.findings import read_examination
from cds_service.errors import InvalidRequest
from cds_service.fhir.chart import Chart
from cds_service.fhir.concepts import known_as, read_concepts
from cds_service.fhir.prefetch import IMAGING, orders_in, single_tests_in
from cds_service.fhir.request import HookCall, resources_in
from cds_service.fhir.subject import Whose, whose
from cds_service.hooks.reports import newest_imaging, source_of
from cds_service.hooks.service import Desk, ReportToRead, Service, ToRead, for_clinicians

_DROPPED = ("revoked", "entered-in-error", "completed")
_LONGEST_WORDS = 4000
NOT_CONCERNED = "no draft order concerns a soft tissue calcification"


def read(call: HookCall, chart: Chart, desk: Desk) -> ToRead:
    """The words of each draft order and, where an order is for a test or for imaging, the newest imaging reports.

    Raises:
        InvalidRequest: the context holds no `draftOrders`.
    """
    if not isinstance(call.context.get("draftOrders"), dict):
        raise InvalidRequest("context.draftOrders is missing. Send a FHIR Bundle that holds the orders being signed.")
    mine = [order for order in _service_requests(call) if whose(order, chart.identity) is not Whose.ANOTHER]
    orders = [_asked(order, desk.content) for order in mine]
    told = [ReportToRead(one.order, words=one.words, source=source_of(one.order)) for one in orders if one.words]
    stored = newest_imaging(chart, desk)
    tested, examined = any(one.tests for one in orders), frozenset().union(*(one.regions for one in orders))
    reports = stored.reports if tested or examined else ()
    if not tested:
        reports = tuple(replace(report, regions=examined) for report in reports)
    silent = "" if told or reports else _why_silent(tested or bool(examined), chart)
    return ToRead((*told, *reports), silent, orders_in(mine, desk.content.labs), stored.set_aside)


def _why_silent(concerned: bool, chart: Chart) -> str:
    if not concerned:
        return NOT_CONCERNED
    return f"the order may concern one, and there is no imaging report to tell ({chart.received.missing(IMAGING)})"


def idle(call: HookCall, content: Content) -> str:
    """Why a call concerns nothing here: no clinician signs, or only orders of drugs, routine tests and the like."""
    unheard = for_clinicians(call, content)
    if unheard or not isinstance(call.context.get("draftOrders"), dict):
        return unheard
    asked = (_asked(order, content) for order in _service_requests(call))
    return "" if any(one.words or one.tests or one.regions for one in asked) else NOT_CONCERNED


class _Asked(NamedTuple):
    """A draft order: the words of its reason, the tests of the work-up that it is for, and what imaging it is of."""

    order: dict[str, Any]
    words: str
    tests: frozenset[str]
    regions: frozenset[str]


def _asked(order: dict[str, Any], content: Content) -> _Asked:
    tests = single_tests_in([order], content.labs) - content.vocabulary.reports.routine_tests
    return _Asked(order, _words(order), tests, frozenset(_examined(order, content)))


def _service_requests(call: HookCall) -> list[dict[str, Any]]:
    held = resources_in(call.context.get("draftOrders"), "ServiceRequest")
    return [order for order in held if order.get("status") not in _DROPPED]


def _words(order: dict[str, Any]) -> str:
    """What an order says of why it is given: its reasons and notes, not the name of the test."""
    notes = order.get("note")
    texts = [
        *(name for concept in read_concepts(order.get("reasonCode")) for name in concept.names),
        *(note["text"] for note in _objects(notes) if isinstance(note.get("text"), str)),
        *(ref["display"] for ref in _objects(order.get("reasonReference")) if isinstance(ref.get("display"), str)),
    ]
    return ".\n".join(dict.fromkeys(text.strip() for text in texts if text.strip()))[:_LONGEST_WORDS]


def _examined(order: dict[str, Any], content: Content) -> Iterator[str]:
    """The parts of the body that an order for imaging is for."""
    concepts = (*read_concepts([order.get("code")]), *read_concepts(order.get("bodySite")))
    named = [read_examination(name, content.reader) for concept in concepts for name in concept.names]
    is_imaging = known_as(order.get("category"), content.vocabulary.reports.order_imaging)
    if is_imaging or any(examination.by_imaging for examination in named):
        yield from (examination.region for examination in named if examination.region)


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
