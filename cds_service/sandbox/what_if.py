"""What the service would say if a result, or the age, were another: judged as a call is, and recorded nowhere.

The change is made in the request, as if the laboratory had sent it, so that everything that is worked out of results
(corrected calcium, a renal function) follows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from cds_service.audit.body import record_body
from cds_service.content.load import Content
from cds_service.core.explanation import Explanation, explain
from cds_service.core.labs import LabVocabulary
from cds_service.fhir.chart import read_chart
from cds_service.fhir.request import HookCall
from cds_service.fhir.subject import Identity
from cds_service.fhir.systems import LOINC, UCUM
from cds_service.hooks.service import Desk, Service
from cds_service.judgement import judge_read, read_one
from cds_service.sandbox.results import recognised_as

_DAYS_OF_A_YEAR = 365.25

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """A supposed result: a number with its UCUM unit, or a word."""

    value: float | None = None
    unit: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is supposed.

    Attributes:
        labs: by lab id; None for one that is not known.
        age: in years; None where it is not supposed.
        age_known: False where the age is supposed to be unknown.
    """

    labs: Mapping[str, Result | None]
    age: float | None = None
    age_known: bool = True


def what_if(service: Service, call: HookCall, content: Content, as_of: datetime) -> Explanation:
    """The judgement of a call's reports, as the page of a call explains it.

    Args:
        service: one that reads draft reports.
        call: with the changes in its prefetch.
        content: rules and wording.
        as_of: the moment of the call.

    Raises:
        InvalidRequest: a report is of another patient.
        ReportMissing: there is none.
    """
    chart = read_chart(call, content.labs, content.history, as_of, content.vocabulary.read_history)
    to_read = service.read(call, chart, Desk(content, as_of))
    judged = [judge_read(content, read_one(content, chart, to_read, one, as_of)) for one in to_read.reports]
    return explain(record_body(judged, ()), content.snapshot)


def changed(request: Json, changes: Changes, labs: LabVocabulary, as_of: datetime) -> Json:
    """A hook request in which the changes have come true; the one given stays as it is."""
    prefetch = dict(request.get("prefetch", {}))
    if changes.age is not None or not changes.age_known:
        prefetch["patient"] = _aged(prefetch.get("patient") or {}, changes, as_of.date())
    usable = list(_usable(prefetch, labs, Identity(request["context"]["patientId"]), as_of))
    when = _last_drawn(one for _, one in usable) or as_of.isoformat()
    for lab, result in changes.labs.items():
        there = [one for known, one in usable if known == lab]
        taken = _without(prefetch, there, only_newest=result is not None)
        if result is not None:
            key = labs.labs[lab].prefetch
            prefetch[key] = _with(prefetch.get(key), _observation(request, lab, result, labs, taken or when))
    return {**request, "prefetch": prefetch}


def _aged(patient: Mapping[str, Any], changes: Changes, today: date) -> Json:
    known = {key: value for key, value in patient.items() if key != "birthDate"}
    if changes.age is None:
        return known
    # Half a day more, so that a whole number of years is not missed by the odd hours of leap days.
    born = today - timedelta(days=changes.age * _DAYS_OF_A_YEAR + 1)
    return {**known, "birthDate": born.isoformat()}


def _results(bundle: object) -> Iterator[Mapping[str, Any]]:
    for entry in bundle.get("entry", ()) if isinstance(bundle, Mapping) else ():
        resource = entry.get("resource", {})
        if resource.get("resourceType") == "Observation":
            yield resource


def _moment(one: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(one["effectiveDateTime"])


def _usable(
    prefetch: Mapping[str, Any], labs: LabVocabulary, identity: Identity, as_of: datetime
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every result that the service would use, with its lab."""
    for bundle in prefetch.values():
        for one in _results(bundle):
            known = recognised_as(one, labs, identity, as_of)
            if known is not None and not known.reason:
                yield known.candidate.known.lab, one


def _without(prefetch: Json, there: Sequence[Mapping[str, Any]], *, only_newest: bool) -> str:
    """Take results out, or just the newest; returns when that was drawn, empty where there was none."""
    newest = max(there, key=_moment, default=None)
    gone = {one["id"] for one in there if not only_newest or one is newest}
    for key, bundle in prefetch.items():
        if gone and any(one["id"] in gone for one in _results(bundle)):
            left = [entry for entry in bundle["entry"] if entry["resource"].get("id") not in gone]
            prefetch[key] = {**bundle, "entry": left, "total": len(left)}
    return _last_drawn(there)


def _last_drawn(results: Iterable[Mapping[str, Any]]) -> str:
    newest = max(results, key=_moment, default=None)
    return str(newest["effectiveDateTime"]) if newest is not None else ""


def _with(bundle: object, observation: Json) -> Json:
    held = copy(bundle) if isinstance(bundle, dict) else {"resourceType": "Bundle", "type": "searchset"}
    entries = [*held.get("entry", ()), {"resource": observation}]
    return {**held, "entry": entries, "total": len(entries)}


def _observation(request: Json, lab: str, result: Result, labs: LabVocabulary, when: str) -> Json:
    known = labs.labs[lab]
    made: Json = {
        "resourceType": "Observation",
        "id": f"what-if-{lab}",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": known.loincs[0]}], "text": known.label},
        "subject": {"reference": f"Patient/{request['context']['patientId']}"},
        "effectiveDateTime": when,
    }
    if result.word:
        return {**made, "valueString": result.word}
    quantity = {"value": result.value, "unit": result.unit, "system": UCUM, "code": result.unit}
    return {**made, "valueQuantity": quantity}
