"""Web origins: a scheme, a host and perhaps a port (RFC 6454), compared as written in their one normal form."""

import re
from urllib.parse import urlsplit

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
