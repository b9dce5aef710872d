"""A real FHIR R4 server (sekmet, SQLite storage) in a process of its own, for tests and benchmarks."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import yaml

from tests.serving import free_port

_STARTS_WITHIN_S = 60.0
TOKEN = "sekmet-token"


@dataclass(frozen=True, slots=True)
class FhirTestServer:
    """A running server: its origin, and its base URL."""

    origin: str
    base: str

    def put(self, resource: Mapping[str, Any]) -> None:
        """Store a resource under its own id."""
        address = f"{self.base}/{resource['resourceType']}/{resource['id']}"
        answer = requests.put(address, json=resource, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30)
        if not answer.ok:
            raise RuntimeError(f"the FHIR server did not store a {resource['resourceType']}: {answer.text}")


@contextmanager
def fhir_server(folder: Path) -> Iterator[FhirTestServer]:
    """The server with an empty store; it answers only who sends TOKEN."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    settings = {
        "base_url": f"{origin}/fhir",
        "data_dir": str(folder / "data"),
        "server_auth": {"types": ["bearer"], "tokens": [TOKEN]},
        "simulator": {"enabled": False},
        "log_inbound": False,
    }
    path = folder / "settings.yaml"
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    command = [sys.executable, "-c", "from sekmet.cli import app; app()", "serve", "--config", str(path)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)], cwd=folder, stdout=log, stderr=log
        )
    try:
        _wait_until_ready(f"{origin}/fhir/metadata", process)
        yield FhirTestServer(origin, f"{origin}/fhir")
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < deadline:
        with suppress(requests.RequestException):
            if requests.get(url, timeout=1).ok:
                return
        # Gives the processor to the server meanwhile, and comes back early if it has stopped.
        with suppress(subprocess.TimeoutExpired):
            raise RuntimeError(f"the FHIR server stopped with status {process.wait(timeout=0.1)} before it was ready")
    raise RuntimeError("the FHIR server was not ready in time")
