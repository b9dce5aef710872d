"""The web application of one installation."""

from flask import Flask

from cds_service.security.sign_in.people import People
from cds_service.web.call_page import call_blueprint
from cds_service.web.console.blueprint import console_blueprints
from cds_service.web.documents import documents_blueprint
from cds_service.web.errors import answer_errors
from cds_service.web.headers import guard
from cds_service.web.installation import Installation
from cds_service.web.lab_drawing import range_bar, trend
from cds_service.web.looks import looks_blueprint
from cds_service.web.pages import health_blueprint, home_blueprint
from cds_service.web.people import csrf_token, know_people, visitor
from cds_service.web.records_api import records_blueprint
from cds_service.web.replay_page import replay_blueprint
from cds_service.web.rules import rules_blueprint
from cds_service.web.sandbox.fhir import fhir_blueprints
from cds_service.web.sandbox.figures import figures_blueprint
from cds_service.web.sandbox.requests import requests_blueprint
from cds_service.web.sandbox.room import room_blueprint
from cds_service.web.sandbox.trials import trials_blueprint
from cds_service.web.score_bar import score_bar, score_step
from cds_service.web.services import services_blueprint
from cds_service.web.sign_in import sign_in_blueprint
from cds_service.web.source_attributes import source_attributes_blueprint
from cds_service.web.standard import standard_blueprint
from cds_service.web.switches import PATH as SWITCHES
from cds_service.web.switches import switches_blueprint

SECTIONS: tuple[tuple[str, str], ...] = (
    ("Audit", "/audit"),
    ("Rules", "/rules"),
    ("Replay", "/audit/replay"),
    ("Switches", SWITCHES),
    ("Export", "/audit/export"),
    ("Looks", "/audit/looks"),
)
"""What the head of every page leads to: a word, and the address."""

SANDBOX = ("Sandbox", "/sandbox")
"""The same for the demo's reporting room."""


def assemble(installation: Installation) -> Flask:
    """Routes, error answers and headers over what `app.create_app` opened."""
    app = Flask(__name__)
    app.extensions["store"] = installation.store
    app.extensions["sandbox"] = installation.sandbox
    app.config["CONTENT_VERSION"] = installation.content_version
    app.config["MAX_CONTENT_LENGTH"] = installation.settings.max_body_bytes
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    drawings = {"score_bar": score_bar, "score_step": score_step, "range_bar": range_bar, "trend": trend}
    app.jinja_env.globals.update(drawings, visitor=visitor, csrf_token=csrf_token)
    own = (SANDBOX,) if installation.sandbox is not None else ()
    app.jinja_env.globals["sections"] = (*own, *SECTIONS) if installation.settings.serves_pages else ()
    app.register_blueprint(services_blueprint(installation))
    if installation.people is not None:
        _serve_pages(app, installation, installation.people)
    if installation.sandbox is not None:
        for routes in fhir_blueprints(installation.settings, installation.clock, installation.sandbox):
            app.register_blueprint(routes)
        for made in (requests_blueprint, room_blueprint, trials_blueprint, figures_blueprint):
            app.register_blueprint(made(installation, installation.sandbox))
    app.register_blueprint(source_attributes_blueprint(installation))
    app.register_blueprint(documents_blueprint(installation.documents))
    app.register_blueprint(standard_blueprint(installation))
    app.register_blueprint(health_blueprint(installation))
    answer_errors(app)
    demo = installation.settings.profile == "demo"
    guard(app, loopback_only=demo, tls=installation.settings.public_url.startswith("https://"))
    return app


def _serve_pages(app: Flask, installation: Installation, people: People) -> None:
    know_people(app, people, installation.settings)
    app.extensions["looks"] = installation.looks
    app.register_blueprint(sign_in_blueprint(installation, people))
    app.register_blueprint(looks_blueprint(installation.looks))
    pages = (home_blueprint, call_blueprint, rules_blueprint, records_blueprint, replay_blueprint, switches_blueprint)
    for blueprint in pages:
        app.register_blueprint(blueprint(installation))
    for routes in console_blueprints(installation):
        app.register_blueprint(routes)
