"""What integrators fetch to build against the service: the JSON Schemas of its messages and its OpenAPI document.

Nothing of a patient is in it, so no token is asked for.
"""

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort

from cds_service.standard import SPECIFICATION
from cds_service.standard.message_schemas import NAMES, SUFFIX
from cds_service.standard.openapi import openapi, served_schema
from cds_service.web.installation import Installation


def standard_blueprint(installation: Installation) -> Blueprint:
    """The routes /schemas and /openapi.json."""
    routes = Blueprint("standard", __name__)
    settings = installation.settings
    base = settings.public_url
    schemas = {name + SUFFIX: served_schema(name, base) for name in NAMES}
    # Which services are on offer is told to those who may call them; in the demo that is everybody.
    services = list(installation.offers) if settings.profile == "demo" else []
    document = openapi(base, SPECIFICATION, services, asks_for_tokens=settings.profile == "production")

    @routes.get("/schemas")
    def index() -> Response:
        listed = [{"title": schema["title"], "url": schema["$id"]} for schema in schemas.values()]
        return _json({"schemas": listed, "openapi": f"{base}/openapi.json"}, "application/json")

    @routes.get("/schemas/<file>")
    def schema(file: str) -> Response:
        return _json(schemas[file], "application/schema+json") if file in schemas else abort(404)

    @routes.get("/openapi.json")
    def described() -> Response:
        return _json(document, "application/json")

    return routes


def _json(value: Mapping[str, Any], media_type: str) -> Response:
    return Response(json.dumps(value, indent=2), content_type=media_type)
