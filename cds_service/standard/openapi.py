"""The three endpoints of CDS Hooks, and where the advice comes from, as an OpenAPI 3.1 document.

It is made from the JSON Schemas: nothing stands twice.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from cds_service.standard.message_schemas import DISCOVERY, FEEDBACK, MESSAGES, NAMES, REQUEST, RESPONSE, SUFFIX, schema
from cds_service.standard.source_attributes import SCHEMAS, source_attribute_paths

Json = dict[str, Any]

_COMPONENTS = "#/components/schemas/"
_OUTCOME: Json = {
    "description": "A FHIR OperationOutcome: what is wrong and what to send instead, without patient data.",
    "type": "object",
    "required": ["resourceType", "issue"],
    "properties": {
        "resourceType": {"const": "OperationOutcome"},
        "issue": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["severity", "code"],
                "properties": {
                    "severity": {"enum": ["fatal", "error", "warning", "information"]},
                    "code": {"type": "string"},
                    "diagnostics": {"type": "string"},
                },
            },
        },
    },
}
_ERRORS: Mapping[str, str] = {
    "400": "The body is not JSON, or not a request of this endpoint.",
    "403": "The client is known, and may not call this CDS service.",
    "404": "No CDS service has this id.",
    "408": "The body did not come in the time that this installation gives it.",
    "412": "Data that the service cannot do without is neither in the prefetch nor to be had.",
    "413": "The body is larger than this installation reads.",
    "415": "The body is not declared as JSON.",
    "500": "The service failed on this call.",
    "503": "The record of the call cannot be kept, so no answer leaves.",
}
_FAILURES = ("500", "503")
_UNPROVEN = {"description": "Who called is not proven. The answer is bare."}


def served_schema(name: str, base_url: str) -> Json:
    """A schema as an installation serves it: its `$id` is its own address, so that its references resolve.

    Args:
        name: one of `message_schemas.NAMES`.
        base_url: where the installation is, without a slash at the end.
    """
    return {**schema(name), "$id": f"{base_url}/schemas/{name}{SUFFIX}"}


def openapi(base_url: str, version: str, services: Sequence[str], *, asks_for_tokens: bool) -> Json:
    """The document.

    Args:
        base_url: where the installation is, without a slash at the end.
        version: of the service's interface; CDS Hooks' own.
        services: ids to offer as values of the path; empty to name none.
        asks_for_tokens: whether every call has to prove its client.
    """
    signed: Json = {"clientToken": []}
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "calcification-cds",
            "version": version,
            "description": "CDS Hooks, and where the advice comes from. The number is that of the standard.",
        },
        "servers": [{"url": base_url}],
        "security": [signed] if asks_for_tokens else [{}, signed],
        "paths": _paths(services),
        "components": {
            "schemas": components(),
            "securitySchemes": {
                "clientToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A token that the CDS client signs anew for each call (Trusting CDS Clients).",
                }
            },
        },
    }


def components() -> Json:
    """Every schema and every part of one, by name, with references turned to where OpenAPI keeps them."""
    found: Json = {"operationOutcome": _OUTCOME, **SCHEMAS}
    for name in NAMES:
        parts = schema(name)
        named = dict(parts.pop("$defs", {}))
        if name in MESSAGES:
            named[name] = {key: value for key, value in parts.items() if key not in ("$schema", "$id")}
        for part, contents in named.items():
            if part in found:
                raise ValueError(f"two schemas have a part named {part}; give one of them another name")
            found[part] = _turned(contents)
    return found


def _turned(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _address(item) if key == "$ref" else _turned(item) for key, item in value.items()}
    return [_turned(item) for item in value] if isinstance(value, list) else value


def _address(reference: str) -> str:
    return _COMPONENTS + reference.rpartition("/")[2]


def _paths(services: Sequence[str]) -> Json:
    segment: Json = {"type": "string", "minLength": 1}
    if services:
        segment["enum"] = list(services)
    chosen = [{"name": "id", "in": "path", "required": True, "schema": segment, "description": "From discovery."}]
    return {
        "/cds-services": {"get": _discover()},
        "/cds-services/{id}": {"parameters": chosen, "post": _call()},
        "/cds-services/{id}/feedback": {"parameters": chosen, "post": _feedback()},
        **source_attribute_paths(_COMPONENTS, {"404": _error("No rule has this id.")}),
    }


def _discover() -> Json:
    return {
        "operationId": "discover",
        "summary": "The CDS services on offer to this client.",
        "responses": {"200": _answer("The services.", DISCOVERY), "401": _UNPROVEN, **_errors(*_FAILURES)},
    }


def _call() -> Json:
    cards = _answer("Cards; none where there is nothing to say.", RESPONSE)
    return {
        "operationId": "call",
        "summary": "Ask one CDS service.",
        "requestBody": _body(REQUEST),
        "responses": {"200": cards, "401": _UNPROVEN, **_errors(*_ERRORS)},
    }


def _feedback() -> Json:
    kept = {
        "description": "Every item is kept, also one that came before.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
    return {
        "operationId": "feedback",
        "summary": "Tell what users did with cards.",
        "requestBody": _body(FEEDBACK),
        "responses": {"200": kept, "401": _UNPROVEN, **_errors("400", "403", "404", "408", "413", "415", *_FAILURES)},
    }


def _body(message: str) -> Json:
    content = {"schema": {"$ref": _COMPONENTS + message}}
    return {"required": True, "content": {"application/json": content, "application/fhir+json": content}}


def _answer(description: str, message: str) -> Json:
    return {
        "description": description,
        "content": {"application/json": {"schema": {"$ref": _COMPONENTS + message}}},
    }


def _errors(*statuses: str) -> Json:
    return {status: _error(_ERRORS[status]) for status in statuses}


def _error(description: str) -> Json:
    content = {"application/fhir+json": {"schema": {"$ref": _COMPONENTS + "operationOutcome"}}}
    return {"description": description, "content": content}
