"""The pages: what this is, one page per call that explains it, and whether the service is well."""

import json
from typing import Any

from flask import Blueprint, Response, render_template

from cds_service.audit.record import Outcome
from cds_service.errors import RecordNotKept, UnknownCall
from cds_service.web.installation import Installation
from cds_service.web.looks import keep_look
from cds_service.web.people import Role, ask_for, meet, visitor

_RECENT = 20


def home_blueprint(installation: Installation) -> Blueprint:
    """The first page. In the demo it is open, but for the last calls; in production it is for who has a role."""
    routes = Blueprint("home", __name__)
    demo = installation.settings.profile == "demo"
    if demo:
        meet(routes)
    else:
        ask_for(routes, *Role)

    @routes.get("/")
    def home() -> Response:
        who = visitor()
        shown = who is not None and Role.AUDITOR in who.roles
        return _page(
            "home.html",
            offers=installation.offers.values(),
            sample=_sample_call(installation) if demo else "",
            signed_in=who is not None,
            shown=shown,
            calls=installation.store.recent(_RECENT) if shown else [],
            unjoined=installation.store.unjoined_feedback(_RECENT) if shown else [],
            unjoined_count=installation.store.count_unjoined_feedback() if shown else 0,
            url=installation.settings.public_url,
        )

    return routes


def calls_blueprint(installation: Installation) -> Blueprint:
    """The page of a call. Its address cannot be guessed: a reader has it from a card, an auditor from a search."""
    routes = Blueprint("calls", __name__)
    ask_for(routes, Role.READER, Role.AUDITOR)

    @routes.get("/calls/<call_id>")
    def call(call_id: str) -> Response:
        found = installation.store.find(call_id)
        if not found:
            raise UnknownCall("No call with this id is on record here.")
        keep_look("call page", call_id)
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
        return _status("ready", 200, content=installation.content_version)

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
