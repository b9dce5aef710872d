"""The whole check of one service, in order."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from cds_service.conformance.calls import Samples, good_call
from cds_service.conformance.discovery import check_discovery
from cds_service.conformance.exchange import BudgetSpent, Line, Outside
from cds_service.conformance.feedback import check_feedback, skip_feedback
from cds_service.conformance.imperfect import check_addresses, check_imperfect
from cds_service.conformance.ledger import Ledger, Remark, Row, Verdict, doubt
from cds_service.conformance.reports import check_report_hook, note_report_hooks
from cds_service.conformance.requests_read import check_preflight, check_requests, skip_requests
from cds_service.conformance.responses import check_override_codes, check_response, note_absent_parts
from cds_service.conformance.subject import Examination, Subject, path_of
from cds_service.conformance.tokens import Signing
from cds_service.conformance.trust import PATH, REFUSED, check_client, check_strangers, note_trust
from cds_service.errors import StartError

MOST_SERVICES = 12
"""How many services of one discovery are called."""

_OPEN = "the service answers without a token"
_NO_KEY = "no key of a client was given (--key)"
_LOCKED = "the service asks for a token, and no key was given (--key)"
_SPENT = "not reached: the requests or the time of this check were used up"


@dataclass(frozen=True, slots=True)
class Task:
    """What to check.

    Attributes:
        base_url: of the service, without `/cds-services` and without a slash at the end.
        samples: what good calls are made of.
        signing: how the client signs; None where it has no key.
        services: ids of the services to call; empty for those that come first.
        origin: of a browser page that may call; empty where none is known.
        seconds: how long the check may take.
        stopwatch: nanoseconds that only ever go up.
        now: the present moment at each call.
    """

    base_url: str
    samples: Samples
    signing: Signing | None
    services: Collection[str]
    origin: str
    seconds: int
    stopwatch: Callable[[], int]
    now: Callable[[], datetime]


def check(task: Task) -> Sequence[Row]:
    """Every assertion with its verdict.

    Raises:
        StartError: nothing answers at the address, or a service that is named is not on offer.
    """
    proof = task.signing.authorization if task.signing else _nothing
    line = Line(task.base_url, Outside(proof, task.stopwatch, task.seconds))
    ledger = Ledger()
    try:
        return _checked(task, Examination(line, ledger, task.samples))
    except BudgetSpent:
        return ledger.rows(Verdict.WARN, _SPENT)
    finally:
        line.close()


def _nothing(_url: str) -> str:
    return ""


def _checked(task: Task, by: Examination) -> Sequence[Row]:
    bare = by.line.get(PATH, "discovery without a token", "")
    if not bare.status:
        raise StartError(f"Nothing answers at {task.base_url}{PATH}. Give the base URL of a running CDS service.")
    asks = bare.status in REFUSED
    if asks:
        check_strangers(by.ledger, by.line, bare, task.signing or _stranger(task))
    if asks and task.signing is None:
        note_trust(by.ledger, _NO_KEY)
        return by.ledger.rows(Verdict.NOT_APPLICABLE, _LOCKED)
    discovered = by.line.get(PATH, "discovery") if asks else bare
    entries = check_discovery(by.ledger, discovered)
    subjects = _called(task, by, entries)
    for subject in subjects:
        check_requests(subject)
        check_feedback(subject, task.now())
        check_report_hook(subject)
        check_imperfect(subject)
    if subjects:
        check_preflight(by, subjects[0].path, task.origin)
        check_addresses(by, subjects[0])
    if asks and task.signing is not None:
        check_client(by.ledger, by.line, task.signing)
    note_trust(by.ledger, _OPEN if not asks else "")
    why = "no service was called: none is offered, or --request is needed to give a good call of its hook"
    note_report_hooks(by.ledger)
    skip_requests(by.ledger, why)
    skip_feedback(by.ledger, why)
    note_absent_parts(by.ledger)
    return by.ledger.rows(Verdict.NOT_APPLICABLE, why)


def _called(task: Task, by: Examination, entries: Sequence[Mapping[str, Any]]) -> list[Subject]:
    """The services that a good call could be made for, with their answers, which are judged."""
    subjects = []
    for entry in _chosen(task, by, entries):
        call = good_call(entry, by.samples)
        if call is None:
            by.ledger.note("R1", f"{entry['id']} was not called: give a good call of {entry['hook']} with --request")
            continue
        subject = Subject(entry, by.line.post(path_of(entry), call, f"a good call of {entry['hook']}"), by)
        subjects.append(subject)
        _answered(subject)
    answers = [subject.good for subject in subjects if subject.good.status == 200]
    if answers:
        told = next((exchange for exchange in answers if exchange.cards or exchange.object.get("systemActions")), None)
        by.ledger.judge(
            "R3", told or answers[0], [] if told else [doubt("no good call gets a card or a system action")]
        )
    return subjects


def _chosen(task: Task, by: Examination, entries: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The services to call: those that are named, or the first ones."""
    missing = set(task.services) - {str(entry["id"]) for entry in entries}
    if entries and missing:
        raise StartError(f"No service {', '.join(sorted(missing))} is on offer. GET /cds-services lists what is.")
    chosen = [entry for entry in entries if not task.services or entry["id"] in task.services]
    if len(chosen) > MOST_SERVICES:
        beyond = len(chosen) - MOST_SERVICES
        by.ledger.note(
            "R1", f"{beyond} services beyond the first {MOST_SERVICES} were not called: name them with --service"
        )
    return chosen[:MOST_SERVICES]


def _answered(subject: Subject) -> None:
    """R1, and what the answer holds; a second answer shows whether the codes of its reasons stay."""
    good = subject.good
    if good.status == 412:
        words = f"{subject.id}: the made-up call lacks what the service requires; give a good one with --request"
        subject.by.ledger.judge("R1", good, [doubt(words)])
        return
    if not subject.expect("R1", good, 200):
        return
    if not isinstance(good.body, Mapping):
        subject.by.ledger.judge("R1", good, [Remark(f"{subject.id}: the answer is no JSON object")])
    elif not good.media_type.endswith("json"):
        subject.by.ledger.judge("R1", good, [doubt(f"{subject.id}: the answer is not declared as JSON")])
    check_response(subject.by.ledger, good)
    again = subject.ask("another good call", subject.call())
    check_override_codes(subject.by.ledger, [good, again])


def _stranger(task: Task) -> Signing:
    """Signs with a key that no service can know, for tokens that must be refused."""
    key = jwt.algorithms.ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP384R1()), as_dict=True)
    named = {**key, "kid": task.samples.new_id()}
    issuer = "https://elsewhere.invalid"
    return Signing((named,), issuer, "", "", "", task.base_url, task.now, task.samples.new_id)
