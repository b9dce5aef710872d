"""X1 to X15: input that is not as it should be, the way charts and clients send it."""

from copy import deepcopy
from typing import Any

from cds_service.conformance.example_prefetch import RESULTS, result, result_key
from cds_service.conformance.exchange import Exchange
from cds_service.conformance.ledger import Remark, doubt
from cds_service.conformance.requests_read import read_alike
from cds_service.conformance.subject import ANSWERED_OR_LACKING, Examination, Subject

Json = dict[str, Any]

_STATUS_ONLY = "only that it is answered can be seen from outside, not how the value is read"


def check_imperfect(subject: Subject) -> None:
    """Judges how one service takes input that is not as it should be."""
    subject.expect("X1", subject.ask("a call without prefetch", subject.call(prefetch=None)), *ANSWERED_OR_LACKING)
    subject.expect("X2", subject.ask("an empty prefetch", subject.call(prefetch={})), *ANSWERED_OR_LACKING)
    subject.expect("X8", subject.ask("the hook of another service", subject.call(hook="example.other-hook")), 400)
    _results(subject)
    _collections(subject)
    _say_so(subject, "X11", subject.ask("a body that is not JSON", b"{"), 400)
    exchange = subject.ask("a good call as application/fhir+json", subject.call(), "application/fhir+json")
    taken = exchange.status in subject.as_good
    words = f"{subject.id}: application/fhir+json gets {exchange.status}; the standard asks for application/json only"
    subject.by.ledger.judge("X13", exchange, [] if taken else [doubt(words)])


def check_addresses(by: Examination, subject: Subject) -> None:
    """Judges an address where no service is, and discovery once more."""
    unknown = by.line.post(f"/cds-services/no-such-{by.samples.new_id()}", subject.call(), "an unknown service")
    _say_so(subject, "X12", unknown, 404)
    again = by.line.get("/cds-services", "discovery once more")
    by.ledger.judge("X15", again, [] if again.status == 200 else [Remark(f"discovery gets {again.status}, not 200")])


def _say_so(subject: Subject, number: str, exchange: Exchange, status: int) -> None:
    if subject.expect(number, exchange, status) and not exchange.is_outcome:
        subject.by.ledger.judge(number, exchange, [doubt("the refusal is no OperationOutcome")])


def _results(subject: Subject) -> None:
    """X3 to X7 and X9: one list of results, in every way in which it comes."""
    call = subject.call()
    templates = subject.entry.get("prefetch")
    key = result_key(templates)
    ledger = subject.by.ledger
    if not isinstance(templates, dict) or not key:
        for number in ("X3", "X4", *RESULTS):
            ledger.note_unseen(number, "no service asks for results")
        return

    def asked(number: str, what: str, value: Json | None) -> Exchange:
        fresh = subject.call()
        exchange = subject.ask(what, {**fresh, "prefetch": {**fresh.get("prefetch", {}), key: value}})
        subject.expect(number, exchange, *subject.as_good, *ANSWERED_OR_LACKING)
        return exchange

    none = asked("X3", "results that are null", None)
    failed = asked("X4", "results that are an OperationOutcome", {"resourceType": "OperationOutcome", "issue": [
        {"severity": "error", "code": "exception"}
    ]})  # fmt: skip
    if read_alike(none, failed):
        ledger.judge("X4", failed, [doubt(f"{subject.id}: results that could not be read are answered like none")])
    patient = str(call.get("context", {}).get("patientId", "made-up"))
    day = subject.by.samples.today.isoformat()
    for number, changed in RESULTS.items():
        asked(number, "a result that is not as usual", result(templates[key], patient, day, **changed))
        ledger.note(number, _STATUS_ONLY)


def _collections(subject: Subject) -> None:
    """X10: what the Bundle calls itself changes nothing."""
    call = subject.call()
    found = deepcopy(call.get("prefetch"))
    bundles = [
        value for value in (found or {}).values() if isinstance(value, dict) and value.get("type") == "searchset"
    ]
    if not bundles:
        subject.by.ledger.note_unseen("X10", "no service asks for a search")
        return
    for bundle in bundles:
        bundle["type"] = "collection"
        bundle.pop("total", None)
    exchange = subject.ask("Bundles of type collection", {**call, "prefetch": found})
    if subject.expect("X10", exchange, *subject.as_good) and len(exchange.cards) != len(subject.good.cards):
        words = f"{subject.id}: {len(exchange.cards)} cards instead of {len(subject.good.cards)}"
        subject.by.ledger.judge("X10", exchange, [Remark(words)])
