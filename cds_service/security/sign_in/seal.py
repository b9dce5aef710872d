"""What a browser keeps for us: signed, so that it cannot be changed; readable by the browser's owner."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from itsdangerous import BadData, URLSafeSerializer


class Seal:
    """Signs and checks with a key of the installation (HMAC-SHA-256), for each purpose under its own subkey.

    Args:
        key: 32 bytes or more.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def put(self, purpose: str, said: Mapping[str, Any]) -> str:
        """JSON members as text for a cookie."""
        return str(self._signer(purpose).dumps(dict(said)))

    def open(self, purpose: str, text: str) -> Mapping[str, Any] | None:
        """What was put for this purpose; None for anything that was not."""
        try:
            said = self._signer(purpose).loads(text)
        except (BadData, UnicodeError):
            return None
        return said if isinstance(said, Mapping) else None

    def derived(self, purpose: str, said: str) -> str:
        """64 hexadecimal digits that belong to a text, and that nobody without the key can tell."""
        return hmac.new(self._key, f"{purpose}\x00{said}".encode(), hashlib.sha256).hexdigest()

    def _signer(self, purpose: str) -> URLSafeSerializer:
        return URLSafeSerializer(
            self._key,
            salt=f"calcification-cds {purpose}",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )
