"""The demo profile: no token is asked for, so nobody but this machine is answered."""

from ipaddress import IPv6Address, ip_address

from cds_service.errors import StartError
from cds_service.settings import Settings

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


def require_safe_start(settings: Settings) -> None:
    """Refuse to start where answering without a token would answer strangers.

    Raises:
        StartError: demo profile on a host that others reach, or the production profile, which needs client trust.
    """
    if settings.profile == "production":
        raise StartError(
            "The production profile asks callers for a signed token, and this version cannot check one yet. "
            "Set CALCIFICATION_CDS_PROFILE=demo and keep the service on 127.0.0.1."
        )
    if not is_loopback(settings.host):
        raise StartError(
            f"The demo profile answers without a token, so it listens on loopback only, not on {settings.host}. "
            "Set CALCIFICATION_CDS_HOST=127.0.0.1 (or --host 127.0.0.1)."
        )
