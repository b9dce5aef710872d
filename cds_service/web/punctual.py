"""A connection that does not wait for ever: what comes in and what goes out has to be done by a moment."""

import errno
import socket
from collections.abc import Callable
from typing import Any

_NS = 1_000_000_000


class PunctualSocket(socket.socket):
    """A connected TCP socket whose peer has a limited time, however it spreads its bytes over it.

    A plain time-out begins anew with every byte, so that one byte a second holds a thread for hours.

    Args:
        connected: is taken over, and must not be used any more.
        stopwatch: nanoseconds that only ever go up.
    """

    def __init__(self, connected: socket.socket, stopwatch: Callable[[], int]) -> None:
        super().__init__(connected.family, connected.type, connected.proto, fileno=connected.detach())
        self._stopwatch = stopwatch
        self._until: int | None = None
        self._seconds = 0.0
        self._late: Callable[[], Exception] = TimeoutError

    def allow(self, seconds: float, late: Callable[[], Exception] = TimeoutError) -> None:
        """Give the peer so many seconds from now to send what is to be read next, and as many to take each answer.

        Args:
            seconds: counted from now, over all reads until this is called again.
            late: makes what a read raises after that.
        """
        self._until = self._stopwatch() + int(seconds * _NS)
        self._seconds = seconds
        self._late = late

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """As a socket's own; raises what `allow` was told when the time is over."""
        if self._until is None:
            return super().recv(size, flags)
        left = (self._until - self._stopwatch()) / _NS
        if left <= 0:
            raise self._late()
        own = self.gettimeout()
        shorter = own is not None and own < left
        self.settimeout(own if shorter else left)
        try:
            return super().recv(size, flags)
        except TimeoutError:
            raise (TimeoutError() if shorter else self._late()) from None
        finally:
            self.settimeout(own)

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """As a socket's own; a peer that does not take the data in time counts as gone."""
        if self._until is None:
            return super().sendall(data, flags)
        own = self.gettimeout()
        self.settimeout(self._seconds)
        try:
            return super().sendall(data, flags)
        except TimeoutError:
            raise BrokenPipeError(errno.EPIPE, "the peer does not read") from None
        finally:
            self.settimeout(own)
