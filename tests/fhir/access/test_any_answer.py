"""Whatever bytes a FHIR server sends, the call goes on."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.core.facts import Missing
from tests.fhir.access.errands import QUERIES, TOKEN, Asker, call_to
from tests.fhir.access.scripted import HANG_UP, bundle, condition, scripted

FOUND = json.dumps(bundle(condition("c1"), following="?page=2")).encode()
HEADERS = (
    b"Content-Length: 0",
    b"Content-Length: -1",
    b"Content-Length: 99999999999999999999",
    b"Content-Encoding: gzip",
    b"Content-Encoding: deflate, gzip, br, zstd",
    b"Transfer-Encoding: chunked",
    b"Connection: close",
    b"Connection: keep-alive",
    b"Location: //[",
    b"Location: /x\x00y",
    b"Location: ?again",
    b"Retry-After: 0",
    b"Retry-After: \xff",
    b"Retry-After: Fri, 99 Foo 0000 00:00:00",
    b"Set-Cookie: a=\xff; Domain=x",
    b": no name",
    b"no colon",
    b"X: " + b"y" * 70_000,
)
STATUS_LINES = (
    b"HTTP/1.1 200 OK",
    b"HTTP/1.0 200",
    b"HTTP/1.1 302 X",
    b"HTTP/1.1 100 X",
    b"HTTP/1.1 429 X",
    b"HTTP/9 2",
)

answers = st.builds(
    lambda status, headers, body: b"\r\n".join([status, *headers, b"", body]),
    st.sampled_from(STATUS_LINES) | st.binary(max_size=20),
    st.lists(st.sampled_from(HEADERS), max_size=4),
    st.sampled_from([FOUND, FOUND[:40], b"", b"2\r\n{}\r\n0\r\n\r\n"]) | st.binary(max_size=40),
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(answer=answers)
def test_any_answer_leaves_the_call_going_on(answer: bytes) -> None:
    with scripted(lambda _: [answer, HANG_UP]) as server, Asker(server.origin) as asker:
        fetched = asker.fetch(call_to(server.base), QUERIES)
    assert set(fetched.resources) | set(fetched.failed) == {"conditions"}
    assert set(fetched.failed.values()) <= {Missing.NOT_REACHABLE, Missing.NOT_READABLE, Missing.NOT_ALL_READ}
    assert TOKEN not in repr(fetched)
