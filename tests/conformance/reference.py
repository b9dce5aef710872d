"""A small CDS service that keeps every assertion, over real HTTP, and can be told to break each of them."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from cds_service.standard.invariants import broken
from tests.conformance.reference_trust import Trusted
from tests.conformance.wrong_prefetch import SPOILERS
from tests.standard.messages import LEFT_OUT, RESPONSE, Json, changed

HOOKS = {
    "view": "patient-view",
    "sign-order": "order-sign",
    "select-order": "order-select",
    "sign-report": "org.example.report-sign",
    "review": "report-review",
    "assist": "report-assist",
    "open-report": "report-view",
    "signed": "report-sign",
}
GOOD_RESPONSE = changed(RESPONSE, "cards/0/suggestions/0/actionSelectionBehavior", LEFT_OUT)
ORIGIN = "https://ehr.example.org"
PREFETCH = {
    "patient": "Patient/{{context.patientId}}",
    "labs": "Observation?patient={{context.patientId}}&code=http://loinc.org|1&_sort=-date&_count=5",
    "reports": "DiagnosticReport?patient={{context.patientId}}",
}


def _as_it_is(value: Any) -> Any:
    return value


@dataclass
class Behaviour:
    """What the service does otherwise than a good one.

    `breaks` holds numbers of assertions; the edits change what discovery and calls answer; calls get `status`, and
    every answer has a Location where `location` says one.
    """

    breaks: frozenset[str] = frozenset()
    discovery: Callable[[Json], Any] = _as_it_is
    response: Callable[[Json], Any] = _as_it_is
    offers: tuple[str, ...] = ("sign-order",)
    trusted: Trusted | None = None
    status: int = 200
    location: str = ""
    discovered: int = 0
    given: set[str] = field(default_factory=set)
    asked: list[Json] = field(default_factory=list)

    def keeps(self, number: str) -> bool:
        return number not in self.breaks


class Refusal(Exception):
    """An answer with an OperationOutcome, or with nothing where `bare`."""

    def __init__(self, status: int, bare: bool = False) -> None:
        self.status, self.bare = status, bare


def discover(behaviour: Behaviour) -> Any:
    behaviour.discovered += 1
    if not behaviour.keeps("D1") or (not behaviour.keeps("X15") and behaviour.discovered > 1):
        raise Refusal(500)
    entries = [
        {"id": name, "hook": HOOKS[name], "title": "T", "description": "D", "prefetch": dict(PREFETCH)}
        for name in behaviour.offers
    ]
    return behaviour.discovery({"services": entries})


def _require(holds: object, status: int = 400) -> None:
    if not holds:
        raise Refusal(status)


def answer(behaviour: Behaviour, service: str, media_type: str, raw: bytes) -> Any:
    _require(service in behaviour.offers or not behaviour.keeps("X12"), 404)
    _require(media_type == "application/json" or behaviour.keeps("X13"), 415)
    call = _parsed(behaviour, raw)
    behaviour.asked.append(call)
    hook = HOOKS.get(service, "order-sign")
    if behaviour.keeps("Q1"):
        _require(all(name in call for name in ("hook", "hookInstance", "context")))
    _require(not behaviour.keeps("Q2") or call.get("hookInstance", "") != "made-up")
    _require(not behaviour.keeps("Q3") or not list(broken("request", call)))
    other = call.get("hook", hook) != hook
    _require(not other or not behaviour.keeps("Q6"))
    _require(behaviour.keeps("Q8") or "unheardOf" not in call)
    _context(behaviour, hook, call.get("context", {}))
    _require(behaviour.keeps("R1"), 500)
    return behaviour.response(_advice(behaviour, call))


def _parsed(behaviour: Behaviour, raw: bytes) -> Json:
    try:
        return dict(json.loads(raw))
    except ValueError:
        raise Refusal(400 if behaviour.keeps("X11") else 500) from None


def _context(behaviour: Behaviour, hook: str, context: Json) -> None:
    if "draftReports" in context and behaviour.keeps("Q4"):
        _require(context["draftReports"].get("entry"), 412)
    if hook == "report-sign":
        _require(behaviour.keeps("P5"), 412)
    _require(behaviour.keeps("P1") or isinstance(context.get("category"), list) or "draftOrders" in context)
    _require(behaviour.keeps("P2") or isinstance(context.get("procedure"), dict) or "draftOrders" in context)
    _require(behaviour.keeps("P3") or "https://loinc.org" not in json.dumps(context))
    _require(behaviour.keeps("P4") or "status" in context)


def _advice(behaviour: Behaviour, call: Json) -> Json:
    prefetch = call.get("prefetch", {})
    for number, spoils in SPOILERS.items():
        _require(behaviour.keeps(number) or not spoils(call), 500)
    answer = deepcopy(GOOD_RESPONSE)
    unread = any((value or {}).get("resourceType") == "OperationOutcome" for value in prefetch.values())
    if unread and behaviour.keeps("Q5 reading"):
        answer["cards"][0]["detail"] = "Some data could not be read."
    if not behaviour.keeps("X10") and "collection" in json.dumps(prefetch):
        answer["cards"] = []
    if not behaviour.keeps("Q8 reading") and "unheardOf" in call:
        answer["cards"] = []
    if not behaviour.keeps("O7 codes"):
        answer["cards"][0]["overrideReasons"][0]["code"] = call["hookInstance"]
    return answer


def take_feedback(behaviour: Behaviour, raw: bytes) -> Json:
    body = json.loads(raw)
    items = body.get("feedback")
    if not items:
        _require(not behaviour.keeps("F1"))
        return {}
    for item in items:
        _item(behaviour, item)
        key = json.dumps(item, sort_keys=True)
        _require(behaviour.keeps("F6") or key not in behaviour.given, 409)
        behaviour.given.add(key)
    return {}


def _item(behaviour: Behaviour, item: Json) -> None:
    if item.get("outcome") == "banana":
        _require(not behaviour.keeps("X14"))
        return
    invariants = {invariant.key for invariant, _ in broken("feedback", {"feedback": [item]})}
    complete = item.get("card") and item.get("outcome") and str(item.get("outcomeTimestamp", "")).endswith("Z")
    _require((complete and "cds-fb-1" not in invariants) or not behaviour.keeps("F2"))
    _require("cds-fb-2" not in invariants or not behaviour.keeps("F3"))
    _require("cds-fb-3" not in invariants or not behaviour.keeps("F4"))
    _require(behaviour.keeps("F5") or item["card"] == GOOD_RESPONSE["cards"][0]["uuid"])
    reason = item.get("overrideReason", {}).get("reason")
    _require(behaviour.keeps("F7") or not reason or "display" in reason)


@contextmanager
def reference_service(behaviour: Behaviour) -> Iterator[str]:
    """Serves it on a free port; gives its base URL."""

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._reply(lambda _raw: discover(behaviour))

        def do_POST(self) -> None:
            service, _, rest = self.path.removeprefix("/cds-services/").partition("/")
            if rest == "feedback":
                self._reply(lambda raw: take_feedback(behaviour, raw))
            else:
                media_type = self.headers.get("Content-Type", "")
                self._reply(lambda raw: answer(behaviour, service, media_type, raw), behaviour.status)

        def do_OPTIONS(self) -> None:
            allowed = {"Access-Control-Allow-Origin": ORIGIN, "Access-Control-Allow-Headers": "Authorization"}
            self._send(204 if behaviour.keeps("Q7") else 401, b"", "", allowed if behaviour.keeps("Q7 origin") else {})

        def _reply(self, make: Callable[[bytes], Any], status: int = 200) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                self._admit()
                self._send(status, json.dumps(make(raw)).encode(), "application/json")
            except Refusal as refusal:
                outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "invalid"}]}
                body = b"" if refusal.bare else json.dumps(outcome).encode()
                self._send(refusal.status, body, "" if refusal.bare else "application/fhir+json")

        def _admit(self) -> None:
            if behaviour.trusted is None:
                return
            header = self.headers.get("Authorization", "")
            url = f"http://127.0.0.1:{server.server_port}{self.path}"
            if not behaviour.trusted.admits(header, url, behaviour.breaks):
                raise Refusal(401 if behaviour.keeps("J1") or header else 403, bare=behaviour.keeps("J1 bare"))

        def _send(self, status: int, body: bytes, media_type: str, headers: Mapping[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": media_type, "Location": behaviour.location, **(headers or {})}.items():
                if value:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
