"""Installations that go through something, and what must hold of them afterwards."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import select

from cds_service.audit import schema
from cds_service.audit.engine import open_engine
from tests.audit.walking import walked
from tests.durability.calling import Noted
from tests.serving import Server, serving


@dataclass(frozen=True, slots=True)
class PostgreSQL:
    """A PostgreSQL server of our own."""

    server: Any
    pg_ctl: Callable[..., object]

    def url(self, database: str, scheme: str = "postgresql") -> str:
        """The URL of a database."""
        return str(self.server.get_uri(database)).replace("postgresql://", f"{scheme}://")

    def stop(self) -> None:
        """Break off every connection and stop, as in a crash."""
        self.pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=self.server.pgdata, user=self.server.system_user)

    def start(self) -> None:
        """Start again, on the same data."""
        self.server.ensure_postgres_running()


@dataclass(frozen=True, slots=True)
class Suffering:
    """An installation in a folder, with two workers."""

    folder: Path
    database_url: str
    spool: Path = Path("var/spool")

    def environment(self) -> dict[str, str]:
        """Its settings."""
        settings = {"DATABASE_URL": self.database_url, "WORKERS": "2", "SPOOL_DIR": str(self.spool)}
        return {f"CALCIFICATION_CDS_{name}": value for name, value in settings.items()}

    def serving(self) -> AbstractContextManager[Server]:
        """Its server."""
        return serving(self.folder, self.environment())

    def drain(self) -> str:
        """Move by the command what its server left; what the command says."""
        done = subprocess.run(
            [sys.executable, "-m", "cds_service", "audit", "drain"],
            cwd=self.folder,
            env={**os.environ, **self.environment(), "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def records(self) -> list[Any]:
        """The rows of its calls."""
        engine = open_engine(self.database_url, "FULL")
        with engine.connect() as connection:
            rows = list(connection.execute(select(schema.calls)))
        engine.dispose()
        return rows

    def require_every_answer_on_record(self, noted: Iterable[Noted]) -> None:
        """Each answer that a client got has exactly one record, no call has two, and the chains are whole."""
        kept = Counter(row.hook_instance for row in self.records())
        assert [answer for answer in noted if answer.status == 200 and kept[answer.instance] != 1] == []
        assert [instance for instance, times in kept.items() if times != 1] == []
        engine = open_engine(self.database_url, "FULL")
        walked(engine, (self.folder / "var" / "audit.key").read_bytes())
        engine.dispose()

    def spooled_files(self) -> list[str]:
        """What its spool holds, beside the memory of used tokens."""
        return sorted(path.name for path in (self.folder / self.spool).iterdir() if "tokens" not in path.name)


def until_nothing_waits(server: Server) -> None:
    """Ask the server until it has moved all that waited; the test's own time limit ends it otherwise."""
    while requests.get(f"{server.url}/readyz", timeout=10).json().get("waiting", 1):
        pass
