"""The hook request that an EHR over the sandbox would send: its context, and the prefetch that the service asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from cds_service.errors import UnknownResource
from cds_service.fhir.access.questions import Question, question, token_values
from cds_service.fhir.request import HookCall
from cds_service.sandbox.bundles import searchset
from cds_service.sandbox.query import read_query
from cds_service.sandbox.store import PATIENT, FhirStore, Resource

USER = "Practitioner/sandbox-radiologist"
REPORT, ORDER = "DiagnosticReport", "ServiceRequest"
_UNSIGNED = ("registered", "partial", "preliminary")
_DRAFT = "draft"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trigger:
    """What fires a hook.

    Attributes:
        patient: the FHIR id of the patient whose chart is open.
        instance: the hookInstance.
        user: who acts, as `Type/id`.
        report: the report as it stands in the editor; None for the patient's unsigned one on file.
        orders: being signed; None for the patient's draft orders on file.
        fhir_server: base URL that is told to the service; empty for none.
        authorization: `fhirAuthorization`; sent only beside a FHIR server.
        prefetches: whether prefetch is sent, or left to the service to fetch.
    """

    patient: str
    instance: str
    user: str = USER
    report: Resource | None = None
    orders: Sequence[Resource] | None = None
    fhir_server: str = ""
    authorization: Mapping[str, Any] | None = None
    prefetches: bool = True


def hook_request(store: FhirStore, service: Mapping[str, Any], trigger: Trigger) -> Json:
    """The request, as JSON values.

    Args:
        store: the patients.
        service: its entry in discovery.
        trigger: what fires its hook.

    Raises:
        UnknownResource: the patient is not here, or a hook of reports is fired for a patient who has none unsigned.
    """
    store.read(PATIENT, trigger.patient)
    context = {"userId": trigger.user, "patientId": trigger.patient, **_context(store, service, trigger)}
    request: Json = {"hook": service["hook"], "hookInstance": trigger.instance, "context": context}
    if trigger.fhir_server:
        request["fhirServer"] = trigger.fhir_server
        if trigger.authorization is not None:
            request["fhirAuthorization"] = dict(trigger.authorization)
    prefetch = _prefetch(store, service, context, trigger) if trigger.prefetches else {}
    if prefetch:
        request["prefetch"] = prefetch
    return request


def unsigned_report(store: FhirStore, patient: str) -> Resource:
    """The report of a patient that waits for its signature.

    Raises:
        UnknownResource: there is none.
    """
    waiting = (one for one in store.of_patient(REPORT, patient) if one.get("status") in _UNSIGNED)
    for report in waiting:
        return report
    raise UnknownResource("No report of this patient waits for its signature. Choose another patient, or write one.")


def _context(store: FhirStore, service: Mapping[str, Any], trigger: Trigger) -> Json:
    """What a hook's context holds beside user and patient; nothing more for a hook that has no more."""
    hook = service["hook"]
    name = hook.rpartition(".")[2]
    if name == "order-sign":
        return {"draftOrders": _collection(_orders(store, trigger))}
    if not name.startswith("report-"):
        return {}
    report = trigger.report or unsigned_report(store, trigger.patient)
    carried = {"draftReports": _collection([report])}
    if name != hook:
        return carried
    # The drafts of July 2026 have a bare name and name their report. One that no template reads is sent along.
    is_read = any(template.startswith(f"{REPORT}/") for template in service.get("prefetch", {}).values())
    return {**_named(report), **({} if is_read else carried)}


def _named(report: Resource) -> Json:
    told = {"reportId": report["id"], "status": report.get("status"), "category": report.get("category")}
    procedure = report.get("code")
    return {key: value for key, value in {**told, "procedure": procedure and [procedure]}.items() if value}


def _orders(store: FhirStore, trigger: Trigger) -> Sequence[Resource]:
    if trigger.orders is not None:
        return trigger.orders
    return [one for one in store.of_patient(ORDER, trigger.patient) if one.get("status") == _DRAFT]


def _collection(resources: Sequence[Resource]) -> Json:
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "collection", **({"entry": entries} if entries else {})}


def _prefetch(store: FhirStore, service: Mapping[str, Any], context: Json, trigger: Trigger) -> Json:
    """The answers to the service's templates; a key is left out where a token of its template has no value."""
    values = token_values(_call(context))
    asked = {key: question(template, values) for key, template in service.get("prefetch", {}).items()}
    return {key: _answer(store, one, trigger) for key, one in asked.items() if one is not None}


def _call(context: Json) -> HookCall:
    return HookCall("", "", "", context["patientId"], "", context, {}, {})


def _answer(store: FhirStore, asked: Question, trigger: Trigger) -> Resource | None:
    """A resource or searchset, and null for an instance that is not there (CDS Hooks 2.0.1, "Prefetch")."""
    if not asked.id:
        query = read_query(asked.type, parse_qsl(asked.query))
        return searchset(store.search(query), trigger.fhir_server)
    if trigger.report is not None and (asked.type, asked.id) == (REPORT, trigger.report.get("id")):
        return trigger.report
    try:
        return store.read(asked.type, asked.id)
    except UnknownResource:
        return None
