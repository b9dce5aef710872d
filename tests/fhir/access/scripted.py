"""A FHIR server over a bare socket that does exactly what a test tells it, wrong answers included."""

import json
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Thread
from typing import Any

WAITS_S = 10
"""How long a test waits for what must come; nothing waits so long when all is well."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One request as it came over the wire; `until_the_client_ends` returns when its connection is closed."""

    method: str
    target: str
    headers: dict[str, str]
    body: str
    until_the_client_ends: Callable[[], object]


Script = Callable[[Heard], Iterable[bytes]]


class ScriptedServer:
    """Answers each request with the pieces of bytes that its script gives, and remembers what it heard."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        self._script = script
        self._tls = tls
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._accepted: list[socket.socket] = []
        self._accepting = Thread(target=self._accept)
        self._threads: list[Thread] = []
        self.heard: list[Heard] = []
        self.connections = 0
        self.port: int = self._listening.getsockname()[1]
        self.origin = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.base = f"{self.origin}/fhir/r4"
        self._accepting.start()

    def targets(self) -> list[str]:
        """What was asked for, in order."""
        return [heard.target.removeprefix("/fhir/r4/") for heard in self.heard]

    def close(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._accepting.join(WAITS_S)
        self._listening.close()
        for handle in self._accepted:
            with suppress(OSError):
                handle.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(WAITS_S)
        for handle in self._accepted:
            handle.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            # A second handle ends the connection, since TLS takes the first one over.
            handle = connection.dup()
            thread = Thread(target=self._serve, args=(connection, handle))
            self._accepted.append(handle)
            self.connections += 1
            self._threads.append(thread)
            thread.start()

    def _serve(self, accepted: socket.socket, handle: socket.socket) -> None:
        with accepted, suppress(OSError), self._secured(accepted) as connection, connection.makefile("rb") as line:
            self._converse(connection, line)
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    def _converse(self, connection: socket.socket, line: Any) -> None:
        while (heard := _request(line)) is not None:
            self.heard.append(heard)
            for piece in self._script(heard):
                if not piece:
                    return
                connection.sendall(piece)

    def _secured(self, accepted: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(accepted, server_side=True) if self._tls else accepted


def _request(line: Any) -> Heard | None:
    first = line.readline().decode("ascii").split()
    if len(first) != 3:
        return None
    headers = {}
    while text := line.readline().decode("ascii").strip():
        name, _, value = text.partition(":")
        headers[name.lower()] = value.strip()
    body = line.read(int(headers.get("content-length", 0))).decode("ascii")
    return Heard(first[0], first[1], headers, body, line.read)


HANG_UP = b""
"""As a piece: the server closes the connection."""


def http(status: int, body: bytes | str = b"", **headers: str) -> bytes:
    """A whole answer."""
    raw = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(raw)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + raw


def fhir(resource: object, **headers: str) -> bytes:
    """A whole answer with a resource, or with whatever else is JSON."""
    return http(200, json.dumps(resource), **{"Content_Type": "application/fhir+json", **headers})


def bundle(*resources: dict[str, Any], following: str = "", **members: Any) -> dict[str, Any]:
    """A page of search results."""
    link = {"link": [{"relation": "next", "url": following}]} if following else {}
    entries = {"entry": [{"resource": resource} for resource in resources]} if resources else {}
    return {"resourceType": "Bundle", "type": "searchset", **link, **entries, **members}


def condition(identifier: str) -> dict[str, Any]:
    return {"resourceType": "Condition", "id": identifier, "subject": {"reference": "Patient/p1"}}


PATIENT = {"resourceType": "Patient", "id": "p1", "birthDate": "1990-01-01"}


@contextmanager
def scripted(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[ScriptedServer]:
    server = ScriptedServer(script, tls)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def always(*pieces: bytes) -> Iterator[ScriptedServer]:
    """A server that answers everything with the same pieces."""
    with scripted(lambda _: pieces) as server:
        yield server


@contextmanager
def in_turn(*answers: bytes) -> Iterator[ScriptedServer]:
    """A server that answers each request with the next of the answers."""
    left = list(answers)
    with scripted(lambda _: [left.pop(0)]) as server:
        yield server
