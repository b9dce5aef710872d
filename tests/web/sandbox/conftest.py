"""The sandbox over patients written by hand, in an application of its own: these tests ask nothing else of it."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cds_service.sandbox.store import FhirStore
from cds_service.settings import Settings
from cds_service.web.errors import answer_errors
from cds_service.web.headers import guard
from cds_service.web.sandbox.fhir import fhir_blueprints
from cds_service.web.sandbox.setting import SandboxSetting
from tests.sandbox.patients import AS_OF, RESOURCES

SANDBOX = SandboxSetting(lambda: FhirStore(RESOURCES), bytes(range(32)), AS_OF)


@pytest.fixture
def serve() -> Callable[..., FlaskClient]:
    """Makes a caller of the sandbox, a minute passing with each look at the clock."""

    def make(cors_origins: str = "") -> FlaskClient:
        app, minutes = Flask(__name__), count()
        settings = Settings(cors_origins=cors_origins)
        for routes in fhir_blueprints(settings, lambda: AS_OF + timedelta(minutes=next(minutes)), SANDBOX):
            app.register_blueprint(routes)
        answer_errors(app)
        guard(app, loopback_only=True, tls=False)
        return app.test_client()

    return make


@pytest.fixture
def client(serve: Callable[..., FlaskClient]) -> FlaskClient:
    return serve()
