"""Print how far each chain of the audit record has come, signed, as JSON lines to keep elsewhere.

Keep them where who runs the database cannot change them; `audit verify --heads` compares.
"""

import os
from argparse import ArgumentParser, Namespace

from cds_service.app import utc_now
from cds_service.audit.engine import open_engine
from cds_service.audit.heads import heads
from cds_service.audit.record import timestamp
from cds_service.security.secret_file import read_secret
from cds_service.settings import from_environment

EXAMPLES = """\
calcification-cds audit heads > heads-of-june.jsonl"""


def add_arguments(_parser: ArgumentParser) -> None:
    """None: the settings say where the database and the key are."""


def run(_arguments: Namespace) -> int:
    """Print the heads."""
    settings = from_environment(os.environ)
    key = read_secret(settings.audit_key_file, "audit_key_file", make=False)
    engine = open_engine(settings.database_url, settings.sqlite_synchronous)
    for line in heads(engine, key, timestamp(utc_now())):
        print(line)
    engine.dispose()
    return 0
