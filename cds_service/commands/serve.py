"""Start the service on this machine. The audit record is kept in SQLite under ./var of the current folder."""

import logging
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from cds_service.commands import pid_file
from cds_service.commands.reloading import loaded_app, reload_app, settle_memory
from cds_service.fhir.access.limits import AccessLimits
from cds_service.security.secret_file import read_token
from cds_service.settings import PREFIX, Settings, from_environment
from cds_service.web.worker import worker_class

EXAMPLES = """\
calcification-cds serve
calcification-cds serve --port 9000
CALCIFICATION_CDS_WORKERS=2 calcification-cds serve"""


_log = logging.getLogger(__name__)

# Bytes and numbers that hold every request of a CDS client with room to spare. A token is read up to 4096 characters
# and refused as a token up to the size of a field; what is larger still does not reach the application.
_LONGEST_LINE, _MOST_FIELDS, _LARGEST_FIELD = 4094, 64, 16 * 1024
_OWN = "Set CALCIFICATION_CDS_PID_FILE to a file of its own; SIGHUP to this process reloads it meanwhile."
_NO_PAGES = (
    f"no pages  they show what charts hold, and nobody can sign in: set {PREFIX}OIDC_ISSUER and what goes with it"
)


def add_arguments(parser: ArgumentParser) -> None:
    """`--host` and `--port`; every other setting comes from the environment."""
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (default 8080)")


def run(arguments: Namespace) -> int:
    """Serve until interrupted."""
    given = {name: value for name, value in (("host", arguments.host), ("port", arguments.port)) if value is not None}
    settings = replace(from_environment(os.environ), **given)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    server = _Server(loaded_app(settings), gunicorn_options(settings))
    settle_memory()
    server.run()
    return 0


def gunicorn_options(settings: Settings) -> Mapping[str, Any]:
    """How gunicorn runs the service; deploy/gunicorn.conf.py takes the same."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return {
        "bind": f"{host}:{settings.port}",
        "worker_class": worker_class(settings.request_seconds),
        "workers": settings.workers,
        "threads": _threads(settings),
        "preload_app": True,
        "loglevel": "warning",
        "limit_request_line": _LONGEST_LINE,
        "limit_request_fields": _MOST_FIELDS,
        "limit_request_field_size": _LARGEST_FIELD,
        # Nobody needs a second door: processes are told what to do by signals.
        "control_socket_disable": True,
        "when_ready": lambda _server: _ready(settings),
        "post_fork": lambda _server, worker: begin_worker(worker.app.wsgi()),
        "worker_exit": lambda _server, worker: end_worker(worker.app.wsgi()),
        "on_reload": lambda server: reload_app(server, settings),
        "on_exit": lambda _server: pid_file.release(settings.pid_file),
    }


def _threads(settings: Settings) -> int:
    """Threads of a process. A demo's calls ask its own FHIR server, and may not hold the threads that answer them."""
    own = AccessLimits().in_flight if settings.profile == "demo" else 0
    return settings.threads * (1 + own)


def begin_worker(app: Flask) -> None:
    """What a worker does first: the connections that it inherited are its parent's, and no thread outlives a fork."""
    app.extensions["store"].forget_connections()
    app.extensions["housekeeping"].start()


def end_worker(app: Flask) -> None:
    """What a worker does last."""
    app.extensions["housekeeping"].stop()


def _ready(settings: Settings) -> None:
    try:
        if not pid_file.hold(settings.pid_file, _local_url(settings)):
            _log.warning(
                "%s is another service's: calcification-cds reload reaches that one. %s", settings.pid_file, _OWN
            )
    except OSError as error:
        _log.warning("%s cannot be written (%s). %s", settings.pid_file, error.strerror, _OWN)
    print(_welcome(settings), flush=True)


def _local_url(settings: Settings) -> str:
    """Where this machine reaches the service; one that listens everywhere listens on loopback, too."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    return replace(settings, host=host, base_url="").public_url


def _welcome(settings: Settings) -> str:
    pages = _door(settings) if settings.serves_pages else _NO_PAGES
    sandbox = "" if settings.profile == "production" else f"  try it    {settings.public_url}/sandbox\n"
    return (
        f"calcification-cds answers at {settings.public_url}\n"
        f"{sandbox}"
        f"  {pages}\n"
        f"  discovery {settings.public_url}/cds-services\n"
        f"Stop it with Ctrl+C."
    )


def _door(settings: Settings) -> str:
    """Where people begin. The token is shown on a terminal only: what goes elsewhere may be kept as a log."""
    if settings.profile == "production":
        return f"open      {settings.public_url}/"
    if not sys.stdout.isatty():
        return f"open      {settings.public_url}/sign-in with the token in {settings.local_token_file}"
    token = read_token(settings.local_token_file, "local_token_file")
    return f"open      {settings.public_url}/sign-in?token={token}"


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    def __init__(self, app: Flask, options: Mapping[str, Any]) -> None:
        self._options = options
        super().__init__()
        # gunicorn's own name for the application; a reload puts another one there.
        self.callable = app

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)
