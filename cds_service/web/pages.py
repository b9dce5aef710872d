"""The pages: what this is, one page per call that explains it, and whether the service is well."""

import json
from typing import Any

from flask import Blueprint, Response, render_template

from cds_service.audit.condition import condition_of
from cds_service.audit.record import Outcome
from cds_service.errors import RecordNotKept, UnknownCall
from cds_service.web.installation import Installation

_RECENT = 20


def pages_blueprint(installation: Installation) -> Blueprint:
    """The routes that people open."""
    routes = Blueprint("pages", __name__)

    @routes.get("/")
    def home() -> Response:
        return _page(
            "home.html",
            offers=installation.offers.values(),
            sample=_sample_call(installation),
            calls=installation.store.recent(_RECENT),
            unjoined=installation.store.unjoined_feedback(_RECENT),
            unjoined_count=installation.store.count_unjoined_feedback(),
            url=installation.settings.public_url,
        )

    @routes.get("/calls/<call_id>")
    def call(call_id: str) -> Response:
        found = installation.store.find(call_id)
        if not found:
            raise UnknownCall("No call with this id is on record here.")
        record = found[0].record
        if record.outcome == Outcome.REFUSED:
            return _page("refused.html", record=record)
        content = installation.store.content(record.content_version) or {}
        return _page(
            "call.html",
            record=record,
            deliveries=found,
            explanation=installation.explain(record.body, content),
            feedback=installation.store.feedback_for(call_id),
        )

    return routes


def health_blueprint(installation: Installation) -> Blueprint:
    """The routes that monitors ask."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    def alive() -> Response:
        return _status("alive", 200)

    @routes.get("/readyz")
    def ready() -> Response:
        try:
            condition = condition_of(installation.store.writer)
        except RecordNotKept:
            return _status("a record can be kept neither in the audit database nor in the spool", 503)
        return _status(
            "ready",
            200,
            content=installation.content_version,
            store=condition.place,
            waiting=condition.spool.waiting,
            aside=len(condition.spool.aside),
            spool="writable" if condition.spool_writable else "cannot be written",
        )

    return routes


def _page(template: str, **shown: Any) -> Response:
    """A page of what was received: half a character (a lone surrogate), which UTF-8 cannot hold, becomes a mark."""
    return Response(
        render_template(template, **shown).encode("utf-8", "replace"), content_type="text/html; charset=utf-8"
    )


def _status(word: str, code: int, **more: str | int) -> Response:
    return Response(json.dumps({"status": word, **more}), status=code, content_type="application/json")


def _sample_call(installation: Installation) -> str:
    """The shortest call that gets a card, as one line of JSON; empty when no service takes a draft report."""
    offered = any(offer.hook == installation.sample["hook"] for offer in installation.offers.values())
    return json.dumps(installation.sample) if offered else ""
