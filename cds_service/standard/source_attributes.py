"""The source attributes of the rules, as OpenAPI describes them: 45 CFR 170.315(b)(11)(iv)(A), 13 of them."""

from typing import Any

Json = dict[str, Any]

OVERALL, OF_RULE = "sourceAttributes", "sourceAttributesOfRule"
NUMBER = 13
"""How many the regulation names."""

_TEXT: Json = {"type": "string", "minLength": 1}
_RULE: Json = {
    "type": "object",
    "required": ["id", "name", "version", "status", "url"],
    "properties": {
        "id": _TEXT,
        "name": _TEXT,
        "version": _TEXT,
        "status": {"enum": ["draft", "shadow", "active", "retired"]},
        "url": {"type": "string", "format": "uri"},
    },
}
_ATTRIBUTE: Json = {
    "type": "object",
    "required": ["number", "id", "title", "value"],
    "properties": {
        "number": {"type": "integer", "minimum": 1, "maximum": NUMBER},
        "id": _TEXT,
        "title": _TEXT,
        "value": {**_TEXT, "description": 'What it is; "Not used" where the rule uses no such data.'},
        "used": {"type": "boolean", "description": "For data of a person: whether any is used."},
        "details": {"type": "array", "items": _TEXT, "minItems": 1},
        "note": _TEXT,
    },
}
_SHARED: Json = {
    "regulation": _TEXT,
    "contentVersion": _TEXT,
    "attributes": {"type": "array", "items": _ATTRIBUTE, "minItems": NUMBER, "maxItems": NUMBER},
}

SCHEMAS: Json = {
    OVERALL: {
        "type": "object",
        "required": [*_SHARED, "rules"],
        "properties": {**_SHARED, "rules": {"type": "array", "items": _RULE}},
    },
    OF_RULE: {
        "type": "object",
        "required": [*_SHARED, "rule"],
        "properties": {**_SHARED, "rule": _RULE},
    },
}
"""The two answers, by name."""


def source_attribute_paths(components: str, errors: Json) -> Json:
    """The two paths; nobody is asked for a token there.

    Args:
        components: what a reference to a named schema begins with.
        errors: the answer for a rule that is not there, by status.
    """

    def read(operation: str, summary: str, name: str, other: Json) -> Json:
        content = {"application/json": {"schema": {"$ref": components + name}}}
        answers = {"200": {"description": "The attributes.", "content": content}, **other}
        return {"operationId": operation, "summary": summary, "security": [], "responses": answers}

    chosen: Json = {"name": "rule", "in": "path", "required": True, "schema": _TEXT, "description": "Id of a rule."}
    overall = read("sourceAttributes", "Where the advice comes from: all rules together.", OVERALL, {})
    of_rule = read("sourceAttributesOfRule", "Where the advice of one rule comes from.", OF_RULE, errors)
    return {
        "/rules/source-attributes.json": {"get": overall},
        "/rules/{rule}/source-attributes.json": {"parameters": [chosen], "get": of_rule},
    }
