"""A caller in this process who is signed in."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from cds_service.security.sign_in.person import LOCAL
from cds_service.web.cookies import cookie_name
from cds_service.web.people import SESSION


class SignedIn(FlaskClient):
    """The local user of the demo, whose requests carry the secret of the session's forms; nobody in production."""

    def __init__(self, application: Flask, *more: Any, **named: Any) -> None:
        super().__init__(application, *more, **named)
        people = application.extensions.get("people")
        if people is not None:
            session = people.sessions.begin(LOCAL)
            name = cookie_name(application.extensions["people settings"], SESSION)
            self.set_cookie(name, people.sessions.written(session))
            self.environ_base["HTTP_X_CSRF_TOKEN"] = session.forms
