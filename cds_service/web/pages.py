"""The first page, which says what this is, and whether the service is well."""

import json

from flask import Blueprint, Response, current_app

from cds_service.audit.condition import Condition, condition_of
from cds_service.errors import RecordNotKept
from cds_service.web.installation import Installation
from cds_service.web.page import page
from cds_service.web.people import Role, ask_for, meet, visitor

LOADED_AT, RELOAD_REFUSED_AT = "LOADED_AT", "RELOAD_REFUSED_AT"
"""Where the application keeps when its content was loaded, and when it refused to load it anew."""

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
        return page(
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
        told = {"loaded": LOADED_AT, "reloadRefused": RELOAD_REFUSED_AT}
        moments = {key: current_app.config[name] for key, name in told.items() if name in current_app.config}
        return _status("ready", 200, content=installation.content_version, **_told(condition), **moments)

    return routes


def _told(condition: Condition) -> dict[str, str | int]:
    """Where records go, how many wait in the spool of this machine, and how much lies aside there."""
    return {
        "store": condition.place,
        "waiting": condition.spool.waiting,
        "aside": len(condition.spool.aside),
        "spool": "writable" if condition.spool_writable else "cannot be written",
    }


def _status(word: str, code: int, **more: str | int) -> Response:
    return Response(json.dumps({"status": word, **more}), status=code, content_type="application/json")


def _sample_call(installation: Installation) -> str:
    """The shortest call that gets a card, as one line of JSON; empty when no service takes a draft report."""
    offered = any(offer.hook == installation.sample["hook"] for offer in installation.offers.values())
    return json.dumps(installation.sample) if offered else ""
