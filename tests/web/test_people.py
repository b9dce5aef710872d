"""Pages are for people with a role, and what changes something is taken from our own forms only."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from cds_service.audit.seen_tokens import SeenTokens
from cds_service.security.sign_in.people import open_people
from cds_service.security.sign_in.person import Person, Role
from cds_service.settings import Settings
from cds_service.web.cookies import cookie_name
from cds_service.web.people import SESSION, ask_for, meet, person, require_own_form
from tests.conftest import NOON

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
TEMPLATES = Path(__file__).parents[2] / "cds_service" / "web" / "templates"
COOKIE = "calcification-cds-8081-session"


@pytest.fixture
def app(build: Callable[..., Flask]) -> Flask:
    """The application, with a page for auditors and editors that can be changed."""
    application = build()
    routes = Blueprint("ground", __name__)
    ask_for(routes, Role.AUDITOR, Role.EDITOR)

    @routes.route("/ground", methods=["GET", "POST", "PUT", "DELETE"])
    def ground() -> str:
        return person().name

    application.register_blueprint(routes)
    return application


def signed_in(app: Flask, *roles: Role) -> tuple[FlaskClient, str]:
    """A client of a person with these roles, and the secret of the session's forms."""
    people, settings = app.extensions["people"], app.extensions["people settings"]
    session = people.sessions.begin(Person("Ada (1 at https://id.example.org)", frozenset(roles)))
    client = FlaskClient(app, app.response_class)
    client.set_cookie(cookie_name(settings, SESSION), people.sessions.written(session))
    return client, session.forms


@pytest.mark.parametrize(
    ("roles", "status"),
    [
        ([Role.AUDITOR], 200),
        ([Role.EDITOR], 200),
        ([Role.READER, Role.EDITOR], 200),
        ([Role.READER], 403),
        ([], 403),
    ],
)
def test_one_of_the_roles_is_enough_and_none_includes_another(roles: list[Role], status: int, app: Flask) -> None:
    answer = signed_in(app, *roles)[0].get("/ground")
    assert answer.status_code == status
    assert ("auditor or editor" in answer.text) is (status == 403)


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", PAGE, 303),
        ("HEAD", {}, 401),
        ("GET", {}, 401),
        ("GET", {"Accept": "application/json"}, 401),
        ("GET", {"Accept": "*/*", "HX-Request": "true"}, 401),
        ("POST", PAGE, 401),
    ],
)
def test_who_is_not_signed_in_is_led_to_the_sign_in_and_programs_are_told(
    method: str, headers: Mapping[str, str], status: int, app: Flask
) -> None:
    stranger = FlaskClient(app, app.response_class)
    answer = stranger.open("/ground?a=b%20c", method=method, headers=headers)
    assert answer.status_code == status
    if status == 303:
        assert answer.headers["Location"] == "/sign-in?next=%2Fground%3Fa%3Db%2520c"
    assert (answer.headers.get("HX-Refresh") == "true") is ("HX-Request" in headers)


def test_behind_the_question_the_page_knows_who_looks(app: Flask) -> None:
    assert signed_in(app, Role.AUDITOR)[0].get("/ground").text == "Ada (1 at https://id.example.org)"


SENT: list[tuple[str, dict[str, str], int]] = [
    ("as our own form sends it", {"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200),
    ("typed in", {"Sec-Fetch-Site": "none"}, 200),
    ("from a program", {}, 200),
    ("by an older browser", {"Origin": "http://localhost"}, 200),
    ("from another site", {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403),
    ("from another host of the site", {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:9"}, 403),
    ("from another site, by an older browser", {"Origin": "https://evil.example"}, 403),
    ("from another port, by an older browser", {"Origin": "http://localhost:9"}, 403),
    ("from nowhere, by an older browser", {"Origin": "null"}, 403),
]


@pytest.mark.parametrize(("what", "headers", "status"), SENT, ids=[case[0] for case in SENT])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_change_is_taken_from_our_own_pages_only(
    method: str, what: str, headers: dict[str, str], status: int, app: Flask
) -> None:
    client, secret = signed_in(app, Role.EDITOR)
    assert client.open("/ground", method=method, data={"csrf": secret}, headers=headers).status_code == status, what


@pytest.mark.parametrize("way", ["form", "header"])
@pytest.mark.parametrize("sent", ["", "wrong", "\ud800", "of another session", "right"])
def test_a_change_needs_the_secret_of_its_own_session(way: str, sent: str, app: Flask) -> None:
    client, secret = signed_in(app, Role.EDITOR)
    other = signed_in(app, Role.EDITOR)[1]
    said = {"right": secret, "of another session": other}.get(sent, sent).encode("utf-8", "replace").decode()
    given: dict[str, Any] = {"data": {"csrf": said}} if way == "form" else {"headers": {"X-CSRF-Token": said}}
    answer = client.post("/ground", **given)
    assert answer.status_code == (200 if sent == "right" else 403)


def test_without_a_session_no_secret_is_the_right_one(build: Callable[..., Flask]) -> None:
    application = build()
    routes = Blueprint("open_ground", __name__)
    meet(routes)

    @routes.post("/open-ground")
    def open_ground() -> str:
        require_own_form()
        return "changed"

    application.register_blueprint(routes)
    stranger = FlaskClient(application, application.response_class)
    assert stranger.post("/open-ground", data={"csrf": ""}).status_code == 403


def test_reading_needs_no_secret(app: Flask) -> None:
    client, _ = signed_in(app, Role.EDITOR)
    assert client.get("/ground", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_every_form_that_changes_something_carries_the_secret() -> None:
    forms = [
        (path.name, form)
        for path in TEMPLATES.rglob("*.html")
        for form in path.read_text("utf-8").split("<form")[1:]
        if 'method="post"' in form.partition(">")[0]
    ]
    without = {name for name, form in forms if "csrf_token()" not in form.partition("</form>")[0]}
    assert without == {"sign_in.html"}  # there is no session yet
    assert len(forms) > 1


@pytest.mark.parametrize(
    ("base_url", "name", "secure"),
    [("", COOKIE, False), ("https://localhost", "__Host-calcification-cds-session", True)],
)
def test_a_session_that_is_looked_at_is_renewed_in_a_cookie_of_this_host_only(
    base_url: str, name: str, secure: bool, build: Callable[..., Flask], settings: Settings, engine: Engine
) -> None:
    own = Settings(local_token_file=settings.local_token_file, port=8081, base_url=base_url)
    moments = iter([NOON, NOON, NOON, *(NOON + timedelta(minutes=5) for _ in range(9))])
    people = open_people(own, SeenTokens(engine, lambda: NOON), lambda: next(moments), lambda: 0)
    client, _ = signed_in(build(people=people, base_url=base_url), Role.AUDITOR)
    given = [client.get("/", base_url=base_url or None).headers.get("Set-Cookie") for _ in range(3)]
    renewed = [line for line in given if line]
    assert renewed
    for line in renewed:
        assert line.startswith(f"{name}=")
        wanted = {"HttpOnly", "Path=/", "SameSite=Lax", *(["Secure"] if secure else [])}
        assert {part.strip() for part in line.split(";")[1:]} == wanted


def test_no_answer_to_a_reporting_system_sets_or_reads_a_cookie(app: Flask) -> None:
    client, _ = signed_in(app, Role.AUDITOR)
    for path in ("/cds-services", "/healthz", "/openapi.json", "/documents/report-sign"):
        answer = client.get(path, headers=PAGE)
        assert "Set-Cookie" not in answer.headers
        assert "Sign out" not in answer.text
