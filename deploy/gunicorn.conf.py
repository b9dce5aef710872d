"""Settings for running gunicorn directly: gunicorn -c deploy/gunicorn.conf.py 'cds_service.app:create_app()'.

They are those of `calcification-cds serve`; the installation's own settings come from the environment.
"""

import os
from typing import Any

from cds_service.commands.reloading import make_patients, settle_memory
from cds_service.commands.serve import gunicorn_options
from cds_service.settings import from_environment

globals().update(gunicorn_options(from_environment(os.environ)))


def pre_fork(server: Any, _worker: Any) -> None:
    """Make and settle what is loaded before it is shared."""
    make_patients(server.app.wsgi())
    settle_memory()
