"""Who looks at the pages, and what each may see: behind `ask_for` somebody is signed in who may be there."""

import hmac
from collections.abc import Collection
from http import HTTPStatus
from urllib.parse import quote, urlencode

from flask import Blueprint, Flask, Response, current_app, g, redirect, request

from cds_service.errors import ForeignForm, NotSignedIn, RoleMissing
from cds_service.origins import origin_of
from cds_service.security.sign_in.code_flow import CodeFlow
from cds_service.security.sign_in.own_path import own_path
from cds_service.security.sign_in.people import People
from cds_service.security.sign_in.person import LOCAL, Person, Role
from cds_service.security.sign_in.sessions import Session
from cds_service.settings import Settings
from cds_service.web.cookies import cookie_name, drop_cookie, set_cookie
from cds_service.web.errors import asks_for_a_page

__all__ = ["LOCAL", "Person", "Role", "ask_for"]

SESSION = "session"
FORM_FIELD, FORM_HEADER = "csrf", "X-CSRF-Token"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_SIGN_IN_FIRST = "This page is for people who are signed in. Open it in a browser, and sign in."
_FOREIGN = "The form is not from a page of this sign-in. Open the page again, and send it from there."


def know_people(app: Flask, people: People, settings: Settings) -> None:
    """Let the pages of an application know who looks at them."""
    app.extensions["people"] = people
    app.extensions["people settings"] = settings


def ask_for(routes: Blueprint, *roles: Role) -> None:
    """Let only people with one of these roles reach the routes; what changes something only from our own forms.

    Raises, at each request:
        NotSignedIn: nobody is signed in, and no page was asked for; a page leads to the sign-in.
        RoleMissing: the person has none of the roles.
        ForeignForm: as `require_own_form`.
        RecordNotKept: whether the person signed out cannot be known.
    """
    meet(routes)

    @routes.before_request
    def _admit() -> Response | None:
        session = _session()
        if session is None:
            return _to_sign_in()
        if not session.person.roles & set(roles):
            raise RoleMissing(_missing(session.person, roles))
        if request.method not in _READING:
            require_own_form()
        return None

    @routes.after_request
    def _reload(response: Response) -> Response:
        if response.status_code == HTTPStatus.UNAUTHORIZED and "HX-Request" in request.headers:
            # The page that asked for a part of itself is loaded anew, and so leads to the sign-in.
            response.headers["HX-Refresh"] = "true"
        return response


def meet(routes: Blueprint) -> None:
    """Know on these routes who looks, if somebody is signed in; let everybody in."""

    @routes.before_request
    def _look_up() -> None:
        cookie = request.cookies.get(cookie_name(_settings(), SESSION), "")
        g.session = _people().sessions.read(cookie) if cookie else None

    @routes.after_request
    def _renew(response: Response) -> Response:
        session = _session()
        if session is not None:
            renewed = _people().sessions.seen_now(session)
            if renewed is not session:
                keep_session(response, renewed)
        return response


def person() -> Person:
    """Who is signed in, behind `ask_for`."""
    session = _session()
    if session is None:
        raise NotSignedIn(_SIGN_IN_FIRST)
    return session.person


def visitor() -> Person | None:
    """Who is signed in; None where nobody is, or where the page does not ask."""
    session = _session()
    return session.person if session else None


def csrf_token() -> str:
    """What a form of this session carries in its hidden field `csrf`, or a script in the header `X-CSRF-Token`."""
    session = _session()
    return session.forms if session else ""


def keep_session(response: Response, session: Session) -> None:
    """Give the browser a session."""
    g.session = session
    set_cookie(response, _settings(), SESSION, _people().sessions.written(session))


def end_session(response: Response) -> None:
    """End the session of the request, for every worker and whoever has a copy of its cookie.

    Raises:
        RecordNotKept: it could not be ended.
    """
    session = _session()
    if session is not None:
        _people().sessions.end(session)
    g.session = None
    drop_cookie(response, _settings(), SESSION)


def require_own_form() -> None:
    """Refuse a request that changes something, unless a page of this session sent it.

    Raises:
        ForeignForm: it comes from elsewhere, or does not carry the session's secret.
    """
    require_own_page()
    sent = request.headers.get(FORM_HEADER) or request.form.get(FORM_FIELD, "")
    wanted = csrf_token()
    if not wanted or not hmac.compare_digest(wanted.encode(), sent.encode("utf-8", "replace")):
        raise ForeignForm(_FOREIGN)


def require_own_page() -> None:
    """Refuse a request that a browser sends for a page of somebody else's.

    Under our Referrer-Policy browsers send `Origin: null` with our own forms, too, so Sec-Fetch-Site decides where it
    is sent, as all current browsers do over TLS and on loopback.

    Raises:
        ForeignForm: it is one.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    own = site in ("same-origin", "none") if site is not None else origin in (None, _own_origin())
    if not own:
        raise ForeignForm(_FOREIGN)


def _own_origin() -> str:
    settings = _settings()
    # The demo is called by each of this machine's names, and by no other host.
    return origin_of(settings.public_url if settings.profile == "production" else f"http://{request.host}")


def _to_sign_in() -> Response:
    if request.method in ("GET", "HEAD") and asks_for_a_page():
        query = request.query_string.decode("ascii", "replace")
        path = own_path(quote(request.path) + (f"?{query}" if query else ""))
        found = redirect(f"/sign-in?{urlencode({'next': path})}", 303)
        return current_app.make_response(found)
    raise NotSignedIn(_SIGN_IN_FIRST)


def _missing(who: Person, wanted: Collection[Role]) -> str:
    own = ", ".join(sorted(who.roles)) or "none"
    asked = " or ".join(wanted)
    door = _people().door
    whom = ""
    if isinstance(door, CodeFlow):
        names = " or ".join(door.roles.called(role) for role in wanted)
        whom = f"Ask those who manage accounts at {door.provider.issuer} for {names}, then sign out and in again. "
    return f"This page is for the role {asked}. You are signed in as {who.called}; your roles: {own}. {whom}".strip()


def _session() -> Session | None:
    known: Session | None = g.get("session")
    return known


def _people() -> People:
    known: People = current_app.extensions["people"]
    return known


def _settings() -> Settings:
    known: Settings = current_app.extensions["people settings"]
    return known
