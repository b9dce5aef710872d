"""A recorded call as FHIR R4 resources.

Who asked is an AuditEvent; what was answered a GuidanceResponse, with a ClinicalImpression for a differential and a
DetectedIssue for what must not be missed; what it rests on is in the Provenance. The patient is a logical reference by
the keyed hash: the record holds no patient id.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from fhir.resources.R4B import get_fhir_model_class

from cds_service.audit.record import Outcome
from cds_service.export.disguise import Disguise
from cds_service.export.rows import Recorded, reports_in
from cds_service.fhir.systems import LOINC

Json = dict[str, Any]

OWN = "https://calcification-cds.github.io"
TYPES = ("AuditEvent", "GuidanceResponse", "ClinicalImpression", "DetectedIssue", "Provenance")
_MASKED = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]}
_DONE, _REFUSED = "0", "4"


@dataclass(frozen=True, slots=True)
class _Call:
    """What the resources of one delivery share."""

    recorded: Recorded
    disguise: Disguise

    @property
    def key(self) -> str:
        return self.disguise.call(self.recorded.call.seq, self.recorded.call.record)

    def id_of(self, kind: str, *parts: str) -> str:
        """The same id for the same resource of the same export."""
        return str(uuid5(NAMESPACE_URL, "|".join((self.key, kind, *parts))))

    @property
    def subject(self) -> Json:
        hashed = self.disguise.patient(self.recorded.call.record)
        return {"type": "Patient", "identifier": {"system": f"{OWN}/patient-key", "value": hashed}} if hashed else {}

    @property
    def moment(self) -> str:
        """A FHIR dateTime, which may be a year or a day."""
        record = self.recorded.call.record
        return self.disguise.moment(record.received_at, record)

    def instant(self) -> Json:
        """The required `recorded`: an instant, or that it is masked where no more than a day may be told."""
        return {"recorded": self.moment} if "T" in self.moment else {"_recorded": _MASKED}


def resources_of(recorded: Recorded, disguise: Disguise) -> Iterator[Json]:
    """The resources of one delivery; each was built, and so checked, with fhir.resources."""
    call = _Call(recorded, disguise)
    answers = [_guidance(call)]
    if call.subject:
        answers += [*_impressions(call), *_issues(call)]
    for resource in (_event(call), *answers, _provenance(call, answers)):
        # Imported when one is first built: a process that only answers calls has no use for these models.
        model = get_fhir_model_class(resource["resourceType"])
        yield json.loads(model.model_validate(_without_empty(resource)).model_dump_json())


def _event(call: _Call) -> Json:
    record = call.recorded.call.record
    refused = record.outcome == Outcome.REFUSED
    return {
        "resourceType": "AuditEvent",
        "id": call.id_of("AuditEvent"),
        "type": {
            "system": "http://terminology.hl7.org/CodeSystem/audit-event-type",
            "code": "rest",
            "display": "RESTful Operation",
        },
        "subtype": [{"system": f"{OWN}/hook", "code": record.hook}] if record.hook else [],
        "action": "E",
        **call.instant(),
        "outcome": _REFUSED if refused else _DONE,
        "outcomeDesc": str(record.body.get("refused", "")),
        "agent": [{"who": _identified("client", call.disguise.client(record.client)), "requestor": True}],
        "source": {"observer": _identified("service", record.service or "none")},
        "entity": [
            {
                "what": _identified("call", call.key),
                "detail": [
                    {"type": "outcome", "valueString": record.outcome},
                    {"type": "content-version", "valueString": record.content_version},
                    {"type": "duration-us", "valueString": str(record.duration_us)},
                ],
            }
        ],
    }


def _guidance(call: _Call) -> Json:
    record = call.recorded.call.record
    said = [disguised for disguised in _reasons(call) if disguised]
    outcome = {
        "resourceType": "OperationOutcome",
        "id": "said",
        "issue": [{"severity": "information", "code": "informational", "diagnostics": reason} for reason in said],
    }
    return {
        "resourceType": "GuidanceResponse",
        "id": call.id_of("GuidanceResponse"),
        "contained": [outcome] if said else [],
        "requestIdentifier": {"system": f"{OWN}/call", "value": call.key},
        "moduleCanonical": f"{OWN}/PlanDefinition/{record.service or 'none'}|{record.content_version}",
        "status": "failure" if record.outcome == Outcome.REFUSED else "success",
        "subject": call.subject,
        "occurrenceDateTime": call.moment,
        "performer": {"display": "calcification-cds"},
        "evaluationMessage": [{"reference": "#said"}] if said else [],
        "dataRequirement": [*_requirements(call)],
    }


def _reasons(call: _Call) -> Iterator[str]:
    """Why the call was refused, or a report is silent."""
    body = call.recorded.call.record.body
    yield str(body.get("refused", ""))
    yield call.disguise.sentence(body.get("silent", ""))
    for report in body.get("reports", ()):
        yield call.disguise.sentence(report.get("silent", ""))


def _requirements(call: _Call) -> Iterator[Json]:
    """The tests that would tell most, once each."""
    orders = call.recorded.content.get("labels", {}).get("orders", {})
    asked = [
        test["lab"] for report in call.recorded.call.record.body.get("reports", ()) for test in report["nextTests"]
    ]
    for lab in dict.fromkeys(asked):
        if lab in orders:
            _, loinc, display = orders[lab]
            coded = {"system": LOINC, "code": loinc, "display": display}
            yield {"type": "Observation", "codeFilter": [{"path": "code", "code": [coded]}]}


def _impressions(call: _Call) -> Iterator[Json]:
    record, content = call.recorded.call.record, call.recorded.content
    for place, report, _ in reports_in(record):
        outcomes = {outcome["rule"].partition("@")[0]: outcome for outcome in report["outcomes"]}
        ranked = [(rule, outcomes[rule]) for rule in report["ranked"] if rule in outcomes]
        if not ranked:
            continue
        yield {
            "resourceType": "ClinicalImpression",
            "id": call.id_of("ClinicalImpression", str(place)),
            "status": "completed",
            "description": "Differential of a soft tissue calcification, by rules; for a clinician's judgement",
            "subject": call.subject,
            "effectiveDateTime": call.moment,
            "protocol": [f"{OWN}/content/{record.content_version}"],
            "finding": [_finding(rule, outcome, content) for rule, outcome in ranked],
        }


def _finding(rule: str, outcome: Json, content: Mapping[str, Any]) -> Json:
    etiology = content.get("rules", {}).get(rule, {}).get("etiology", rule)
    low, score, high = outcome["score"]
    return {
        "itemCodeableConcept": {
            "coding": [{"system": f"{OWN}/CodeSystem/etiology", "code": etiology}],
            "text": content.get("etiologies", {}).get(etiology, etiology),
        },
        "basis": f"{outcome['tier']}; {score} points, {low} to {high} with what is unknown; rule {outcome['rule']}",
    }


def _issues(call: _Call) -> Iterator[Json]:
    alarms = call.recorded.content.get("alarms", {})
    for place, report, _ in reports_in(call.recorded.call.record):
        for spoken in report["mustNotMiss"]:
            rule = spoken["rule"].partition("@")[0]
            if not spoken["speaks"]:
                continue
            alarm = alarms.get(rule, {})
            yield {
                "resourceType": "DetectedIssue",
                "id": call.id_of("DetectedIssue", str(place), rule),
                "status": "final",
                "code": {
                    "coding": [{"system": f"{OWN}/CodeSystem/must-not-miss", "code": rule}],
                    "text": alarm.get("title", rule),
                },
                "patient": call.subject,
                "identifiedDateTime": call.moment,
                "author": {"display": "calcification-cds"},
                "detail": alarm.get("message", ""),
            }


def _provenance(call: _Call, answers: list[Json]) -> Json:
    record = call.recorded.call.record
    return {
        "resourceType": "Provenance",
        "id": call.id_of("Provenance"),
        "target": [{"reference": f"{answer['resourceType']}/{answer['id']}"} for answer in answers],
        "occurredDateTime": call.moment,
        **call.instant(),
        "activity": {"text": "clinical decision support by rules"},
        "agent": [
            {
                "type": {
                    "coding": [
                        {
                            "system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
                            "code": "assembler",
                        }
                    ]
                },
                "who": _identified("service", record.service or "none"),
            }
        ],
        "entity": [{"role": "source", "what": _identified("content", record.content_version or "none")}],
    }


def _identified(kind: str, value: str) -> Json:
    return {"identifier": {"system": f"{OWN}/{kind}", "value": value}}


def _without_empty(value: Any) -> Any:
    """FHIR has no empty texts, arrays or objects."""
    if isinstance(value, dict):
        kept = {key: _without_empty(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in ("", [], {}, None)}
    return [_without_empty(item) for item in value] if isinstance(value, list) else value
