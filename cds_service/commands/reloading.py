"""What a running service does at SIGHUP: good content takes over, bad content is refused and the old goes on."""

import gc
import logging
import traceback
from collections.abc import Sequence
from typing import Any

from flask import Flask

from cds_service.app import create_app, utc_now
from cds_service.audit.record import timestamp
from cds_service.errors import ContentError, RequestError, StartError
from cds_service.settings import Settings
from cds_service.web.pages import LOADED_AT, RELOAD_REFUSED_AT

_COLLECT_AFTER = (10_000, 20, 20)

_log = logging.getLogger(__name__)


def settle_memory() -> None:
    """Put what was loaded out of the garbage collector's sight, and let it look less often.

    Rules and vocabulary live as long as the process. Frozen before the fork, their pages stay shared between workers,
    and no call pays for walking them. What an earlier settling froze and nothing uses any more goes first.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)


def make_patients(app: Flask) -> None:
    """Make a demo's patients before it answers: made while a call waits, they would cost its time for fetching.

    Made before the fork they are shared between workers, and each takes less memory.
    """
    sandbox = app.extensions["sandbox"]
    if sandbox is not None:
        sandbox.store()


def loaded_app(settings: Settings) -> Flask:
    """The application, with the moment at which its content was loaded. Raises what `create_app` raises."""
    app = create_app(settings)
    make_patients(app)
    app.config[LOADED_AT] = timestamp(utc_now())
    return app


def reload_app(server: Any, settings: Settings) -> None:
    """Load everything anew for the workers that gunicorn starts next: rules, wording, clients and keys.

    gunicorn calls this between the signal and the start of new workers. Whatever goes wrong, the application that
    there is goes on, and says so at /readyz.

    Args:
        server: gunicorn's arbiter.
        settings: as the service was started.
    """
    try:
        _replace(server, loaded_app(settings))
    except ContentError as error:
        _refuse(server, [str(problem) for problem in error.problems])
    except (StartError, RequestError) as error:
        _refuse(server, [str(error)])
    except Exception as error:
        places = "".join(traceback.format_tb(error.__traceback__))
        _refuse(server, [f"Unexpected {type(error).__name__}\n{places}"])
    settle_memory()


def _replace(server: Any, app: Flask) -> None:
    old, server.app.callable = server.app.callable, app
    old.extensions["store"].close()
    _log.warning("Content %s is loaded; new workers answer with it.", app.config["CONTENT_VERSION"])


def _refuse(server: Any, problems: Sequence[str]) -> None:
    app = server.app.callable
    app.config[RELOAD_REFUSED_AT] = timestamp(utc_now())
    _log.error("The reload was refused; content %s goes on. The reasons:", app.config["CONTENT_VERSION"])
    for problem in problems:
        _log.error("%s", problem)
