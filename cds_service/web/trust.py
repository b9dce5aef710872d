"""Every request under /cds-services proves who sends it, before a byte of its body is read."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, g, request

from cds_service.errors import NotAllowed, NotTrusted, RecordNotKept
from cds_service.security.gate import Caller
from cds_service.security.refusal import Refused
from cds_service.web.installation import Installation
from cds_service.web.refusals import Refusal, StrangersBudget, refusal_record

_STRANGER = "unproven"
_NOT_ALLOWED = "This client may not call this CDS service. Ask the operator of the service."
_FEEDBACK = "/feedback"

_log = logging.getLogger(__name__)


def ask_for_trust(routes: Blueprint, installation: Installation) -> None:
    """Let a request in only when the gate does, and only to the CDS services that its client may call.

    Raises, at each request:
        NotTrusted: it proves nothing.
        NotAllowed: its client may not call this CDS service.
        RecordNotKept: whether its token was used before cannot be known.
    """
    budget = StrangersBudget(installation.stopwatch)

    @routes.before_request
    def _admit() -> None:
        started = installation.stopwatch()
        service = (request.view_args or {}).get("service_id", "")

        def refusal(client: str, reason: str) -> Refusal:
            elapsed_us = (installation.stopwatch() - started) // 1000
            return Refusal(installation.offers.get(service), client, reason, installation.clock(), elapsed_us)

        try:
            g.caller = installation.gate.admit(request.headers.get("Authorization"), _paths())
        except Refused as refused:
            _write_down(installation, budget, refusal(_STRANGER, str(refused.reason)), refused.client)
            raise NotTrusted(str(refused.reason)) from None
        if service and not g.caller.may_call(service):
            installation.store.append(refusal_record(installation, refusal(g.caller.id, _NOT_ALLOWED)))
            raise NotAllowed(_NOT_ALLOWED)


def caller() -> Caller:
    """Who sent the request that is being answered."""
    known: Caller = g.caller
    return known


def _paths() -> Sequence[str]:
    """What may stand behind the base URL in a token's audience: the endpoint; for feedback its service's, too.

    The standard does not say which of the two feedback is addressed to, and clients differ.
    """
    if (request.endpoint or "").endswith(".feedback"):
        return (request.path, request.path.removesuffix(_FEEDBACK))
    return (request.path,)


def _write_down(installation: Installation, budget: StrangersBudget, refusal: Refusal, claimed: str) -> None:
    passed_over = budget.spend()
    if passed_over is None:
        return
    named = f"client {claimed}, unproven" if claimed else "no known client"
    _log.warning("Refused a caller (%s): %s. Not written down before this: %d.", named, refusal.reason, passed_over)
    known = replace(refusal, more={"claimedClient": claimed, "notWrittenDown": passed_over})
    try:
        installation.store.append(refusal_record(installation, known))
    except RecordNotKept:
        # The refusal stands without its record: nothing was disclosed, and the readiness check tells of the database.
        _log.error("The refusal could not be put on record.")
