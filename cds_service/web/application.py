"""The web application of one installation."""

from flask import Flask

from cds_service.web.call_page import call_blueprint
from cds_service.web.documents import documents_blueprint
from cds_service.web.errors import answer_errors
from cds_service.web.headers import guard
from cds_service.web.installation import Installation
from cds_service.web.lab_drawing import range_bar, trend
from cds_service.web.pages import health_blueprint, pages_blueprint
from cds_service.web.records_api import records_blueprint
from cds_service.web.replay_page import replay_blueprint
from cds_service.web.rules import rules_blueprint
from cds_service.web.score_bar import score_bar, score_step
from cds_service.web.services import services_blueprint
from cds_service.web.source_attributes import source_attributes_blueprint
from cds_service.web.standard import standard_blueprint

SECTIONS: tuple[tuple[str, str], ...] = (("Rules", "/rules"), ("Replay", "/audit/replay"))
"""What the head of every page leads to: a word, and the address."""


def assemble(installation: Installation) -> Flask:
    """Routes, error answers and headers over what `app.create_app` opened."""
    app = Flask(__name__)
    app.extensions["store"] = installation.store
    app.config["MAX_CONTENT_LENGTH"] = installation.settings.max_body_bytes
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    drawings = {"score_bar": score_bar, "score_step": score_step, "range_bar": range_bar, "trend": trend}
    app.jinja_env.globals.update(drawings)
    app.jinja_env.globals["sections"] = SECTIONS if installation.settings.serves_pages else ()
    app.register_blueprint(services_blueprint(installation))
    if installation.settings.serves_pages:
        app.register_blueprint(pages_blueprint(installation))
        app.register_blueprint(records_blueprint(installation))
        app.register_blueprint(rules_blueprint(installation))
        app.register_blueprint(call_blueprint(installation))
        app.register_blueprint(replay_blueprint(installation))
    app.register_blueprint(source_attributes_blueprint(installation))
    app.register_blueprint(documents_blueprint(installation.documents))
    app.register_blueprint(standard_blueprint(installation))
    app.register_blueprint(health_blueprint(installation))
    answer_errors(app)
    demo = installation.settings.profile == "demo"
    guard(app, loopback_only=demo, tls=installation.settings.public_url.startswith("https://"))
    return app
