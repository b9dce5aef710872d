"""The pages: what this is, one page per call that explains it, and whether the service is well."""

import json
from typing import Any

from flask import Blueprint, Response, current_app, render_template

from cds_service.audit.record import Outcome
from cds_service.errors import RecordNotKept, UnknownCall
from cds_service.web.installation import Installation

LOADED_AT, RELOAD_REFUSED_AT = "LOADED_AT", "RELOAD_REFUSED_AT"
"""Where the application keeps when its content was loaded, and when it refused to load it anew."""

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
            installation.store.require_writable()
        except RecordNotKept:
            return _status("the audit store cannot be written", 503)
        told = {"loaded": LOADED_AT, "reloadRefused": RELOAD_REFUSED_AT}
        moments = {key: current_app.config[name] for key, name in told.items() if name in current_app.config}
        return _status("ready", 200, content=installation.content_version, **moments)

    return routes


def _page(template: str, **shown: Any) -> Response:
    """A page of what was received: half a character (a lone surrogate), which UTF-8 cannot hold, becomes a mark."""
    return Response(
        render_template(template, **shown).encode("utf-8", "replace"), content_type="text/html; charset=utf-8"
    )


def _status(word: str, code: int, **more: str) -> Response:
    return Response(json.dumps({"status": word, **more}), status=code, content_type="application/json")


def _sample_call(installation: Installation) -> str:
    """The shortest call that gets a card, as one line of JSON; empty when no service takes a draft report."""
    offered = any(offer.hook == installation.sample["hook"] for offer in installation.offers.values())
    return json.dumps(installation.sample) if offered else ""
