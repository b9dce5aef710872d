"""A production installation with one known client, and that client's JWK Set over TLS, all on this machine."""

import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import yaml

from tests.certificates import certificate
from tests.security.tampered import JKU, KEYS
from tests.serving import Server, serving
from tests.tokens import signer

BASE = "https://cds.example.org"
PUBLISHED = signer("published")
"""The key of the client whose keys are fetched."""


@dataclass
class Publisher:
    """A client's JWK Set over TLS; `path` decides what is answered."""

    url: str
    certificate: Path
    asked: list[str]


@contextmanager
def publishing(folder: Path) -> Iterator[Publisher]:
    """Serves JWK Sets: a good one, a redirect to it, and one too large to be read."""
    asked: list[str] = []
    good = json.dumps({"keys": [PUBLISHED.jwk]}).encode()
    answers: Mapping[str, tuple[int, bytes]] = {
        "/jwks": (200, good),
        "/moved": (302, b""),
        "/large": (200, good + b" " * 200_000),
        "/html": (200, b"<html>"),
        "/broken": (500, good),
    }

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status, body = answers[self.path]
            self.send_response(status)
            self.send_header("Location", "/jwks")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    proof = certificate(folder, "127.0.0.1")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(proof)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Publisher(f"https://127.0.0.1:{server.server_port}", proof, asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


@contextmanager
def production(folder: Path, publisher: Publisher, more: Mapping[str, str] | None = None) -> Iterator[Server]:
    """The service in its production profile: two workers, one database, TLS supposed to end in front of it.

    `more` are settings beside the usual ones, in capitals.
    """
    clients = [
        {"id": "county", "name": "County", "iss": "https://ehr.example.org", "jku": JKU, "keys": KEYS},
        *(
            {"id": f"city-{path}", "name": "City", "iss": f"https://{path}.example", "jku": f"{publisher.url}/{path}"}
            for path in ("jwks", "moved", "large", "html", "broken")
        ),
    ]
    (folder / "clients.yaml").write_text(yaml.safe_dump({"clients": clients}), encoding="utf-8")
    (folder / "patient.key").write_bytes(bytes(range(32)))
    (folder / "audit.key").write_bytes(bytes(range(32)))
    settings = {
        "PROFILE": "production",
        "BASE_URL": BASE,
        "CLIENTS_FILE": str(folder / "clients.yaml"),
        "PATIENT_KEY_FILE": str(folder / "patient.key"),
        "AUDIT_KEY_FILE": str(folder / "audit.key"),
        "CORS_ORIGINS": "https://ehr.example.org",
        "WORKERS": "2",
        **(more or {}),
    }
    environment = {f"CALCIFICATION_CDS_{name}": value for name, value in settings.items()}
    with serving(folder, {**environment, "REQUESTS_CA_BUNDLE": str(publisher.certificate)}) as server:
        yield server
