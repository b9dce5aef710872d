"""What the conformance check finds wrong with one answer, and what this project asks of itself beyond the standard."""

from typing import Any

from cds_service.conformance.discovery import check_discovery
from cds_service.conformance.exchange import Exchange
from cds_service.conformance.ledger import Ledger, Verdict
from cds_service.conformance.responses import check_response


def faults_of_discovery(body: Any) -> list[str]:
    """What is wrong with the answer to GET /cds-services, doubts included; empty when nothing is."""
    ledger = Ledger()
    check_discovery(ledger, _answered(body))
    return _told(ledger)


def faults_of_response(body: Any) -> list[str]:
    """What is wrong with the answer to a call, doubts included; empty when nothing is."""
    ledger = Ledger()
    check_response(ledger, _answered(body))
    return _told(ledger) + _own_faults(body)


def _answered(body: Any) -> Exchange:
    return Exchange("a test", 200, "application/json", body=body)


def _told(ledger: Ledger) -> list[str]:
    rows = ledger.rows(Verdict.NOT_APPLICABLE, "")
    return [f"{row.assertion.number}: {row.reason}" for row in rows if row.verdict in (Verdict.FAIL, Verdict.WARN)]


def _own_faults(body: Any) -> list[str]:
    """Every card and suggestion can be spoken of in feedback, and the response has no members of its own making."""
    things = [thing for card in body["cards"] for thing in (card, *card.get("suggestions", ()))]
    found = ["a card or a suggestion has no uuid"] if not all("uuid" in thing for thing in things) else []
    unknown = set(body) - {"cards", "systemActions", "extension"}
    return [*found, "the response has members that the standard does not know"] if unknown else found
