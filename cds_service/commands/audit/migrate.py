"""Bring the audit database to the schema of this version: whole, or not at all.

First make a copy of the database and stop every process that uses it. On PostgreSQL, connect as the owner of the
tables.
"""

import os
from argparse import ArgumentParser, Namespace

from cds_service.app import utc_now
from cds_service.audit import tables
from cds_service.audit.engine import open_engine
from cds_service.audit.record import timestamp
from cds_service.security.secret_file import read_secret
from cds_service.settings import from_environment

EXAMPLES = """\
calcification-cds audit migrate
CALCIFICATION_CDS_DATABASE_URL=postgresql://owner@host/database calcification-cds audit migrate"""


def add_arguments(_parser: ArgumentParser) -> None:
    """Nothing: the settings say where the database and the key are."""


def run(_arguments: Namespace) -> int:
    """Migrate, and say from which schema to which."""
    settings = from_environment(os.environ)
    engine = open_engine(settings.database_url, settings.sqlite_synchronous)
    key = read_secret(settings.audit_key_file, "audit_key_file", make=settings.profile == "demo")
    before, after = tables.migrate(engine, key, timestamp(utc_now()))
    engine.dispose()
    print(f"The audit database has schema {after}; it had {before or 'none'}.")
    return 0
