"""What goes wrong, as HTTP: one row per error class, each answered with a FHIR OperationOutcome."""

import logging
import traceback
from http import HTTPStatus

from fhir.resources.R4B.operationoutcome import OperationOutcome, OperationOutcomeIssue
from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from cds_service import errors

FHIR_JSON = "application/fhir+json"
_PAGE = "text/html"

STATUS: dict[type[errors.RequestError], tuple[HTTPStatus, str]] = {
    errors.NotJson: (HTTPStatus.BAD_REQUEST, "structure"),
    errors.InvalidRequest: (HTTPStatus.BAD_REQUEST, "invalid"),
    errors.NotTrusted: (HTTPStatus.UNAUTHORIZED, "login"),
    errors.NotAllowed: (HTTPStatus.FORBIDDEN, "forbidden"),
    errors.NotSignedIn: (HTTPStatus.UNAUTHORIZED, "login"),
    errors.RoleMissing: (HTTPStatus.FORBIDDEN, "forbidden"),
    errors.ForeignForm: (HTTPStatus.FORBIDDEN, "security"),
    errors.SignInFailed: (HTTPStatus.FORBIDDEN, "login"),
    errors.SignInTooOften: (HTTPStatus.TOO_MANY_REQUESTS, "throttled"),
    errors.SignInAway: (HTTPStatus.SERVICE_UNAVAILABLE, "transient"),
    errors.UnknownService: (HTTPStatus.NOT_FOUND, "not-found"),
    errors.UnknownCall: (HTTPStatus.NOT_FOUND, "not-found"),
    errors.UnknownReplay: (HTTPStatus.NOT_FOUND, "not-found"),
    errors.UnknownDocument: (HTTPStatus.NOT_FOUND, "not-found"),
    errors.UnknownRule: (HTTPStatus.NOT_FOUND, "not-found"),
    errors.UnknownContent: (HTTPStatus.NOT_FOUND, "not-found"),
    errors.ReportMissing: (HTTPStatus.PRECONDITION_FAILED, "required"),
    errors.BodyTooLarge: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-long"),
    errors.BodyTooSlow: (HTTPStatus.REQUEST_TIMEOUT, "timeout"),
    errors.BodyCutOff: (HTTPStatus.BAD_REQUEST, "incomplete"),
    errors.WrongMediaType: (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not-supported"),
    errors.SearchRefused: (HTTPStatus.BAD_REQUEST, "invalid"),
    errors.UnknownResource: (HTTPStatus.NOT_FOUND, "not-found"),
    errors.NotAcceptable: (HTTPStatus.NOT_ACCEPTABLE, "not-supported"),
    errors.TokenRefused: (HTTPStatus.UNAUTHORIZED, "login"),
    errors.ScopeMissing: (HTTPStatus.FORBIDDEN, "forbidden"),
    errors.SwitchRefused: (HTTPStatus.BAD_REQUEST, "invalid"),
    errors.RecordNotKept: (HTTPStatus.SERVICE_UNAVAILABLE, "no-store"),
    errors.DatabaseAway: (HTTPStatus.SERVICE_UNAVAILABLE, "no-store"),
}
"""Error class to HTTP status and FHIR issue type (value set issue-type)."""

_WORDS = {
    HTTPStatus.FORBIDDEN: ("forbidden", "This service answers callers on its own machine only."),
    HTTPStatus.NOT_FOUND: ("not-found", "Nothing is here. GET /cds-services lists what is on offer."),
    HTTPStatus.METHOD_NOT_ALLOWED: ("not-supported", "This address does not answer that method."),
}
_SERVICES = "/cds-services"
_UNEXPECTED = "The service failed on this call. Its operator finds the reason in the log."

_log = logging.getLogger(__name__)


def operation_outcome(status: HTTPStatus, issue: str, diagnostics: str) -> Response:
    """An error answer as FHIR gives it.

    Args:
        status: the HTTP status.
        issue: a code of FHIR's value set issue-type.
        diagnostics: what is wrong and what to do, without patient data.
    """
    severity = "fatal" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "error"
    found = OperationOutcomeIssue(severity=severity, code=issue, diagnostics=diagnostics)
    body = OperationOutcome(issue=[found]).model_dump_json()
    return Response(body, status=status, content_type=FHIR_JSON)


def answer_errors(app: Flask) -> None:
    """Give the application its error answers."""
    app.register_error_handler(errors.RequestError, _request_error)
    app.register_error_handler(errors.NotTrusted, _not_trusted)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def asks_for_a_page() -> bool:
    """Whether a person reads the answer. Some EHRs send calls with the Accept header of a browser."""
    # Compared, not "best": Chromium also names a type with parameters, which counts as best by its form alone.
    page = request.accept_mimetypes.best_match((FHIR_JSON, "application/json", _PAGE)) == _PAGE
    return page and (request.method == "GET" or not request.path.startswith(_SERVICES))


def _request_error(error: errors.RequestError) -> Response:
    status, issue = STATUS.get(type(error), (HTTPStatus.BAD_REQUEST, "invalid"))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("%s: %s", type(error).__name__, type(error.__cause__).__name__)
    return _answer(status, issue, error.diagnostics)


def _not_trusted(_error: errors.NotTrusted) -> Response:
    """A bare 401: who cannot prove who it is learns nothing of why."""
    bare = Response(status=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
    del bare.headers["Content-Type"]
    return bare


def _http_error(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    issue, words = _WORDS.get(status, ("processing", f"{status.phrase}."))
    response = _answer(status, issue, words)
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _unexpected(error: Exception) -> Response:
    # The message of an exception can hold what a request said, so the log gets its class and its place only.
    places = "".join(traceback.format_tb(error.__traceback__))
    _log.error("Unexpected %s\n%s", type(error).__name__, places)
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, "exception", _UNEXPECTED)


def _answer(status: HTTPStatus, issue: str, words: str) -> Response:
    if asks_for_a_page():
        return make_response(render_template("error.html", status=status, words=words), status)
    return operation_outcome(status, issue, words)
