"""Where the advice comes from, as pages and as JSON: the source attributes of each rule, and of all together.

Cards link here, so these routes ask for no token and no sign-in, and are there in every profile; nothing of a patient
stands in them.
"""

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template

from cds_service.core.source_attributes import Attribute, OfRule
from cds_service.errors import UnknownRule
from cds_service.web.installation import Installation

PATH = "/rules/source-attributes"
"""Where they are; a card's `source.url` ends with it."""


def source_attributes_blueprint(installation: Installation) -> Blueprint:
    """The routes /rules/source-attributes and /rules/<id>/source-attributes, each also as .json."""
    routes = Blueprint("source_attributes", __name__)
    content = installation.rulebook.content
    attributes = content.source_attributes
    shared = {"regulation": attributes.regulation, "contentVersion": content.version}
    base = installation.settings.public_url
    linked = installation.settings.serves_pages

    @routes.get(PATH)
    def overall() -> str:
        return render_template("rules/source_attributes.html", found=attributes, version=content.version, linked=linked)

    @routes.get(f"{PATH}.json")
    def overall_json() -> Response:
        rules = [_rule_json(rule, base) for rule in attributes.rules.values()]
        return _json({**shared, "attributes": _all_json(attributes.overall), "rules": rules})

    @routes.get("/rules/<rule_id>/source-attributes")
    def of_rule(rule_id: str) -> str:
        return render_template(
            "rules/source_attributes_of_rule.html",
            regulation=attributes.regulation,
            rule=_require(rule_id),
            version=content.version,
            linked=linked,
        )

    @routes.get("/rules/<rule_id>/source-attributes.json")
    def of_rule_json(rule_id: str) -> Response:
        rule = _require(rule_id)
        return _json({**shared, "rule": _rule_json(rule, base), "attributes": _all_json(rule.attributes)})

    def _require(rule_id: str) -> OfRule:
        try:
            return attributes.rules[rule_id]
        except KeyError:
            raise UnknownRule(f"No rule with this id is in use here. {PATH} lists those that are.") from None

    return routes


def _rule_json(rule: OfRule, base: str) -> dict[str, str]:
    url = f"{base}/rules/{rule.id}/source-attributes.json"
    return {"id": rule.id, "name": rule.name, "version": rule.version, "status": rule.status, "url": url}


def _all_json(attributes: tuple[Attribute, ...]) -> list[dict[str, Any]]:
    return [attribute.as_json() for attribute in attributes]


def _json(value: Mapping[str, Any]) -> Response:
    return Response(json.dumps(value, indent=2, ensure_ascii=False), content_type="application/json")
