"""Signing in and out: at the OpenID provider in production, with the local token in the demo."""

import logging
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, redirect, render_template, request

from cds_service.errors import SignInAway, SignInFailed, SignInTooOften
from cds_service.security.sign_in.code_flow import CodeFlow
from cds_service.security.sign_in.fault import ProviderAway, SignInRefused
from cds_service.security.sign_in.local_token import LocalToken, TooManyTries
from cds_service.security.sign_in.own_path import own_path
from cds_service.security.sign_in.people import CALLBACK, People
from cds_service.security.sign_in.person import LOCAL, Person
from cds_service.web.cookies import cookie_name, drop_cookie, set_cookie
from cds_service.web.installation import Installation
from cds_service.web.people import end_session, keep_session, meet, require_own_form, require_own_page, visitor
from cds_service.web.refusals import StrangersBudget

_TICKET = "sign-in"
_FAILED = (
    "The sign-in did not come through. Go to the first page and sign in again; if it fails again, tell the operator, "
    "who finds the reason in the log."
)
_AWAY = (
    "Nobody can sign in now: the sign-in provider cannot be asked. Try again in a minute; if it stays, tell the "
    "operator. Calls of reporting systems are answered meanwhile."
)
_TOO_OFTEN = "Too many wrong tokens were tried. Wait a few seconds, and try again."

_log = logging.getLogger(__name__)


def sign_in_blueprint(installation: Installation, people: People) -> Blueprint:
    """The routes /sign-in, /sign-out and /signed-out."""
    routes = Blueprint("sign_in", __name__)
    meet(routes)
    if isinstance(people.door, CodeFlow):
        _at_the_provider(routes, installation, people, people.door)
    else:
        _with_the_token(routes, installation, people, people.door)

    @routes.post("/sign-out")
    def sign_out() -> Response:
        if visitor() is not None:
            require_own_form()
        response = _led_to("/signed-out")
        end_session(response)
        return response

    @routes.get("/signed-out")
    def signed_out() -> str:
        return render_template("signed_out.html", elsewhere=_end_at_the_provider(people))

    return routes


def _at_the_provider(routes: Blueprint, installation: Installation, people: People, flow: CodeFlow) -> None:
    settings = installation.settings
    budget = StrangersBudget(installation.stopwatch)

    @routes.get("/sign-in")
    def begin() -> Response:
        try:
            beginning = flow.begin(own_path(request.args.get("next", "")))
        except ProviderAway as away:
            raise SignInAway(_AWAY) from away
        response = _led_to(beginning.address)
        set_cookie(response, settings, _TICKET, beginning.ticket)
        return response

    @routes.get(CALLBACK)
    def finish() -> Response:
        ticket = request.cookies.get(cookie_name(settings, _TICKET), "")
        try:
            person, path = flow.finish(ticket, request.args)
        except SignInRefused as refused:
            if budget.spend() is not None:
                _log.warning("A sign-in was refused: %s.", refused.fault)
            raise SignInFailed(_FAILED) from None
        except ProviderAway as away:
            raise SignInAway(_AWAY) from away
        response = _let_in(people, person, path)
        drop_cookie(response, settings, _TICKET)
        return response


def _with_the_token(routes: Blueprint, installation: Installation, people: People, token: LocalToken) -> None:
    file = installation.settings.local_token_file

    def form(path: str, status: int, *, wrong: bool) -> Response:
        return make_response(render_template("sign_in.html", file=file, path=path, wrong=wrong), status)

    def tried(text: str, path: str) -> Response:
        try:
            right = token.is_right(text)
        except TooManyTries:
            raise SignInTooOften(_TOO_OFTEN) from None
        return _let_in(people, LOCAL, path) if right else form(path, 403, wrong=True)

    @routes.get("/sign-in")
    def ask() -> Response:
        path = own_path(request.args.get("next", ""))
        # The redirect takes the token out of the address.
        return tried(request.args["token"], path) if "token" in request.args else form(path, 200, wrong=False)

    @routes.post("/sign-in")
    def answer() -> Response:
        require_own_page()
        return tried(request.form.get("token", ""), own_path(request.form.get("next", "")))


def _let_in(people: People, person: Person, path: str) -> Response:
    response = _led_to(path)
    keep_session(response, people.sessions.begin(person))
    return response


def _led_to(address: str) -> Response:
    return make_response(redirect(address, 303))


def _end_at_the_provider(people: People) -> str:
    """Where one signs out at the provider, too: a link, since browsers hold redirects after forms to form-action."""
    if not isinstance(people.door, CodeFlow):
        return ""
    try:
        address = people.door.provider.metadata().end_session_endpoint
    except ProviderAway:
        return ""
    client = urlencode({"client_id": people.door.client_id})
    return f"{address}{'&' if '?' in address else '?'}{client}" if address else ""
