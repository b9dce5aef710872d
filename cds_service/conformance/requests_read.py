"""Q1 to Q9: which requests are taken, and which refused."""

from cds_service.conformance.exchange import Exchange
from cds_service.conformance.ledger import Ledger, Remark, doubt
from cds_service.conformance.subject import ANSWERED_OR_LACKING, Examination, Subject

_SLOW_MS = 500
_AUTHORIZATION = {
    "access_token": "made-up",
    "token_type": "Bearer",
    "expires_in": 60,
    "scope": "user/Observation.rs",
    "subject": "made-up",
}
_OUTCOME = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "exception", "diagnostics": "made up: could not be read"}],
}
_ORIGIN = "https://browser.invalid"


def check_requests(subject: Subject) -> None:
    """Judges how one service reads requests."""
    for name in ("hook", "hookInstance", "context"):
        subject.expect("Q1", subject.ask(f"a call without {name}", subject.call(**{name: None})), 400)
    subject.expect("Q2", subject.ask("hookInstance is no UUID", subject.call(hookInstance="made-up")), 400)
    unreachable = subject.call(fhirAuthorization=_AUTHORIZATION, fhirServer=None)
    subject.expect("Q3", subject.ask("fhirAuthorization without fhirServer", unreachable), 400)
    _lacking(subject)
    _found_nothing(subject)
    subject.expect("Q6", subject.ask("another hook", subject.call(hook="example.no-such-hook")), 400)
    _unknown_members(subject)
    slow = subject.good.elapsed_ms > _SLOW_MS
    remarks = [doubt(f"{subject.id} took {subject.good.elapsed_ms} ms for a call without FHIR access")] if slow else []
    subject.by.ledger.judge("Q9", subject.good, remarks)


def check_preflight(by: Examination, service: str, origin: str) -> None:
    """Judges what a browser is told before it calls.

    Args:
        by: the examination.
        service: path of a service.
        origin: of a page that may call; empty where none is known.
    """
    for path, method in (("/cds-services", "GET"), (service, "POST"), (f"{service}/feedback", "POST")):
        exchange = by.line.preflight(path, origin or _ORIGIN, method)
        by.ledger.judge("Q7", exchange, _preflight(exchange, origin))
    if not origin:
        by.ledger.note("Q7", "whether any page is let in was not tried; name one with --origin")


def _lacking(subject: Subject) -> None:
    """Q4: what cannot be had is 412, and only that."""
    call = subject.call(prefetch=None)
    bare = subject.ask("a call without prefetch and without FHIR access", call)
    if subject.expect("Q4", bare, *ANSWERED_OR_LACKING) and bare.status == 200:
        subject.by.ledger.note_unseen("Q4", "every service answers without any prefetch, so it requires none")
    context = call.get("context", {})
    if "draftReports" in context:
        empty = {**context, "draftReports": {"resourceType": "Bundle", "type": "collection"}, "reportId": None}
        without = {name: value for name, value in empty.items() if value is not None}
        subject.expect("Q4", subject.ask("a call without any report", {**call, "context": without}), 412)


def _found_nothing(subject: Subject) -> None:
    """Q5: null is none found, an OperationOutcome is not."""
    asked = subject.entry.get("prefetch")
    if not isinstance(asked, dict) or not asked:
        subject.by.ledger.note_unseen("Q5", "no service asks for a prefetch")
        return
    nothing = subject.ask("every prefetch key null", subject.call(prefetch=dict.fromkeys(asked)))
    failed = subject.ask(
        "every prefetch key an OperationOutcome", subject.call(prefetch=dict.fromkeys(asked, _OUTCOME))
    )
    subject.expect("Q5", nothing, *ANSWERED_OR_LACKING)
    if subject.expect("Q5", failed, *ANSWERED_OR_LACKING) and read_alike(nothing, failed):
        words = f"{subject.id}: data that could not be read is answered like data that is not on file"
        subject.by.ledger.judge("Q5", failed, [doubt(words)])


def read_alike(one: Exchange, other: Exchange) -> bool:
    """Whether two answers say the same to their reader, and something at all."""

    def told(exchange: Exchange) -> list[tuple[object, object]]:
        return [(card.get("summary"), card.get("detail")) for card in exchange.cards if isinstance(card, dict)]

    return bool(one.cards) and told(one) == told(other)


def _unknown_members(subject: Subject) -> None:
    call = subject.call()
    more = {**call, "unheardOf": {"a": [1]}, "extension": {"example.unheard-of": True}}
    if isinstance(call.get("context"), dict):
        more["context"] = {**call["context"], "unheardOf": "made up"}
    exchange = subject.ask("a good call with members that nobody knows", more)
    if subject.expect("Q8", exchange, *subject.as_good) and len(exchange.cards) != len(subject.good.cards):
        subject.by.ledger.judge("Q8", exchange, [Remark(f"{subject.id}: the members change the answer")])


def _preflight(exchange: Exchange, origin: str) -> list[Remark]:
    allowed = exchange.headers.get("Access-Control-Allow-Origin", "")
    credentials = exchange.headers.get("Access-Control-Allow-Credentials", "")
    remarks = []
    if not 200 <= exchange.status < 300:
        remarks.append(Remark(f"a preflight gets {exchange.status or 'no answer'}, not 204"))
    if allowed == "*" and credentials == "true":
        remarks.append(Remark("any page may call with credentials"))
    if origin and allowed not in (origin, "*"):
        remarks.append(Remark("the page of --origin is not let in"))
    return remarks


def skip_requests(ledger: Ledger, why: str) -> None:
    """Says why no request was tried."""
    for number in ("Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q8", "Q9"):
        ledger.note_unseen(number, why)
