"""Signs what leaves the chains, or stands for entries that are gone: heads and purges."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any


def signature(key: bytes, purpose: str, said: Mapping[str, Any]) -> str:
    """HMAC-SHA-256 of JSON values, whatever the order of their keys, as hex; for no other purpose it is the same."""
    canonical = json.dumps([purpose, said], sort_keys=True, separators=(",", ":"))
    return hmac.new(key, canonical.encode(), hashlib.sha256).hexdigest()


def signed(key: bytes, purpose: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """The values with their signature."""
    return {**said, "signature": signature(key, purpose, said)}


def is_signed(key: bytes, purpose: str, given: Mapping[str, Any]) -> bool:
    """Whether the signature among the values is this installation's."""
    said = {name: value for name, value in given.items() if name != "signature"}
    return hmac.compare_digest(str(given.get("signature", "")).encode(), signature(key, purpose, said).encode())
