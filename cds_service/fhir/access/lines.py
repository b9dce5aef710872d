"""Kept connections to FHIR servers: each bound to one server, used for one question at a time, and broken off at will.

`requests` sends through its adapter alone: no session, so no cookies, no redirects, no passwords from .netrc and no
proxies from the environment. A token must not go anywhere unawares.
"""

import logging
import socket
from collections import Counter, defaultdict
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from cds_service.fhir.access.addresses import Resolve, connect
from cds_service.fhir.access.servers import FhirServer
from cds_service.fhir.access.trouble import NotFetched, Trouble
from cds_service.origins import origin_of

# Below ERROR it writes down the address of each request, and that names the patient.
logging.getLogger("urllib3").setLevel(logging.ERROR)


class Line:
    """One connection to one FHIR server, opened when first needed, and again when the server has closed it.

    Args:
        server: the only one that this line leads to.
        resolve: as `socket.getaddrinfo`.
        ca_bundle: file of the certificate authorities to trust; empty for those of `requests`.
    """

    def __init__(self, server: FhirServer, resolve: Resolve, ca_bundle: str) -> None:
        self.server = server
        self.dialled = 0
        self._resolve = resolve
        self._verify: bool | str = ca_bundle or True
        self._adapter = _Adapter(self)
        self._lock = Lock()
        self._broken_off = False
        self._held: socket.socket | None = None
        self._connection: HTTPConnection | None = None

    def send(self, request: PreparedRequest, timeout_s: float) -> Response:
        """The head of the answer; the body is still to be read.

        Raises:
            NotFetched: the address is not this line's server, or its name leads into a private network.
            requests.RequestException: no answer came.
        """
        if origin_of(request.url or "") != self.server.origin:
            raise NotFetched(Trouble.ELSEWHERE)
        return self._adapter.send(request, stream=True, timeout=timeout_s, verify=self._verify)

    def dial(self, connection: HTTPConnection) -> socket.socket:
        """A new socket for a connection of the adapter; whatever URL it has in mind, it leads to the line's server."""
        opened = connect(self.server, _seconds(connection.timeout), self._resolve)
        with self._lock:
            if self._broken_off:
                opened.close()
                raise ConnectionAbortedError("the line was broken off")
            self._let_go()
            # TLS takes the socket over; a second handle on it can still end it.
            self._held = opened.dup()
            self._connection = connection
        self.dialled += 1
        return opened

    def hang_up(self) -> None:
        """After a question: if the connection was closed in the course of it, the second handle goes, too."""
        with self._lock:
            if self._connection is not None and self._connection.sock is None:
                self._let_go()

    def break_off(self) -> None:
        """End what is under way, from another thread: once this returns nothing leaves on this line any more."""
        with self._lock:
            self._broken_off = True
            self._let_go(end=True)

    def close(self) -> None:
        """Close the connection, when no question is under way."""
        with self._lock:
            self._broken_off = True
            self._let_go()
        self._adapter.close()

    @property
    def broken_off(self) -> bool:
        """Whether the line cannot be used again."""
        return self._broken_off

    def _let_go(self, *, end: bool = False) -> None:
        held, self._held = self._held, None
        if held is None:
            return
        if end:
            # The other side may have ended it already.
            with suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)
        held.close()


class Lines:
    """The lines of a process. Safe for threads.

    Of those that nobody uses, the one that was used last is taken first: it is most likely to be open still.

    Args:
        resolve: as `socket.getaddrinfo`.
        ca_bundle: as for a line.
        per_server: how many lines to one server may be in use, so that a server which hangs leaves threads for others.
    """

    def __init__(self, resolve: Resolve, ca_bundle: str, per_server: int) -> None:
        self._resolve = resolve
        self._ca_bundle = ca_bundle
        self._per_server = per_server
        self._lock = Lock()
        self._in_use: Counter[FhirServer] = Counter()
        self._idle: defaultdict[FhirServer, list[Line]] = defaultdict(list)

    def take(self, server: FhirServer) -> Line:
        """A line to a server, for the caller alone.

        Raises:
            NotFetched: too many are in use.
        """
        with self._lock:
            if self._in_use[server] >= self._per_server:
                raise NotFetched(Trouble.CROWDED)
            self._in_use[server] += 1
            if self._idle[server]:
                return self._idle[server].pop()
        return Line(server, self._resolve, self._ca_bundle)

    def give_back(self, line: Line) -> None:
        """Keep a line for the next question; close it if it was broken off."""
        if line.broken_off:
            line.close()
        else:
            line.hang_up()
        with self._lock:
            self._in_use[line.server] -= 1
            if not line.broken_off:
                self._idle[line.server].append(line)

    def close(self) -> None:
        """Close the lines that nobody uses."""
        with self._lock:
            idle = [line for lines in self._idle.values() for line in lines]
            self._idle.clear()
        for line in idle:
            line.close()


class _Adapter(HTTPAdapter):
    """Opens its connections by dialling a line."""

    def __init__(self, line: Line) -> None:
        self._line = line
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        super().init_poolmanager(*args, **named)
        self.poolmanager.pool_classes_by_scheme = {
            "http": partial(_Pool, line=self._line),
            "https": partial(_TlsPool, line=self._line),
        }


class _Connection(HTTPConnection):
    def __init__(self, *args: Any, line: Line, **named: Any) -> None:
        super().__init__(*args, **named)
        self._line = line

    def _new_conn(self) -> socket.socket:
        return self._line.dial(self)


class _TlsConnection(HTTPSConnection):
    def __init__(self, *args: Any, line: Line, **named: Any) -> None:
        super().__init__(*args, **named)
        self._line = line

    def _new_conn(self) -> socket.socket:
        return self._line.dial(self)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


def _seconds(timeout: Any) -> float:
    if not isinstance(timeout, int | float):
        raise TypeError("a question is asked with a time-out in seconds")
    return float(timeout)
