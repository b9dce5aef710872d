"""Which addresses a FHIR server may have, and a connection to one of them.

A name is resolved once, each address is judged, and the connection goes to an address that passed: what the name means
a moment later does not matter (DNS rebinding).
"""

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from cds_service.fhir.access.servers import FhirServer
from cds_service.fhir.access.trouble import NotFetched, Trouble

Resolve = Callable[..., list[Any]]
"""As `socket.getaddrinfo`."""

_PORTS = {"http": 80, "https": 443}
_SPECIAL = IPv4Network("192.0.0.0/24")
"""For protocols (RFC 6890); not all versions of the standard library know the whole of it."""
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as an IPv6-only network sees them (RFC 6052)."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the internet at large.

    Private, shared, loopback, link-local (with the metadata services of clouds), reserved and multicast addresses do
    not, nor do IPv6 addresses that stand for such an IPv4 address.
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _ipv4_within(ip) if isinstance(ip, IPv6Address) else None
    if inner is not None:
        ip = inner
    if ip in _SPECIAL or (isinstance(ip, IPv6Address) and ip.is_site_local):
        return False
    return ip.is_global and not ip.is_reserved and not ip.is_multicast


def _ipv4_within(ip: IPv6Address) -> IPv4Address | None:
    if ip in _TRANSLATED:
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped or ip.sixtofour


def connect(server: FhirServer, timeout_s: float, resolve: Resolve) -> socket.socket:
    """A connection to a FHIR server, over which nothing has been sent.

    Args:
        server: where to; its host and port, whatever URL is asked for later.
        timeout_s: seconds for each address, and afterwards for each wait on the socket.
        resolve: as `socket.getaddrinfo`.

    Raises:
        NotFetched: all addresses are private, and the server's entry does not allow that.
        OSError: no connection came about.
    """
    where = urlsplit(server.origin)
    host, port = where.hostname or "", where.port or _PORTS[where.scheme]
    anywhere = server.private or _is_address(host)
    found = resolve(host, port, type=socket.SOCK_STREAM)
    allowed = [entry for entry in found if anywhere or is_public(entry[4][0])]
    if found and not allowed:
        raise NotFetched(Trouble.UNSAFE)
    failure: OSError = ConnectionError("the name has no address")
    for family, kind, protocol, _, address in allowed:
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(timeout_s)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.connect(address)
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
