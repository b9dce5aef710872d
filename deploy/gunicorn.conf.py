"""Settings for running gunicorn directly: gunicorn -c deploy/gunicorn.conf.py 'cds_service.app:create_app()'.

They are those of `calcification-cds serve`; the installation's own settings come from the environment.
"""

import os
from typing import Any

from cds_service.commands.serve import begin_worker, end_worker, gunicorn_options, settle_memory
from cds_service.settings import from_environment

globals().update(gunicorn_options(from_environment(os.environ)))


def pre_fork(_server: Any, _worker: Any) -> None:
    """Settle what is loaded before it is shared."""
    settle_memory()


def post_fork(_server: Any, worker: Any) -> None:
    """Start each worker with database connections and a housekeeping of its own."""
    begin_worker(worker.app.wsgi())


def worker_exit(_server: Any, worker: Any) -> None:
    """End the housekeeping of a worker that ends."""
    end_worker(worker.app.wsgi())
