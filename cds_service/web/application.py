"""The web application of one installation."""

from flask import Flask

from cds_service.web.console.blueprint import console_blueprints
from cds_service.web.documents import documents_blueprint
from cds_service.web.errors import answer_errors
from cds_service.web.headers import guard
from cds_service.web.installation import Installation
from cds_service.web.pages import health_blueprint, pages_blueprint
from cds_service.web.score_bar import score_bar
from cds_service.web.services import services_blueprint
from cds_service.web.standard import standard_blueprint

SECTIONS: tuple[tuple[str, str], ...] = (("Audit", "/audit"),)
"""What the head of every page leads to: a word, and the address."""


def assemble(installation: Installation) -> Flask:
    """Routes, error answers and headers over what `app.create_app` opened."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = installation.settings.max_body_bytes
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["score_bar"] = score_bar
    app.jinja_env.globals["sections"] = SECTIONS if installation.settings.serves_pages else ()
    app.register_blueprint(services_blueprint(installation))
    if installation.settings.serves_pages:
        app.register_blueprint(pages_blueprint(installation))
        for routes in console_blueprints(installation):
            app.register_blueprint(routes)
    app.register_blueprint(documents_blueprint(installation.documents))
    app.register_blueprint(standard_blueprint(installation))
    app.register_blueprint(health_blueprint(installation))
    answer_errors(app)
    demo = installation.settings.profile == "demo"
    guard(app, loopback_only=demo, tls=installation.settings.public_url.startswith("https://"))
    return app
