"""The bytes of a request's body: within a size and within a time, whichever way they come."""

from collections.abc import Callable

from flask import request

from cds_service.errors import BodyCutOff, BodyTooLarge, BodyTooSlow, WrongMediaType

_CHUNK_BYTES = 64 * 1024
# A client that is still sending hears the refusal only if what it sends is taken off the line, up to a limit.
_DRAINED_BYTES = 32 * 1024 * 1024
_NS = 1_000_000_000


def read_body(limit: int, seconds: int, stopwatch: Callable[[], int]) -> bytes:
    """The body of the request that is being answered; with a declared length or in chunks, it counts the same.

    Args:
        limit: the most bytes.
        seconds: from now until the last byte.
        stopwatch: nanoseconds that only ever go up.

    Raises:
        BodyTooLarge: it is larger.
        BodyTooSlow: it did not come in time.
        BodyCutOff: it ended before its end, or its chunks are not framed right.
        WrongMediaType: it is not declared as JSON.
    """
    until = stopwatch() + seconds * _NS
    declared = _declared_length()
    too_large = request.content_length is not None and declared > limit
    try:
        raw = b"" if too_large else _taken(min(declared, limit + 1), until, stopwatch)
        if too_large or len(raw) > limit:
            _taken(min(declared, _DRAINED_BYTES) - len(raw), until, stopwatch, keep=False)
            raise BodyTooLarge(f"The body is larger than {limit} bytes, which is the limit here. Send less.")
    except TimeoutError:
        raise BodyTooSlow(f"The body did not come within {seconds} seconds. Send it again, faster.") from None
    except BodyTooLarge:
        raise
    except Exception:
        # Each server has exceptions of its own for a body that breaks off or is framed wrongly; the fault is the same.
        raise BodyCutOff("The body ended before its end, or is not framed as HTTP has it. Send it again.") from None
    if request.content_length is not None and len(raw) < declared:
        raise BodyCutOff("The body is shorter than its Content-Length. Send it again, whole.")
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise WrongMediaType("The body must be declared as application/json or application/fhir+json.")
    return raw


def _declared_length() -> int:
    """The body's length in bytes; for one in chunks, which the server ends where it ends, more than is ever read."""
    if request.content_length is not None:
        return request.content_length
    return _DRAINED_BYTES if request.environ.get("wsgi.input_terminated") else 0


def _taken(length: int, until: int, stopwatch: Callable[[], int], *, keep: bool = True) -> bytes:
    """Up to so many bytes off the line.

    Raises:
        TimeoutError: they take longer; also from a socket that knows the deadline itself.
    """
    line, parts, left = request.environ["wsgi.input"], [], length
    while left > 0 and (part := line.read(min(left, _CHUNK_BYTES))):
        left -= len(part)
        if keep:
            parts.append(part)
        if stopwatch() > until:
            raise TimeoutError
    return b"".join(parts)
