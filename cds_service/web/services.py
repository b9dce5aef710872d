"""The CDS services over HTTP: discovery, calls, feedback (CDS Hooks 2.0.1)."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from cds_service.audit.feedback import read_feedback
from cds_service.audit.record import Arrival, AuditRecord, Outcome, timestamp
from cds_service.errors import BodyTooLarge, RequestError, UnknownService, WrongMediaType
from cds_service.fhir.request import read_call
from cds_service.web.installation import Advice, Installation, Offer
from cds_service.web.json_body import read_object

# A client that is still sending hears the refusal only if what it sends is taken off the line, up to a limit.
_DRAINED_BYTES = 32 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024
_DEMO_CLIENT = "loopback"
_UNEXPECTED = "unexpected error"


def services_blueprint(installation: Installation) -> Blueprint:
    """The routes under /cds-services."""
    routes = Blueprint("services", __name__, url_prefix="/cds-services")

    @routes.get("")
    def discover() -> Response:
        return _json({"services": [dict(offer.discovery) for offer in installation.offers.values()]})

    @routes.post("/<service_id>")
    def call(service_id: str) -> Response:
        return _json({"cards": list(_advise(installation, _offered(installation, service_id)).cards)})

    @routes.post("/<service_id>/feedback")
    def feedback(service_id: str) -> Response:
        offer = _offered(installation, service_id)
        installation.store.add_feedback(offer.id, read_feedback(read_object(_read_body(installation))[0]))
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
        first = installation.store.first_like(call.hook_instance, fingerprint, installation.content_version)
        as_of = datetime.fromisoformat(first) if first else received_at
        advice = offer.advise(call, Arrival(received_at, as_of, _DEMO_CLIENT, fingerprint, elapsed_us))
    except Exception as error:
        reason = error.diagnostics if isinstance(error, RequestError) else _UNEXPECTED
        installation.store.append(_refusal(installation, offer, received_at, body, fingerprint, reason, elapsed_us()))
        raise
    installation.store.append(advice.record)
    return advice


def _refusal(
    installation: Installation,
    offer: Offer,
    received_at: datetime,
    body: Mapping[str, Any],
    fingerprint: str,
    reason: str,
    duration_us: int,
) -> AuditRecord:
    return AuditRecord(
        call_id=installation.new_id(),
        received_at=timestamp(received_at),
        service=offer.id,
        hook=offer.hook,
        hook_instance=_uuid_or_empty(body.get("hookInstance")),
        client=_DEMO_CLIENT,
        patient_key="",
        content_version=installation.content_version,
        fingerprint=fingerprint,
        outcome=Outcome.REFUSED,
        leading_etiology="",
        cards=0,
        duration_us=duration_us,
        body={"refused": reason},
    )


def _read_body(installation: Installation) -> bytes:
    media_type = request.mimetype
    try:
        raw = request.get_data(cache=False)
    except RequestEntityTooLarge:
        _drain()
        limit = installation.settings.max_body_bytes
        raise BodyTooLarge(f"The body is larger than {limit} bytes, which is the limit here. Send less.") from None
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise WrongMediaType("The body must be declared as application/json or application/fhir+json.")
    return raw


def _drain() -> None:
    line = request.environ["wsgi.input"]
    left = min(request.content_length or 0, _DRAINED_BYTES)
    while left > 0:
        taken = len(line.read(min(left, _CHUNK_BYTES)))
        if not taken:
            return
        left -= taken


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
