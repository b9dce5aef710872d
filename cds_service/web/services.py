"""The CDS services over HTTP: discovery, calls, feedback (CDS Hooks 2.0.1)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from threading import BoundedSemaphore
from typing import Any
from uuid import UUID

import orjson
from flask import Blueprint, Response

from cds_service.audit.feedback import read_feedback
from cds_service.audit.record import Arrival
from cds_service.errors import DatabaseAway, RequestError, UnknownService
from cds_service.fhir.request import HookCall, read_call
from cds_service.security.origins import cors_origins
from cds_service.web.cors import allow_origins
from cds_service.web.installation import Advice, Installation, Offer
from cds_service.web.json_body import read_object
from cds_service.web.refusals import Refusal, refusal_record
from cds_service.web.request_body import read_body
from cds_service.web.trust import ask_for_trust, caller

_UNEXPECTED = "unexpected error"


def services_blueprint(installation: Installation) -> Blueprint:
    """The routes under /cds-services."""
    routes = Blueprint("services", __name__, url_prefix="/cds-services")
    allow_origins(routes, cors_origins(installation.settings))
    ask_for_trust(routes, installation)
    turns = BoundedSemaphore(installation.settings.threads)

    @routes.get("")
    def discover() -> Response:
        offers = installation.offers.values()
        return _json({"services": [dict(offer.discovery) for offer in offers if caller().may_call(offer.id)]})

    @routes.post("/<service_id>")
    def call(service_id: str) -> Response:
        # A demo has threads besides, which answer what calls ask of its own FHIR server: none of them is for calls.
        with turns:
            return _json({"cards": list(_advise(installation, _offered(installation, service_id)).cards)})

    @routes.post("/<service_id>/feedback")
    def feedback(service_id: str) -> Response:
        offer = _offered(installation, service_id)
        said, _ = read_object(_read_body(installation))
        installation.store.add_feedback(offer.id, read_feedback(said, caller().id))
        return _json({})

    return routes


def _offered(installation: Installation, service_id: str) -> Offer:
    try:
        return installation.offers[service_id]
    except KeyError:
        raise UnknownService("No such CDS service. GET /cds-services lists what is on offer.") from None


def _advise(installation: Installation, offer: Offer) -> Advice:
    """Answer one call; whatever comes of it is on record when this returns or raises."""
    elapsed_us = _stopwatch(installation)
    received_at = installation.clock()
    body: Mapping[str, Any] = {}
    fingerprint = ""
    try:
        body, fingerprint = read_object(_read_body(installation))
        call = read_call(body, offer.id, offer.hook)
        arrival = _dated(installation, call, Arrival(received_at, received_at, caller().id, fingerprint, elapsed_us))
        advice = offer.advise(call, arrival, caller().fhir_servers)
    except Exception as error:
        reason = error.diagnostics if isinstance(error, RequestError) else _UNEXPECTED
        instance = _uuid_or_empty(body.get("hookInstance"))
        refusal = Refusal(offer, caller().id, reason, received_at, elapsed_us(), instance, fingerprint)
        installation.store.append(refusal_record(installation, refusal))
        raise
    texts = installation.report_texts.sealed(advice.texts, advice.record.call_id)
    installation.store.append(advice.record, texts)
    return advice


def _dated(installation: Installation, call: HookCall, arrival: Arrival) -> Arrival:
    """The arrival with the moment of the first delivery, where this is a repeat; where nobody knows, it is none."""
    try:
        first = installation.store.first_like(call.hook_instance, arrival.fingerprint, installation.content_version)
    except DatabaseAway:
        return replace(arrival, memory_away=True)
    return replace(arrival, as_of=datetime.fromisoformat(first)) if first else arrival


def _read_body(installation: Installation) -> bytes:
    settings = installation.settings
    return read_body(settings.max_body_bytes, settings.request_seconds, installation.stopwatch)


def _uuid_or_empty(value: object) -> str:
    try:
        return str(UUID(value)) if isinstance(value, str) else ""
    except ValueError:
        return ""


def _stopwatch(installation: Installation) -> Callable[[], int]:
    started = installation.stopwatch()
    return lambda: (installation.stopwatch() - started) // 1000


def _json(body: Mapping[str, Any]) -> Response:
    try:
        text = orjson.dumps(body)
    except TypeError:
        # A draft that is echoed may hold a lone surrogate or a number beyond 64 bits.
        text = json.dumps(body, separators=(",", ":")).encode("ascii")
    return Response(text, content_type="application/json")
