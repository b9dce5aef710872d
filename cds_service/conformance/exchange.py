"""Requests to the one service that is checked: bounded in number, time and size; redirects are not followed."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

REQUESTS = 800
"""How many requests one check may send."""
REQUEST_S = 10
"""How long one answer may take, in seconds."""
_LARGEST_ANSWER = 4 * 1024 * 1024
_CHUNK = 64 * 1024
_DEEPEST = 100
_NS, _MS = 1_000_000_000, 1_000_000

Json = dict[str, Any]

UNREADABLE = object()
"""Stands for a body that is not JSON."""


class BudgetSpent(Exception):
    """The check has used up its requests or its time."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request in words, and what came back.

    Attributes:
        sent: the request in short, such as `POST /cds-services/x: a call without hook`.
        status: the HTTP status; 0 where no answer came.
        media_type: as declared, without parameters.
        headers: of the answer.
        body: the JSON value, or `UNREADABLE`.
        bytes: length of the body.
        elapsed_ms: from the request to the last byte.
    """

    sent: str
    status: int
    media_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: object = UNREADABLE
    bytes: int = 0
    elapsed_ms: int = 0

    @property
    def came(self) -> str:
        """The answer in short: status, media type and what it holds, none of its words."""
        if not self.status:
            return "no answer"
        return ", ".join(part for part in (str(self.status), self.media_type, self._holds()) if part)

    @property
    def object(self) -> Json:
        """The body, where it is a JSON object; else an empty one."""
        return self.body if isinstance(self.body, dict) else {}

    @property
    def cards(self) -> list[Any]:
        """The cards of the answer; empty where there are none."""
        cards = self.object.get("cards")
        return cards if isinstance(cards, list) else []

    @property
    def is_outcome(self) -> bool:
        """Whether the answer is an OperationOutcome."""
        return self.object.get("resourceType") == "OperationOutcome"

    def _holds(self) -> str:
        if self.is_outcome:
            return "OperationOutcome"
        for name in ("service", "card"):
            held = self.object.get(f"{name}s")
            if isinstance(held, list):
                return f"{len(held)} {name}" if len(held) == 1 else f"{len(held)} {name}s"
        return "" if self.bytes else "no body"


@dataclass(frozen=True, slots=True)
class Outside:
    """What the check needs of the world.

    Attributes:
        authorization: the Authorization header for a URL; empty where none is to be sent.
        stopwatch: nanoseconds that only ever go up.
        seconds: how long the whole check may take.
    """

    authorization: Callable[[str], str]
    stopwatch: Callable[[], int]
    seconds: int


class Line:
    """The line to one service.

    Args:
        base_url: without a slash at the end.
        outside: credentials and time.
    """

    def __init__(self, base_url: str, outside: Outside) -> None:
        self.base_url = base_url
        self._outside = outside
        self._left = REQUESTS
        self._until = outside.stopwatch() + outside.seconds * _NS
        self._session = requests.Session()

    def get(self, path: str, what: str, authorization: str | None = None) -> Exchange:
        """Fetch; `authorization` stands in for the usual header, and an empty one for none."""
        return self._send("GET", path, what, authorization)

    def post(self, path: str, body: object, what: str, media_type: str = "application/json") -> Exchange:
        """Send JSON values, or bytes as they stand."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._send("POST", path, what, None, data, {"Content-Type": media_type})

    def preflight(self, path: str, origin: str, method: str) -> Exchange:
        """Ask as a browser asks before it calls: without a token."""
        asked = {
            "Origin": origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "authorization,content-type",
        }
        return self._send("OPTIONS", path, "a preflight without a token", "", b"", asked)

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def _send(
        self,
        method: str,
        path: str,
        what: str,
        authorization: str | None,
        data: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Exchange:
        if not self._left or self._outside.stopwatch() > self._until:
            raise BudgetSpent
        self._left -= 1
        url = self.base_url + path
        proof = self._outside.authorization(url) if authorization is None else authorization
        given = {"Accept": "application/json, application/fhir+json", **(headers or {})}
        sent = f"{method} {path}: {what}"
        started = self._outside.stopwatch()
        try:
            with self._session.request(
                method,
                url,
                data=data,
                headers={**given, **({"Authorization": proof} if proof else {})},
                auth=_as_it_is,
                timeout=REQUEST_S,
                allow_redirects=False,
                stream=True,
            ) as response:
                raw = self._body(response)
                elapsed = (self._outside.stopwatch() - started) // _MS
                media_type = response.headers.get("Content-Type", "").partition(";")[0].strip()
                return Exchange(sent, response.status_code, media_type, response.headers, _json(raw), len(raw), elapsed)
        except requests.RequestException:
            return Exchange(sent, 0)

    def _body(self, response: requests.Response) -> bytes:
        raw = b""
        for chunk in response.iter_content(_CHUNK):
            raw += chunk
            if len(raw) > _LARGEST_ANSWER or self._outside.stopwatch() > self._until:
                break
        return raw


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from adding a password that the user's netrc file holds for this host."""
    return request


def _json(raw: bytes) -> object:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return UNREADABLE
    return UNREADABLE if _is_deep(value) else value


def _is_deep(value: object) -> bool:
    """Whether a value nests deeper than any message does, and would take down whoever walks through it."""
    layer = [value]
    for _ in range(_DEEPEST):
        layer = [item for held in layer for item in _children(held)]
    return bool(layer)


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
