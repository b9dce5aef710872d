"""What comes over the wire in other ways than a well-behaved client's: slowly, in chunks, too large, not as HTTP."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
import requests

from tests.contract.calls import CHART, URL, call
from tests.serving import serving

BODY = json.dumps(call(prefetch=CHART)).encode()
POST = f"POST {URL} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
LIMIT = 4 * 1024 * 1024


@dataclass(frozen=True)
class Answered:
    """A status, the header lines in lower case, and the body."""

    status: int
    headers: str
    body: bytes


def connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=60)


def answer_to(url: str, sent: bytes) -> Answered:
    """What comes back until the other side closes."""
    with closing(connected(url)) as line:
        line.sendall(sent)
        received = b""
        while part := line.recv(65536):
            received += part
    head, _, body = received.partition(b"\r\n\r\n")
    return Answered(int(head.split()[1]), head.decode().lower(), body)


def chunks(body: bytes, size: int) -> bytes:
    """A body as chunked transfer coding has it, its last chunk included."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


CHUNKED = f"{POST}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n".encode()


def issue(answer: Answered) -> str:
    """The code of the one issue of an OperationOutcome."""
    code: str = json.loads(answer.body)["issue"][0]["code"]
    return code


@pytest.mark.parametrize("size", [1, 100, 100_000])
def test_a_body_in_chunks_is_read_as_any_other(size: int, service_url: str) -> None:
    answer = answer_to(service_url, CHUNKED + chunks(BODY, size))
    assert answer.status == 200
    assert len(json.loads(answer.body)["cards"]) == 1


def test_chunks_without_a_declared_length_are_counted_against_the_limit(service_url: str) -> None:
    answer = answer_to(service_url, CHUNKED + chunks(b" " * (LIMIT + 1), 100_000))
    assert (answer.status, issue(answer)) == (413, "too-long")


@pytest.mark.parametrize("wrong", [b"zz\r\n", b"5\r\n{}\r\n0\r\n\r\n", b"-1\r\n\r\n", b"2;\x00\r\n{}\r\n0\r\n\r\n"])
def test_chunks_that_are_not_framed_right_are_a_bad_request(wrong: bytes, service_url: str) -> None:
    with closing(connected(service_url)) as line:
        line.sendall(CHUNKED + wrong)
        line.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: line.recv(65536), b""))
    assert received.split()[1] == b"400"
    assert b"incomplete" in received


def test_a_body_that_ends_early_is_a_bad_request(service_url: str) -> None:
    with closing(connected(service_url)) as line:
        line.sendall(f"{POST}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY[:100])
        line.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: line.recv(65536), b""))
    assert received.split()[1] == b"400"
    assert b"incomplete" in received


NOT_HTTP = [
    ("a word", b"HELLO\r\n\r\n", 400),
    ("a long word", b"planted " * 40 + b"\r\n\r\n", 400),
    ("a method in lower case", b"g\x00t / HTTP/1.1\r\n\r\n", 400),
    ("another protocol", b"GET / FTP/1.1\r\n\r\n", 400),
    ("a header without a name", b"GET / HTTP/1.1\r\n: planted\r\n\r\n", 400),
    ("a header over two lines", b"GET / HTTP/1.1\r\nHost: a\r\n planted\r\n\r\n", 400),
    ("two lengths", b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    ("a length that is no number", b"POST / HTTP/1.1\r\nContent-Length: planted\r\n\r\n", 400),
    ("another transfer coding", b"POST / HTTP/1.1\r\nTransfer-Encoding: planted\r\n\r\n", 501),
    ("an expectation", b"POST / HTTP/1.1\r\nExpect: planted\r\n\r\n", 417),
    ("a long address", b"GET /" + b"planted" * 800 + b" HTTP/1.1\r\n\r\n", 414),
    ("a large header", b"GET / HTTP/1.1\r\nAuthorization: Bearer " + b"a" * 20_000 + b"\r\n\r\n", 431),
    ("many headers", b"GET / HTTP/1.1\r\n" + b"A: planted\r\n" * 70 + b"\r\n", 431),
]


@pytest.mark.parametrize(("what", "sent", "status"), NOT_HTTP, ids=[case[0] for case in NOT_HTTP])
def test_what_is_no_request_gets_a_bare_status_that_names_and_repeats_nothing(
    what: str, sent: bytes, status: int, service_url: str
) -> None:
    answer = answer_to(service_url, sent)
    assert (answer.status, answer.body) == (status, b""), what
    assert "connection: close" in answer.headers
    assert not any(word in answer.headers for word in ("server:", "gunicorn", "planted", "text/html"))


@pytest.mark.parametrize("path", ["/", "/cds-services", "/static/style.css", "/healthz", "/nothing"])
def test_no_answer_says_what_serves_it(path: str, service_url: str) -> None:
    answer = requests.get(service_url + path, timeout=10)
    assert "Server" not in answer.headers
    assert not any(name in str(answer.headers).lower() for name in ("gunicorn", "werkzeug", "flask", "python"))


def test_a_token_beyond_all_reading_is_a_bare_401_and_no_page(service_url: str) -> None:
    headers = {"Authorization": "Bearer " + "a" * 12_000}
    answer = requests.get(f"{service_url}/cds-services", headers=headers, timeout=10)
    assert (answer.status_code, answer.content) == (401, b"")


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with few threads that gives callers one second."""
    given = {"CALCIFICATION_CDS_REQUEST_SECONDS": "1", "CALCIFICATION_CDS_THREADS": "1"}
    with serving(tmp_path_factory.mktemp("impatient"), given) as server:
        yield server.url


def test_headers_that_do_not_come_are_given_up(impatient: str) -> None:
    answer = answer_to(impatient, b"GET /healthz HTTP/1.1\r\nHos")
    assert (answer.status, answer.body) == (408, b"")


@pytest.mark.parametrize(
    "sent",
    [f"{POST}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY[:100], CHUNKED + b"64\r\n" + BODY[:50]],
    ids=["with its length", "in chunks"],
)
def test_a_body_that_does_not_come_is_given_up_with_the_reason(sent: bytes, impatient: str) -> None:
    answer = answer_to(impatient, sent)
    assert (answer.status, issue(answer)) == (408, "timeout")
    assert "connection: close" in answer.headers


def test_a_connection_that_says_nothing_is_closed(impatient: str) -> None:
    with closing(connected(impatient)) as line:
        assert line.recv(1) == b""


def test_connections_that_say_nothing_hold_no_thread(tmp_path_factory: pytest.TempPathFactory) -> None:
    given = {"CALCIFICATION_CDS_REQUEST_SECONDS": "60", "CALCIFICATION_CDS_THREADS": "1"}
    with serving(tmp_path_factory.mktemp("silent"), given) as server:
        silent = [connected(server.url) for _ in range(12)]
        try:
            assert requests.get(f"{server.url}/healthz", timeout=60).ok
            for line in silent:
                line.setblocking(False)
                with pytest.raises(BlockingIOError):
                    line.recv(1)
        finally:
            for line in silent:
                line.close()
