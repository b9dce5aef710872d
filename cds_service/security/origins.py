"""Web origins: a scheme, a host and perhaps a port (RFC 6454), compared as written in their one normal form."""

import re
from urllib.parse import urlsplit

from cds_service.errors import StartError
from cds_service.settings import PREFIX, Settings

_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
"""A name in ASCII (punycode), or an address; no wildcard."""
_PORTS = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """The origin of an http or https URL, in lower case and without a default port; empty for what is none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    name = parts.hostname or ""
    if parts.scheme not in _PORTS or "@" in parts.netloc or not _HOST.fullmatch(name):
        return ""
    host = f"[{name}]" if ":" in name else name
    return f"{parts.scheme}://{host}" if port in (None, _PORTS[parts.scheme]) else f"{parts.scheme}://{host}:{port}"


def is_origin(text: str) -> bool:
    """Whether a text is an origin in its normal form, and nothing more."""
    return bool(text) and origin_of(text) == text


def cors_origins(settings: Settings) -> frozenset[str]:
    """The origins whose pages may call from a browser.

    Raises:
        StartError: one of them is no exact origin, or not https in the production profile.
    """
    named = settings.cors_origins.replace(",", " ").split()
    for origin in named:
        if not is_origin(origin):
            raise StartError(
                f"{PREFIX}CORS_ORIGINS must hold exact origins, such as https://ehr.example.org, separated by commas: "
                "lower case, no path, no wildcard, no default port."
            )
        if settings.profile == "production" and not origin.startswith("https://"):
            raise StartError(f"{PREFIX}CORS_ORIGINS must hold https origins in the production profile.")
    return frozenset(named)
