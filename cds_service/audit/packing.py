"""JSON values as the record keeps them: compressed, and read again whatever a client wrote into them."""

import json
import zlib
from collections.abc import Mapping
from typing import Any

import orjson


def packed(body: Mapping[str, Any]) -> bytes:
    """Compressed JSON of a body.

    Raises:
        ValueError: for a number that JSON does not know.
    """
    return zlib.compress(json.dumps(body, separators=(",", ":"), allow_nan=False).encode())


def unpacked(raw: bytes) -> dict[str, Any]:
    """The body that `packed` made."""
    text = zlib.decompress(raw)
    try:
        body: dict[str, Any] = orjson.loads(text)
    except orjson.JSONDecodeError:
        # A lone surrogate in a client's own text, or a number beyond 64 bits: the record keeps them.
        body = json.loads(text)
    return body
