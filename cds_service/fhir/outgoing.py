"""Builds the JSON that leaves: CDS Hooks cards, and the FHIR resources that their suggestions carry.

ServiceRequests are built with fhir.resources. The draft report of an `update` is echoed as it came, since passing it
through a model would drop or rewrite what the client sent (trailing zeros, fractions of seconds, its own extensions);
only `conclusion` grows.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from fhir.resources.R4B.servicerequest import ServiceRequest

from cds_service.core.cards import Card
from cds_service.core.labels import LabOrder
from cds_service.core.wording import CardWords, Wording
from cds_service.fhir.systems import LOINC

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CallIdentity:
    """What the ids of one answer are made from, and where its page is.

    Attributes:
        call_id: the same for the same hookInstance, input and content version.
        domain: the reverse-domain name that extension keys begin with.
        base_url: where the service's pages are, without a slash at the end; empty where none are served.
        source_url: where the source attributes of the rules are; empty where nobody serves them.
        place: of the report among those of the call, for ids of reports may be absent or repeated.
    """

    call_id: UUID
    domain: str
    base_url: str
    source_url: str = ""
    place: int = 0

    def uuid(self, *parts: str) -> str:
        """A uuid that is the same whenever the same call is answered."""
        # An id of the client's may hold a lone surrogate, which UTF-8 cannot write.
        named = "|".join((str(self.place), *parts)).encode("utf-8", "backslashreplace").decode("utf-8")
        return str(uuid5(self.call_id, named))

    @property
    def page(self) -> str:
        """The URL of the call's page; where there are no pages, the call as a URN."""
        return f"{self.base_url}/calls/{self.call_id}" if self.base_url else self.call_id.urn


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom proposed orders are for."""

    patient_id: str
    encounter_id: str


def card_json(
    card: Card,
    report: Json,
    differential: Sequence[Mapping[str, object]],
    who: Subject,
    ids: CallIdentity,
    words: CardWords,
) -> Json:
    """One card as CDS Hooks JSON; nothing empty and nothing null in it.

    Args:
        card: what to say.
        report: the draft DiagnosticReport as it came.
        differential: the full ranked list of this report.
        who: patient and encounter of the call.
        ids: the call's identity.
        words: the wording that all cards share.
    """
    report_id = str(report.get("id", ""))
    common, own = words.common, words.differential
    extension: Json = {f"{ids.domain}.kind": card.kind, f"{ids.domain}.call": ids.page}
    if differential:
        extension[f"{ids.domain}.differential"] = list(differential)
    built: Json = {
        "uuid": ids.uuid("card", card.kind, report_id),
        "summary": card.summary,
        "detail": card.detail,
        "indicator": card.indicator,
        "source": _source(common, ids),
        "overrideReasons": [
            {"code": reason["code"], "system": common.get("override_system"), "display": reason["display"]}
            for reason in common.get("override_reasons")
        ],
        **_links(common, ids),
        "extension": extension,
    }
    suggestions = _suggestions(card, report, who, ids, own)
    if suggestions:
        built |= {"suggestions": suggestions, "selectionBehavior": "any"}
    return built


def _source(common: Wording, ids: CallIdentity) -> Json:
    where = {"url": ids.source_url} if ids.source_url else {}
    return {"label": common.say("source.label"), **where, "topic": dict(common.get("topic"))}


def _links(common: Wording, ids: CallIdentity) -> Json:
    if not ids.base_url:
        return {}
    return {"links": [{"label": common.say("link.label"), "url": ids.page, "type": "absolute"}]}


def _suggestions(card: Card, report: Json, who: Subject, ids: CallIdentity, words: Wording) -> list[Json]:
    """First the update of the draft, unless its text stands there already; then the orders."""
    report_id = str(report.get("id", ""))
    suggestions = []
    if card.appended and report_id and card.appended not in str(report.get("conclusion", "")):
        resource = appended(report, card.appended)
        action: Json = {"type": "update", "description": words.say("conclusion.action"), "resource": resource}
        suggestions.append(_suggestion(ids.uuid("update", report_id), words.say("conclusion.label"), action))
    for order in card.orders:
        resource = service_request(order, who, words.say("order.reason"))
        action = {"type": "create", "description": words.say("order.action", test=order.name), "resource": resource}
        label = words.say("order.label", test=order.name)
        suggestions.append(_suggestion(ids.uuid("order", report_id, order.lab), label, action))
    return suggestions


def _suggestion(uuid: str, label: str, action: Json) -> Json:
    return {"label": label, "uuid": uuid, "actions": [action]}


def appended(report: Json, text: str) -> Json:
    """The draft report with `text` added to its conclusion, everything else as it came."""
    before = report.get("conclusion")
    return {**report, "conclusion": f"{before}\n\n{text}" if isinstance(before, str) and before else text}


def service_request(order: LabOrder, who: Subject, reason: str) -> Json:
    """A proposal to order a missing test."""
    fields: Json = {
        "status": "draft",
        "intent": "proposal",
        "code": {"coding": [{"system": LOINC, "code": order.loinc, "display": order.display}], "text": order.name},
        "subject": {"reference": f"Patient/{who.patient_id}"},
        "reasonCode": [{"text": reason}],
    }
    if who.encounter_id:
        fields["encounter"] = {"reference": f"Encounter/{who.encounter_id}"}
    built: Json = json.loads(ServiceRequest.model_validate(fields).model_dump_json())
    return built
