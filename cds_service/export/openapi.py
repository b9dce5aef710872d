"""The read API of the record as an OpenAPI 3.1 document, made from the export's tables: nothing stands twice."""

from typing import Any

from cds_service.export.resources import TYPES
from cds_service.export.tables import TABLES, row_schema

Json = dict[str, Any]

MOST_ROWS = 500
"""Deliveries in one answer."""
STREAMED = ("ndjson", "csv")
"""The formats of a whole table over HTTP; Parquet and FHIR files are written by the command."""

_TEXT: Json = {"type": "string"}
_PERIOD = {
    "since": "The first moment, ISO 8601 in UTC; a date will do.",
    "until": "The moment at which it ends, which is left out.",
}
_EQUAL = {
    "service": "The CDS service.",
    "client": "The client's id.",
    "outcome": "card, silent or refused.",
}
_IDENTIFIED: Json = {
    "name": "identified",
    "in": "query",
    "schema": {"enum": ["true", "false"], "default": "false"},
    "description": "Whether identifiers, exact dates and free text are left in.",
}


def read_api(base_url: str, prefix: str) -> Json:
    """The document.

    Args:
        base_url: where the installation is, without a slash at the end.
        prefix: of the API's paths.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "calcification-cds, the record",
            "version": "1",
            "description": "Recorded calls, for who is signed in with the role auditor. De-identified unless asked.",
        },
        "servers": [{"url": base_url}],
        "security": [{"session": []}],
        "paths": {
            f"{prefix}/calls": {"get": _calls()},
            f"{prefix}/calls/{{id}}": {"get": _call("One call in every table.", _of_call())},
            f"{prefix}/calls/{{id}}/fhir": {"get": _call("One call as a FHIR R4 Bundle.", _bundle())},
            f"{prefix}/tables/{{file}}": {"get": _table()},
        },
        "components": {
            "schemas": {
                **{table: row_schema(table, identified=True) for table in TABLES},
                **{f"{table}-de-identified": row_schema(table, identified=False) for table in TABLES},
            },
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "session"}},
        },
    }


def _calls() -> Json:
    more = [
        _query("after", "`next` of the answer before.", {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}),
        _query("limit", "Deliveries at most.", {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": 100}),
    ]
    page: Json = {
        "type": "object",
        "required": ["calls", "next"],
        "properties": {"calls": {"type": "array", "items": _row("calls")}, "next": {"type": ["integer", "null"]}},
    }
    return {
        "operationId": "listCalls",
        "summary": "Deliveries in the order in which they were kept, page by page.",
        "parameters": [*_filters(), *more],
        "responses": {"200": _json("A page.", page), **_failures("400")},
    }


def _call(summary: str, schema: Json) -> Json:
    named = {"name": "id", "in": "path", "required": True, "schema": _TEXT, "description": "The call's id."}
    return {
        "operationId": "readCallAsFhir" if "Bundle" in summary else "readCall",
        "summary": summary,
        "parameters": [named, _IDENTIFIED],
        "responses": {"200": _json("All its deliveries.", schema), **_failures("400", "404")},
    }


def _of_call() -> Json:
    tables = {table: {"type": "array", "items": _row(table)} for table in TABLES}
    return {"type": "object", "required": list(TABLES), "properties": tables}


def _bundle() -> Json:
    return {
        "type": "object",
        "required": ["resourceType", "type"],
        "properties": {"resourceType": {"const": "Bundle"}, "type": {"const": "collection"}},
        "description": f"Holds {', '.join(TYPES)}.",
    }


def _table() -> Json:
    files = [f"{table}.{kind}" for table in TABLES for kind in STREAMED]
    named = {"name": "file", "in": "path", "required": True, "schema": {"enum": files}}
    content = {"application/x-ndjson": {"schema": _TEXT}, "text/csv": {"schema": _TEXT}}
    return {
        "operationId": "readTable",
        "summary": "A whole table, row by row.",
        "parameters": [named, *_filters()],
        "responses": {"200": {"description": "The rows.", "content": content}, **_failures("400", "404")},
    }


def _filters() -> list[Json]:
    return [_query(name, meaning, _TEXT) for name, meaning in {**_PERIOD, **_EQUAL}.items()] + [_IDENTIFIED]


def _query(name: str, meaning: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "schema": schema, "description": meaning}


def _row(table: str) -> Json:
    return {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in (f"{table}-de-identified", table)]}


def _json(description: str, schema: Json) -> Json:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _failures(*more: str) -> Json:
    said = {
        "400": "A parameter cannot be understood.",
        "401": "Nobody is signed in.",
        "403": "Who is signed in is no auditor.",
        "404": "Nothing of this name is on record.",
        "503": "The look could not be put on record, so nothing is shown.",
    }
    return {status: {"description": said[status]} for status in (*more, "401", "403", "503")}
