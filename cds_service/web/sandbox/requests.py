"""The hook request that an EHR over the synthetic patients would send, to be looked at, changed and sent on."""

import orjson
from flask import Blueprint, Response, request

from cds_service.errors import InvalidRequest, UnknownService
from cds_service.sandbox.hook_request import Trigger, hook_request
from cds_service.sandbox.tokens import Wish, issued
from cds_service.web.installation import Installation
from cds_service.web.sandbox.fhir import SECURED
from cds_service.web.sandbox.setting import SandboxSetting


def requests_blueprint(installation: Installation, sandbox: SandboxSetting) -> Blueprint:
    """The route /sandbox/requests/SERVICE/PATIENT: with prefetch, or with `?access=fetch` a token to fetch it with."""
    routes = Blueprint("sandbox_requests", __name__, url_prefix="/sandbox/requests")

    @routes.get("/<service_id>/<patient>")
    def made(service_id: str, patient: str) -> Response:
        offer = installation.offers.get(service_id)
        if offer is None:
            raise UnknownService("No such CDS service. GET /cds-services lists what is on offer.")
        access = request.args.get("access", "prefetch")
        if access not in ("prefetch", "fetch"):
            raise InvalidRequest("access is prefetch, which is usual, or fetch.")
        trigger = Trigger(patient, installation.new_id())
        if access == "fetch":
            token = issued(sandbox.token_key, Wish(patient), installation.clock())
            server = f"{request.host_url.rstrip('/')}{SECURED}"
            trigger = Trigger(patient, trigger.instance, fhir_server=server, authorization=token, prefetches=False)
        body = hook_request(sandbox.store(), offer.discovery, trigger)
        return Response(orjson.dumps(body, option=orjson.OPT_INDENT_2), content_type="application/json")

    return routes
