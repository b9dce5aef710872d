"""The first page, which says what this is, and whether the service is well."""

import json

from flask import Blueprint, Response

from cds_service.errors import RecordNotKept
from cds_service.web.installation import Installation
from cds_service.web.page import page

_RECENT = 20


def pages_blueprint(installation: Installation) -> Blueprint:
    """The routes that people open."""
    routes = Blueprint("pages", __name__)

    @routes.get("/")
    def home() -> Response:
        return page(
            "home.html",
            offers=installation.offers.values(),
            sample=_sample_call(installation),
            calls=installation.store.recent(_RECENT),
            unjoined=installation.store.unjoined_feedback(_RECENT),
            unjoined_count=installation.store.count_unjoined_feedback(),
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
            installation.store.require_writable()
        except RecordNotKept:
            return _status("the audit store cannot be written", 503)
        return _status("ready", 200, content=installation.content_version)

    return routes


def _status(word: str, code: int, **more: str) -> Response:
    return Response(json.dumps({"status": word, **more}), status=code, content_type="application/json")


def _sample_call(installation: Installation) -> str:
    """The shortest call that gets a card, as one line of JSON; empty when no service takes a draft report."""
    offered = any(offer.hook == installation.sample["hook"] for offer in installation.offers.values())
    return json.dumps(installation.sample) if offered else ""
