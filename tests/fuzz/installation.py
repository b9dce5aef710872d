"""The whole service as fuzzing calls it: every hook on offer, its record in a folder of its own."""

from pathlib import Path

from flask import Flask

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.conftest import NOON


def whole_service(folder: Path) -> Flask:
    """The service; its caller closes `extensions["store"]`."""
    settings = Settings(
        database_url=f"sqlite:///{folder}/calls.sqlite3",
        sqlite_synchronous="NORMAL",
        patient_key_file=folder / "patient.key",
        audit_key_file=folder / "audit.key",
        local_token_file=folder / "local.token",
        spool_dir=folder / "spool",
        port=8081,
        draft_hooks="on",
    )
    return create_app(settings, clock=lambda: NOON)
