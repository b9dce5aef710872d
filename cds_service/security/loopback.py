"""The demo profile: no token is asked for, so nobody but this machine is answered."""

from ipaddress import IPv6Address, ip_address

_NAME = "localhost"


def is_loopback(address: str) -> bool:
    """Whether an address or the name "localhost" means this machine. What is no address is not loopback."""
    if address == _NAME:
        return True
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return (mapped or ip).is_loopback


def host_name(host_header: str) -> str:
    """The name or address in an HTTP Host header, without the port and without the brackets of IPv6."""
    if host_header.startswith("["):
        return host_header[1:].partition("]")[0]
    return host_header.partition(":")[0].lower()
