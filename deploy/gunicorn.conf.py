"""Settings for running gunicorn directly: gunicorn -c deploy/gunicorn.conf.py 'cds_service.app:create_app()'.

They are those of `calcification-cds serve`; the installation's own settings come from the environment.
"""

import os
from typing import Any

from cds_service.commands.serve import forget_connections, gunicorn_options
from cds_service.settings import from_environment

globals().update(gunicorn_options(from_environment(os.environ)))


def post_fork(_server: Any, worker: Any) -> None:
    """Start each worker with database connections of its own."""
    forget_connections(worker.app.wsgi())
