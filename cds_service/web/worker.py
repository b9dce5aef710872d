"""The gunicorn worker of this service: no caller holds a thread for ever, and no answer names a product.

gunicorn's own threaded worker waits for a silent connection in a thread, has no time limit for headers that come byte
by byte, answers what it cannot parse with a page that repeats it, and logs that, too.
"""

import selectors
import socket
import time
import traceback
from functools import partial
from http import HTTPStatus
from typing import Any

from gunicorn.http import errors, wsgi
from gunicorn.workers.gthread import TConn, ThreadWorker

from cds_service.web.punctual import PunctualSocket

_LINGER_S, _LINGER_BYTES = 1.0, 64 * 1024


class _HeadersTooSlow(errors.ParseException):  # type: ignore[misc]  # gunicorn ships no types
    """The headers of a request did not come in time."""


_STATUS = {
    _HeadersTooSlow: HTTPStatus.REQUEST_TIMEOUT,
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
    errors.ForbiddenProxyRequest: HTTPStatus.FORBIDDEN,
    errors.ConfigurationProblem: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.InvalidResponseHeader: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.InvalidResponseHeaderName: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""Other parse errors are the caller's (400); whatever is no parse error is ours (500)."""


class _UnnamedResponse(wsgi.Response):  # type: ignore[misc]  # gunicorn ships no types
    """An answer without the Server header."""

    def default_headers(self) -> list[str]:
        return [line for line in super().default_headers() if not line.startswith("Server:")]


class Connection(TConn):  # type: ignore[misc]  # gunicorn ships no types
    """A connection that lingers in the thread that answered it, and not in the main loop, which then accepts nobody."""

    def linger(self) -> None:
        """Say that nothing more comes, and take in what the peer still sends, or it may lose the end of the answer."""
        left = _LINGER_BYTES
        try:
            self.sock.shutdown(socket.SHUT_WR)
            self.sock.allow(_LINGER_S)
            while left > 0 and (part := self.sock.recv(_LINGER_BYTES)):
                left -= len(part)
        except OSError:
            # It is gone, or stays silent: either way there is nothing to wait for.
            return

    def close(self, graceful: bool = False) -> None:  # noqa: ARG002  # gunicorn's signature; it has lingered already
        """Close the socket."""
        super().close()


class PunctualWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Serves with threads; a caller has `seconds` to send its headers, then its body, and then to take the answer."""

    seconds = 10

    def init_process(self) -> None:
        # gunicorn has no setting for the Server header, and looks this class up for every request.
        wsgi.Response = _UnnamedResponse
        super().init_process()

    def accept(self, listener: Any) -> None:
        """Take a connection in and wait, without a thread, until it has something to say."""
        try:
            accepted, peer = listener.accept()
        except OSError:
            # It went away again, or another worker was faster.
            return
        self.nr_conns += 1
        own = PunctualSocket(accepted, time.perf_counter_ns)
        conn = Connection(self.cfg, own, peer, listener.getsockname())
        conn.timeout = time.monotonic() + self.seconds
        self.pending_conns.append(conn)
        self.poller.register(own, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def handle(self, conn: Any) -> Any:
        """Answer one request; the time for its headers begins."""
        conn.sock.allow(self.seconds, _HeadersTooSlow)
        keep = super().handle(conn)
        if keep is False:
            conn.linger()
        return keep

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Call the application; the time for the body begins."""

        def late() -> Exception:
            req.force_close()
            return TimeoutError()

        conn.sock.allow(self.seconds, late)
        return super().handle_request(req, conn)

    def handle_error(self, _req: Any, client: Any, _addr: Any, exc: BaseException) -> None:
        """Answer what could not be parsed with a bare status; neither answer nor log repeats any of it."""
        others = HTTPStatus.BAD_REQUEST if isinstance(exc, errors.ParseException) else HTTPStatus.INTERNAL_SERVER_ERROR
        status = _STATUS.get(type(exc), others)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR and status is not HTTPStatus.NOT_IMPLEMENTED:
            places = "".join(traceback.format_tb(exc.__traceback__))
            self.log.error("Unexpected %s\n%s", type(exc).__name__, places)
        else:
            self.log.info("A request could not be read: %s", type(exc).__name__)
        bare = f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        try:
            client.sendall(bare.encode("ascii"))
        except OSError:
            self.log.info("The refusal could not be sent.")


def worker_class(seconds: int) -> type[PunctualWorker]:
    """The worker that gives callers so many seconds."""
    return type("Worker", (PunctualWorker,), {"seconds": seconds})
