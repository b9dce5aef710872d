"""What the scripts of the reporting room ask: a what-if, a card's detail as HTML, and what became of a call."""

import math
from collections.abc import Mapping
from typing import Any

import orjson
from flask import Blueprint, Response

from cds_service.audit.switches import Kind
from cds_service.content.load import Content
from cds_service.core.explanation import Explanation, ReportRow
from cds_service.core.rule_rows import RuleRow
from cds_service.core.rules import ACTIVE
from cds_service.core.scoring import NO_ENTRY, SHOWN
from cds_service.errors import InvalidRequest, UnknownCall
from cds_service.fhir.request import read_call
from cds_service.hooks import SERVICES
from cds_service.sandbox.hook_request import Trigger, hook_request
from cds_service.sandbox.what_if import Changes, Result, changed, what_if
from cds_service.web.card_markdown import rendered
from cds_service.web.installation import Installation
from cds_service.web.json_body import read_object
from cds_service.web.request_body import read_body
from cds_service.web.sandbox.room import SIGNING
from cds_service.web.sandbox.setting import SandboxSetting

_WHAT = "Send the patient's id, and what is supposed: labs by id, and age in years or null."
_MOST_YEARS = 120
_TOLD = 3
"""How many etiologies are told in words."""

Json = dict[str, Any]


def trials_blueprint(installation: Installation, sandbox: SandboxSetting) -> Blueprint:
    """The routes /sandbox/what-if, /sandbox/markdown and /sandbox/calls/INSTANCE. None of them records anything."""
    routes = Blueprint("trials", __name__, url_prefix="/sandbox")

    @routes.post("/what-if")
    def suppose() -> Response:
        return _json(_supposed(installation, sandbox, _body(installation)))

    @routes.post("/markdown")
    def markdown() -> Response:
        detail = _body(installation).get("detail")
        if not isinstance(detail, str):
            raise InvalidRequest("Send the Markdown as the string `detail`.")
        return Response(rendered(detail, "Table of the card"), content_type="text/html; charset=utf-8")

    @routes.get("/calls/<instance>")
    def call(instance: str) -> Response:
        found = installation.store.of_instance(instance)
        if not found:
            raise UnknownCall("No call with this hookInstance is on record here.")
        record = found[0].record
        silent = [report.get("silent", "") for report in record.body.get("reports", ())]
        told = [record.body.get("silent", ""), *silent]
        reasons = list(dict.fromkeys(filter(None, told)))
        return _json({"page": f"/calls/{record.call_id}", "outcome": record.outcome, "silent": reasons})

    return routes


def _supposed(installation: Installation, sandbox: SandboxSetting, body: Json) -> Json:
    content, offer, now = _in_force(installation), installation.offers[SIGNING], installation.clock()
    report = body.get("report")
    trigger = Trigger(
        patient=_text(body.get("patient")),
        instance=installation.new_id(),
        report=report if isinstance(report, dict) else None,
    )
    request = hook_request(sandbox.store(), offer.discovery, trigger)
    request = changed(request, _changes(body, content), content.labs, sandbox.as_of)
    explained = what_if(SERVICES[SIGNING], read_call(request, offer.id, offer.hook), content, now)
    return _told(explained)


def _in_force(installation: Installation) -> Content:
    """The content as the switches leave it."""
    off = {subject.id for subject in installation.switchboard.off() if subject.kind is Kind.RULE}
    content = installation.rulebook.content
    return content.without(frozenset(off)) if off else content


def _body(installation: Installation) -> Json:
    settings = installation.settings
    body, _ = read_object(read_body(settings.max_body_bytes, settings.request_seconds, installation.stopwatch))
    return body


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise InvalidRequest(_WHAT)
    return value


def _changes(body: Json, content: Content) -> Changes:
    labs = body.get("labs", {})
    if not isinstance(labs, Mapping) or not labs.keys() <= content.labs.labs.keys():
        raise InvalidRequest(_WHAT)
    results = {lab: _result(wanted) for lab, wanted in labs.items()}
    if any(result is not None and not content.labs.labs[lab].loincs for lab, result in results.items()):
        raise InvalidRequest("One of the labs is not measured but worked out of others. Change these.")
    age = body.get("age")
    known = age is not None or "age" not in body
    return Changes(results, None if age is None else _number(age, _MOST_YEARS), age_known=known)


def _result(wanted: object) -> Result | None:
    if wanted is None:
        return None
    if not isinstance(wanted, Mapping):
        raise InvalidRequest(_WHAT)
    if isinstance(wanted.get("word"), str):
        return Result(word=wanted["word"])
    return Result(value=_number(wanted.get("value"), math.inf), unit=_text(wanted.get("unit")))


def _number(value: object, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise InvalidRequest(_WHAT)
    return value


def _told(explained: Explanation) -> Json:
    report = explained.reports[0]
    rules = [rule for rule in report.rules if rule.status == ACTIVE and rule.tier != NO_ENTRY]
    return {
        "possible": explained.possible,
        "likely": explained.likely,
        "rules": [_row(rule) for rule in rules],
        "silent": report.silent,
        "alarms": [alarm.title for alarm in report.alarms if alarm.speaks and alarm.status == ACTIVE],
        "words": _in_words(report, rules),
    }


def _row(rule: RuleRow) -> Json:
    return {
        "id": rule.rule_id,
        "name": rule.name,
        "tier": rule.tier,
        "low": rule.low,
        "score": rule.score,
        "high": rule.high,
    }


def _in_words(report: ReportRow, rules: list[RuleRow]) -> str:
    shown = [rule for rule in rules if rule.tier in SHOWN]
    if not shown:
        return f"No card: {report.silent or 'nothing is to be said'}."
    told = [f"{rule.name} {rule.tier}, {rule.score} point{'' if rule.score == 1 else 's'}" for rule in shown[:_TOLD]]
    more = f"; and {len(shown) - _TOLD} more" if len(shown) > _TOLD else ""
    return f"{'; then '.join(told)}{more}."


def _json(body: Json) -> Response:
    return Response(orjson.dumps(body), content_type="application/json")
