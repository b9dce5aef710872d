"""The FHIR R4 server of the demo: /sandbox/fhir is open, /sandbox/secured/fhir asks for a token.

Tokens come from /sandbox/secured/token. Errors are OperationOutcomes whoever asks: nobody reads a FHIR server as pages.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import orjson
from flask import Blueprint, Response, g, request

from cds_service.errors import NotAcceptable, RequestError, SearchRefused, TokenRefused, UnknownResource, WrongMediaType
from cds_service.sandbox.bundles import searchset
from cds_service.sandbox.capability import capability_statement
from cds_service.sandbox.parameters import SUPPORTED
from cds_service.sandbox.query import read_query
from cds_service.sandbox.store import patient_of
from cds_service.sandbox.tokens import Permission, Wish, issued, read_permission
from cds_service.security.origins import cors_origins
from cds_service.settings import Settings
from cds_service.web.cors import LocalOrigins, allow_origins
from cds_service.web.errors import FHIR_JSON, STATUS, operation_outcome
from cds_service.web.sandbox.setting import SandboxSetting

OPEN, SECURED = "/sandbox/fhir", "/sandbox/secured/fhir"
TOKEN = "/sandbox/secured/token"

Clock = Callable[[], datetime]

_ANY = ("*/*", "application/*", "text/*", "text/html")
_FORM = "application/x-www-form-urlencoded"
_NO_TYPE = f"No resources of this type are here. There are {', '.join(SUPPORTED)}."


def fhir_blueprints(settings: Settings, clock: Clock, sandbox: SandboxSetting) -> Iterator[Blueprint]:
    """The routes of the open server, of the secured one, and of its tokens."""
    origins = LocalOrigins(cors_origins(settings))
    for name, prefix in (("sandbox_fhir", OPEN), ("sandbox_secured_fhir", SECURED)):
        routes = _routes(name, prefix, origins)
        if prefix == SECURED:
            _ask_for_token(routes, clock, sandbox)
        _serve(routes, sandbox, secured=prefix == SECURED)
        yield routes
    yield _token_blueprint(_routes("sandbox_token", TOKEN, origins), clock, sandbox)


def _routes(name: str, prefix: str, origins: LocalOrigins) -> Blueprint:
    """Routes that pages of this machine and of the origins in the settings may read, with FHIR's own error answers."""
    routes = Blueprint(name, __name__, url_prefix=prefix)
    allow_origins(routes, origins, headers="Authorization, Content-Type, Prefer")
    routes.register_error_handler(RequestError, _refused)
    return routes


def _serve(routes: Blueprint, sandbox: SandboxSetting, *, secured: bool) -> None:
    @routes.before_request
    def _writable() -> None:
        accepted = [kind for kind, _ in request.accept_mimetypes]
        if accepted and not any("json" in kind or kind in _ANY for kind in accepted):
            raise NotAcceptable("Answers are JSON only. Accept application/fhir+json.")
        if request.args.get("_format", "json") not in ("json", "application/json", FHIR_JSON, "application/fhir json"):
            raise NotAcceptable("Answers are JSON only. Leave _format out, or set it to json.")

    @routes.get("/metadata")
    def metadata() -> Response:
        return _fhir(capability_statement(_base(routes), sandbox.as_of, secured=secured))

    @routes.get("/<kind>/<identifier>")
    def read(kind: str, identifier: str) -> Response:
        permission = _permission(_supported(kind), "r")
        resource = sandbox.store().read(kind, identifier)
        if permission is not None:
            permission.require_patient(patient_of(resource))
        return _fhir(resource)

    @routes.get("/<kind>")
    def search(kind: str) -> Response:
        return _found(routes, sandbox, kind, request.args.items(multi=True))

    @routes.post("/<kind>/_search")
    def search_by_form(kind: str) -> Response:
        if request.content_length and request.mimetype != _FORM:
            raise WrongMediaType(f"A search by POST is a form. Declare it as {_FORM}.")
        return _found(routes, sandbox, kind, [*request.args.items(multi=True), *request.form.items(multi=True)])


def _found(routes: Blueprint, sandbox: SandboxSetting, kind: str, pairs: Iterable[tuple[str, str]]) -> Response:
    permission = _permission(_supported(kind), "s")
    strict = "handling=strict" in request.headers.get("Prefer", "").replace(" ", "").lower()
    query = read_query(kind, pairs, strict=strict)
    if permission is not None:
        for criterion in query.criteria:
            if criterion.parameter.name in ("patient", "subject"):
                for value in criterion.values:
                    permission.require_patient(value.removeprefix("Patient/"))
    found = sandbox.store().search(query, permission.patient if permission else "")
    return _fhir(searchset(found, _base(routes)))


def _supported(kind: str) -> str:
    if kind not in SUPPORTED:
        raise UnknownResource(_NO_TYPE)
    return kind


def _ask_for_token(routes: Blueprint, clock: Clock, sandbox: SandboxSetting) -> None:
    """Everything but what the server is (FHIR R4, "capabilities") needs a token."""

    @routes.before_request
    def _admit() -> None:
        if request.endpoint != f"{routes.name}.metadata":
            authorization = request.headers.get("Authorization")
            g.permission = read_permission(sandbox.token_key, authorization, clock())


def _permission(kind: str, letter: str) -> Permission | None:
    """What the request's token allows, if it is for this; None on the open server."""
    permission: Permission | None = g.get("permission")
    if permission is not None:
        permission.require(kind, letter)
    return permission


def _token_blueprint(routes: Blueprint, clock: Clock, sandbox: SandboxSetting) -> Blueprint:
    @routes.post("")
    def issue() -> Response:
        wish = _wish(request.form)
        sandbox.store().read("Patient", wish.patient)
        token = issued(sandbox.token_key, wish, clock())
        server = f"{_host()}{SECURED}"
        body = orjson.dumps({"fhirServer": server, "fhirAuthorization": token}, option=orjson.OPT_INDENT_2)
        return Response(body, content_type="application/json")

    return routes


def _wish(form: Mapping[str, str]) -> Wish:
    """What a form asks for; what it leaves out is as usual, and a token lasts as long as it says."""
    usual = Wish(form.get("patient", ""))
    try:
        expires_in = int(form.get("expires_in") or usual.expires_in)
        valid_for = int(form.get("valid_for") or expires_in)
    except ValueError:
        raise SearchRefused("expires_in and valid_for are whole seconds.") from None
    return Wish(usual.patient, form.get("scope") or usual.scope, expires_in, valid_for)


def _host() -> str:
    return request.host_url.rstrip("/")


def _base(routes: Blueprint) -> str:
    """The server's address as the caller has it: of this machine's names any may be meant."""
    return f"{_host()}{routes.url_prefix}"


def _fhir(resource: Mapping[str, Any]) -> Response:
    return Response(orjson.dumps(resource), content_type=FHIR_JSON)


def _refused(error: RequestError) -> Response:
    status, issue = STATUS[type(error)]
    response = operation_outcome(status, issue, error.diagnostics)
    if isinstance(error, TokenRefused):
        fault = f', error="invalid_token", error_description="{error.diagnostics}"'
        sent = request.headers.get("Authorization")
        response.headers["WWW-Authenticate"] = f'Bearer realm="sandbox"{fault if sent else ""}'
    return response
