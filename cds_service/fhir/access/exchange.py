"""One HTTP request to a FHIR server, and its answer: within its time and size, or not at all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException

from requests import PreparedRequest, Request, RequestException, Response, Timeout
from requests.exceptions import ConnectionError as NoConnection
from urllib3.exceptions import HTTPError, ReadTimeoutError

from cds_service.fhir.access.errand import Errand
from cds_service.fhir.access.lines import Line
from cds_service.fhir.access.trouble import NotFetched, Trouble

_OK = 200
_CHUNK_BYTES = 64 * 1024
_LONGEST_PAUSE_S = 3600
_HEADERS = {
    "Accept": "application/fhir+json",
    "Accept-Encoding": "gzip",
    "User-Agent": "calcification-cds",
}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Ask:
    """What to send: a GET, or a POST where there is a form."""

    url: str
    form: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back.

    Attributes:
        url: that was asked.
        status: of HTTP.
        headers: by name, whatever the case.
        body: unpacked; empty where the status is not 200, for nobody reads it.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def pause_s(self) -> float | None:
        """Seconds to wait according to Retry-After (RFC 9110, 10.2.3); None where it does not say, or not clearly.

        A date is compared with the server's own clock, which its Date header tells.
        """
        said = self.headers.get("Retry-After", "").strip()
        if said.isascii() and said.isdigit() and len(said) <= len(str(_LONGEST_PAUSE_S)):
            return float(said)
        until, now = _date(said), _date(self.headers.get("Date", ""))
        return None if until is None or now is None else max(0.0, (until - now).total_seconds())


def exchange(errand: Errand, ask: Ask) -> Reply:
    """Sends one request and reads its answer.

    Raises:
        NotFetched: no whole answer came within the limits.
    """
    left = errand.time_for_one()
    try:
        with errand.line() as line:
            response = _send(line, _prepared(errand, ask), left)
            try:
                body = _read(errand, response, left) if response.status_code == _OK else b""
            finally:
                response.close()
    # From None: what requests raises holds the request, and that holds the token.
    except Timeout:
        raise NotFetched(Trouble.TOO_LATE) from None
    except (RequestException, HTTPException, HTTPError, OSError, ValueError):
        left()
        raise NotFetched(Trouble.NO_CONNECTION) from None
    return Reply(ask.url, response.status_code, response.headers, body)


def _prepared(errand: Errand, ask: Ask) -> PreparedRequest:
    headers = {**_HEADERS, "Authorization": f"Bearer {errand.grant.token}"}
    if ask.form is None:
        return Request("GET", ask.url, headers=headers).prepare()
    return Request("POST", ask.url, headers={**headers, **_FORM}, data=ask.form).prepare()


def _send(line: Line, request: PreparedRequest, left: Callable[[], float]) -> Response:
    """The head of the answer. A kept connection may have been closed by the server meanwhile: then over a new one."""
    dialled = line.dialled
    try:
        return line.send(request, left())
    except Timeout:
        raise
    except NoConnection:
        if line.dialled != dialled or line.broken_off:
            raise
    return line.send(request, left())


def _read(errand: Errand, response: Response, left: Callable[[], float]) -> bytes:
    """The body, piece by piece as it comes, so that neither a slow server nor a packed mountain gets far."""
    body = bytearray()
    while True:
        left()
        try:
            piece = response.raw.read1(_CHUNK_BYTES, decode_content=True)
        except (ReadTimeoutError, TimeoutError):
            raise NotFetched(Trouble.TOO_LATE) from None
        except (HTTPError, HTTPException, OSError, ValueError):
            left()
            raise NotFetched(Trouble.NOT_FHIR) from None
        if not piece:
            return bytes(body)
        body += piece
        errand.weigh(len(piece))
        if len(body) > errand.limits.answer_bytes:
            raise NotFetched(Trouble.TOO_LARGE)


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
