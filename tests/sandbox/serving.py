"""The sandbox's FHIR server over the patients written by hand, on a real port of this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from flask import Flask
from werkzeug.serving import make_server

from cds_service.app import utc_now
from cds_service.sandbox.store import FhirStore
from cds_service.settings import Settings
from cds_service.web.sandbox.fhir import fhir_blueprints
from cds_service.web.sandbox.setting import SandboxSetting
from tests.sandbox.patients import AS_OF, RESOURCES

STORE = FhirStore(RESOURCES)


@contextmanager
def fhir_server() -> Iterator[str]:
    """Its origin; stopped at the end."""
    app = Flask(__name__)
    for routes in fhir_blueprints(Settings(), utc_now, SandboxSetting(lambda: STORE, bytes(32), AS_OF)):
        app.register_blueprint(routes)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
