"""Good calls: what a client sends that does everything right, made from the service's own entry in discovery.

The patient is made up, and another one in each call, since a service may stay silent the second time.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cds_service.conformance.example_prefetch import example_prefetch

Json = dict[str, Any]

DRAFT_HOOKS = ("report-review", "report-assist", "report-view", "report-sign")
"""The drafts of hooks about reports, under their bare names."""
_RADIOLOGY: Json = {"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "RAD"}


@dataclass(frozen=True, slots=True)
class Samples:
    """What good calls are made of.

    Attributes:
        exam: name of an imaging exam.
        report: its report; best one that the service that is checked has something to say on.
        today: the day on which the report is dated.
        new_id: a new random UUID at each call.
        given: whole calls by hook, to be sent instead of made-up ones.
    """

    exam: str
    report: str
    today: date
    new_id: Callable[[], str]
    given: Mapping[str, Json] = field(default_factory=dict)


def good_call(entry: Mapping[str, Any], samples: Samples) -> Json | None:
    """A good call of a service, new at each time; None for a hook that no call can be made up for.

    Args:
        entry: the service's entry in discovery.
        samples: what to make it of.
    """
    instance = samples.new_id()
    hook = str(entry.get("hook"))
    if hook in samples.given:
        return {**deepcopy(samples.given[hook]), "hookInstance": instance}
    patient = f"made-up-{instance[:8]}"
    context = _context(hook, patient, samples)
    if context is None:
        return None
    templates = entry.get("prefetch")
    report = _report(patient, samples)
    stored = {**report, "status": "final", "issued": f"{samples.today.isoformat()}T00:00:00Z"}
    found = example_prefetch(templates, context, stored) if isinstance(templates, Mapping) else {}
    if hook in DRAFT_HOOKS and stored not in found.values():
        # The report is stored nowhere that a service could read it from, so it goes along.
        context["draftReports"] = _collection(report)
    call: Json = {"hook": hook, "hookInstance": instance, "context": context}
    return {**call, "prefetch": found} if found else call


def category(form: str, system: str = "") -> Any:
    """The category of a report as the drafts of the report hooks are read: a string, an object or an array.

    Args:
        form: "string", "object" or "array".
        system: code system to name instead of the usual one.
    """
    concept = {"coding": [{**_RADIOLOGY, **({"system": system} if system else {})}]}
    return _as(form, str(_RADIOLOGY["code"]), concept)


def procedure(form: str, samples: Samples) -> Any:
    """The procedure of a report, in one of the same three forms."""
    return _as(form, samples.exam, {"text": samples.exam})


def _as(form: str, word: str, concept: Json) -> Any:
    return {"string": word, "object": concept, "array": [concept]}[form]


def _context(hook: str, patient: str, samples: Samples) -> Json | None:
    base: Json = {"userId": "Practitioner/made-up", "patientId": patient}
    order = {**_order(patient, samples), "id": "order-1"}
    last = hook.rpartition(".")[2]
    contexts: dict[str, Json] = {
        "patient-view": base,
        "encounter-start": {**base, "encounterId": "made-up"},
        "encounter-discharge": {**base, "encounterId": "made-up"},
        "order-sign": {**base, "draftOrders": _collection(order)},
        "order-select": {**base, "selections": ["ServiceRequest/order-1"], "draftOrders": _collection(order)},
    }
    if last.startswith("report-"):
        report = _report(patient, samples)
        return {
            **base,
            "reportId": report["id"],
            "category": category("array"),
            "status": report["status"],
            "procedure": procedure("object", samples),
            **({} if hook in DRAFT_HOOKS else {"draftReports": _collection(report)}),
        }
    return contexts.get(hook)


def _report(patient: str, samples: Samples) -> Json:
    return {
        "resourceType": "DiagnosticReport",
        "id": f"report-of-{patient}",
        "status": "preliminary",
        "category": [{"coding": [_RADIOLOGY]}],
        "code": {"text": samples.exam},
        "subject": {"reference": f"Patient/{patient}"},
        "conclusion": samples.report,
    }


def _order(patient: str, samples: Samples) -> Json:
    return {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "order",
        "code": {"text": samples.exam},
        "subject": {"reference": f"Patient/{patient}"},
        "reasonCode": [{"text": samples.report}],
    }


def _collection(resource: Json) -> Json:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource}]}
