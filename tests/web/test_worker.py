"""A connection is closed after its answer, once, whoever closes it first."""

import socket

import pytest

from cds_service.web.punctual import PunctualSocket
from cds_service.web.worker import Connection


@pytest.mark.parametrize("peer_sends", [b"", b"more" * 100_000])
def test_a_connection_that_lingered_is_closed_without_complaint(peer_sends: bytes) -> None:
    here, there = socket.socketpair()
    there.settimeout(30)
    connection = Connection(None, PunctualSocket(here, lambda: 0), None, None)
    there.sendall(peer_sends[:50_000])
    there.shutdown(socket.SHUT_WR)
    connection.linger()
    connection.close(graceful=True)
    assert there.recv(10) == b""
    there.close()


def test_a_peer_that_is_gone_is_not_waited_for() -> None:
    here, there = socket.socketpair()
    connection = Connection(None, PunctualSocket(here, lambda: 0), None, None)
    there.close()
    connection.linger()
    connection.close(graceful=True)
