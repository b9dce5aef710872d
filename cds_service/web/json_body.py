"""Request bodies: bytes in, JSON objects and their fingerprint out. Nothing in a body can take the service down."""

from collections.abc import Mapping
from typing import Any

from cds_service.audit.record import fingerprint
from cds_service.errors import InvalidRequest, NotJson
from cds_service.json_text import NoJsonText, parse, without_depths


def read_object(raw: bytes) -> tuple[dict[str, Any], str]:
    """The JSON object in a body, and its fingerprint.

    A part that nests too deeply to be read is cut out.

    Raises:
        NotJson: the body is not JSON (RFC 8259), which has no NaN, no Infinity and no number too large to hold.
        InvalidRequest: it is JSON, but not an object.
    """
    try:
        return _read(raw)
    except NoJsonText as error:
        raise NotJson(f"The body is not JSON: {error}. Send one JSON object (RFC 8259) in UTF-8.") from None


def _read(raw: bytes) -> tuple[dict[str, Any], str]:
    try:
        return _object(parse(raw))
    except RecursionError:
        # Writing the fingerprint reaches less deep than reading.
        return _object(parse(without_depths(raw)))


def _object(body: object) -> tuple[dict[str, Any], str]:
    if not isinstance(body, Mapping):
        raise InvalidRequest("The body is JSON, but not an object. Send the request as one JSON object.")
    return dict(body), fingerprint(body)
