"""The record over HTTP, to be read by programs: rows as JSON, NDJSON and CSV, a call as FHIR."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from cds_service.audit.stream import Wanted
from cds_service.errors import InvalidRequest, UnknownCall
from cds_service.export.disguise import Disguise, Identified
from cds_service.export.files import csv_cells, ndjson_line
from cds_service.export.openapi import MOST_ROWS, STREAMED, read_api
from cds_service.export.resources import resources_of
from cds_service.export.rows import Recorded, rows_of
from cds_service.export.tables import TABLES, columns_of
from cds_service.export.times import instant_of
from cds_service.web.installation import Installation
from cds_service.web.looks import keep_look
from cds_service.web.people import Role, ask_for

PREFIX = "/audit/api"
_USUAL_ROWS = 100
_TYPES = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the query asks for."""

    wanted: Wanted
    disguise: Disguise


def records_blueprint(installation: Installation) -> Blueprint:
    """The routes under /audit/api, and the page that describes them."""
    routes = Blueprint("records", __name__)
    ask_for(routes, Role.AUDITOR)
    _describe(routes, read_api(installation.settings.public_url, PREFIX))
    _offer_calls(routes, installation)
    _offer_tables(routes, installation)
    return routes


def _describe(routes: Blueprint, document: Mapping[str, Any]) -> None:
    @routes.get("/audit/export")
    def described() -> str:
        return render_template("export.html", tables=TABLES, formats=STREAMED, prefix=PREFIX)

    @routes.get(f"{PREFIX}/openapi.json")
    def openapi() -> Response:
        return _json(document)


def _offer_calls(routes: Blueprint, installation: Installation) -> None:
    @routes.get(f"{PREFIX}/calls")
    def calls() -> Response:
        asked = _asked(installation)
        after, limit = _whole("after", 0, 2**63 - 1), _whole("limit", _USUAL_ROWS, MOST_ROWS, least=1)
        keep_look("records")
        found = list(installation.records.recorded(asked.wanted, after, limit))
        rows = [row for one in found for row in rows_of("calls", one, asked.disguise)]
        return _json({"calls": rows, "next": found[-1].call.seq if len(found) == limit else None})

    @routes.get(f"{PREFIX}/calls/<call_id>")
    def call(call_id: str) -> Response:
        found, disguise = _deliveries(installation, call_id), _asked(installation).disguise
        return _json({table: [row for one in found for row in rows_of(table, one, disguise)] for table in TABLES})

    @routes.get(f"{PREFIX}/calls/<call_id>/fhir")
    def call_as_fhir(call_id: str) -> Response:
        found, disguise = _deliveries(installation, call_id), _asked(installation).disguise
        entries = [{"resource": resource} for one in found for resource in resources_of(one, disguise)]
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
        return _json(bundle, "application/fhir+json")


def _offer_tables(routes: Blueprint, installation: Installation) -> None:
    @routes.get(f"{PREFIX}/tables/<table>.<kind>")
    def rows(table: str, kind: str) -> Response:
        if table not in TABLES or kind not in STREAMED:
            abort(404)
        asked = _asked(installation)
        keep_look(f"export of {table}")
        recorded = installation.records.recorded(asked.wanted)
        lines = _csv(table, recorded, asked.disguise) if kind == "csv" else _ndjson(table, recorded, asked.disguise)
        named = {"Content-Disposition": f'attachment; filename="{table}.{kind}"'}
        return Response(_bytes(lines), content_type=_TYPES[kind], headers=named)


def _deliveries(installation: Installation, call_id: str) -> list[Recorded]:
    found = installation.store.find(call_id)
    if not found:
        raise UnknownCall("No call with this id is on record here.")
    keep_look("record", call_id)
    return installation.records.of(found)


def _asked(installation: Installation) -> _Asked:
    given = request.args
    identified = given.get("identified", "false")
    if identified not in ("true", "false"):
        raise InvalidRequest("identified must be true or false.")
    wanted = Wanted(
        since=instant_of(given.get("since", ""), "since"),
        until=instant_of(given.get("until", ""), "until"),
        **{name: given.get(name, "") for name in ("service", "client", "outcome")},
    )
    return _Asked(wanted, Identified() if identified == "true" else installation.disguise)


def _whole(name: str, usual: int, most: int, least: int = 0) -> int:
    text = request.args.get(name, "")
    if not text:
        return usual
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise InvalidRequest(f"{name} must be a whole number from {least} to {most}.")
    return int(text)


def _ndjson(table: str, recorded: Iterator[Recorded], disguise: Disguise) -> Iterator[str]:
    for one in recorded:
        yield "".join(ndjson_line(row) for row in rows_of(table, one, disguise))


def _csv(table: str, recorded: Iterator[Recorded], disguise: Disguise) -> Iterator[str]:
    yield _csv_lines([[column.name for column in columns_of(table, identified=disguise.identified)]])
    for one in recorded:
        yield _csv_lines([csv_cells(row) for row in rows_of(table, one, disguise)])


def _csv_lines(rows: list[list[Any]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


def _bytes(lines: Iterator[str]) -> Iterator[bytes]:
    return (line.encode("utf-8", "replace") for line in lines)


def _json(value: Mapping[str, Any], media_type: str = "application/json") -> Response:
    return Response(json.dumps(value), content_type=media_type)
