"""Start the service on this machine. The audit record is kept in SQLite under ./var of the current folder."""

import gc
import logging
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from cds_service.app import create_app
from cds_service.settings import Settings, from_environment
from cds_service.web.worker import worker_class

EXAMPLES = """\
calcification-cds serve
calcification-cds serve --port 9000
CALCIFICATION_CDS_WORKERS=2 calcification-cds serve"""


_COLLECT_AFTER = (10_000, 20, 20)
# Bytes and numbers that hold every request of a CDS client with room to spare. A token is read up to 4096 characters
# and refused as a token up to the size of a field; what is larger still does not reach the application.
_LONGEST_LINE, _MOST_FIELDS, _LARGEST_FIELD = 4094, 64, 16 * 1024
_NO_PAGES = "no pages  they show what charts hold, and people cannot sign in yet: only the demo profile serves them"


def add_arguments(parser: ArgumentParser) -> None:
    """`--host` and `--port`; every other setting comes from the environment."""
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (default 8080)")


def run(arguments: Namespace) -> int:
    """Serve until interrupted."""
    given = {name: value for name, value in (("host", arguments.host), ("port", arguments.port)) if value is not None}
    settings = replace(from_environment(os.environ), **given)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    app = create_app(settings)
    settle_memory()
    _Server(app, gunicorn_options(settings)).run()
    return 0


def settle_memory() -> None:
    """Put what was loaded out of the garbage collector's sight, and let it look less often.

    Rules and vocabulary live as long as the process. Frozen before the fork, their pages stay shared between workers,
    and no call pays for walking them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)


def gunicorn_options(settings: Settings) -> Mapping[str, Any]:
    """How gunicorn runs the service; deploy/gunicorn.conf.py takes the same."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return {
        "bind": f"{host}:{settings.port}",
        "worker_class": worker_class(settings.request_seconds),
        "workers": settings.workers,
        "threads": settings.threads,
        "preload_app": True,
        "loglevel": "warning",
        "limit_request_line": _LONGEST_LINE,
        "limit_request_fields": _MOST_FIELDS,
        "limit_request_field_size": _LARGEST_FIELD,
        # Nobody needs a second door: processes are told what to do by signals.
        "control_socket_disable": True,
        "when_ready": lambda _server: print(_welcome(settings), flush=True),
    }


def begin_worker(app: Flask) -> None:
    """What a worker does first: the connections that it inherited are its parent's, and no thread outlives a fork."""
    app.extensions["store"].forget_connections()
    app.extensions["housekeeping"].start()


def end_worker(app: Flask) -> None:
    """What a worker does last."""
    app.extensions["housekeeping"].stop()


def _welcome(settings: Settings) -> str:
    pages = f"open      {settings.public_url}/" if settings.serves_pages else _NO_PAGES
    return (
        f"calcification-cds answers at {settings.public_url}\n"
        f"  {pages}\n"
        f"  discovery {settings.public_url}/cds-services\n"
        f"Stop it with Ctrl+C."
    )


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    def __init__(self, app: Flask, options: Mapping[str, Any]) -> None:
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)
        self.cfg.set("post_fork", lambda _server, _worker: begin_worker(self._app))
        self.cfg.set("worker_exit", lambda _server, _worker: end_worker(self._app))

    def load(self) -> Flask:
        return self._app
