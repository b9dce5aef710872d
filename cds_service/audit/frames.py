"""Entries as a spool file holds them: each in a frame with its length and a checksum, so that a torn one is seen.

A frame is the mark, the length of what it says, the SHA-256 of what it says, and what it says as JSON.
"""

import hashlib
import json
import struct
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from typing import Any

from cds_service.audit.chain import Entry, Linked, Value

MARK = b"\xf5CDSf1\r\n"
"""Begins each frame; no JSON in UTF-8 holds its first byte."""
_HEAD = struct.Struct(f">{len(MARK)}sI32s")
HEAD_BYTES = _HEAD.size
_BYTES = "base64"


def frame(place: Linked) -> bytes:
    """An entry in its place as a frame.

    Raises:
        ValueError: its text is none that UTF-8 can hold, so the database could not keep it either.
    """
    entry = place.entry
    said = {
        "writer": place.writer,
        "number": place.number,
        "link": place.link.hex(),
        "table": entry.table,
        "values": _encoded(entry.values),
        "children": [[table, [_encoded(row) for row in rows]] for table, rows in entry.children],
    }
    raw = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    return _HEAD.pack(MARK, len(raw), hashlib.sha256(raw).digest()) + raw


def frames(raw: bytes) -> Iterator[tuple[int, int, Linked]]:
    """The whole frames in what a file holds: where each begins, where it ends, and its entry.

    Bytes between them belong to no frame that can be read.
    """
    start = 0
    while (start := raw.find(MARK, start)) >= 0:
        said = _said(raw, start)
        if said is None:
            start += 1
        else:
            end = start + HEAD_BYTES + len(said)
            yield start, end, _read(json.loads(said))
            start = end


def length_at(head: bytes) -> int:
    """How long the frame is that begins like this, its head included; 0 where none begins."""
    if len(head) < HEAD_BYTES:
        return 0
    mark, length, _ = _HEAD.unpack_from(head)
    return HEAD_BYTES + int(length) if mark == MARK else 0


def _said(raw: bytes, start: int) -> bytes | None:
    if len(raw) < start + HEAD_BYTES:
        return None
    _, length, checksum = _HEAD.unpack_from(raw, start)
    said = raw[start + HEAD_BYTES : start + HEAD_BYTES + length]
    return said if hashlib.sha256(said).digest() == checksum else None


def _read(said: Mapping[str, Any]) -> Linked:
    children = tuple((table, tuple(_decoded(row) for row in rows)) for table, rows in said["children"])
    entry = Entry(said["table"], _decoded(said["values"]), children)
    return Linked(entry, said["writer"], said["number"], bytes.fromhex(said["link"]))


def _encoded(row: Mapping[str, Value]) -> dict[str, Any]:
    return {
        name: {_BYTES: b64encode(value).decode("ascii")} if isinstance(value, bytes) else value
        for name, value in row.items()
    }


def _decoded(row: Mapping[str, Any]) -> dict[str, Value]:
    return {name: b64decode(value[_BYTES]) if isinstance(value, Mapping) else value for name, value in row.items()}
