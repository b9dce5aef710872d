"""The pages of the reporting room: the list of synthetic patients, a chart with its draft report, a foreign server."""

from collections.abc import Mapping

from flask import Blueprint, Response

from cds_service.fhir.patient import read_patient
from cds_service.fhir.subject import Identity
from cds_service.sandbox.chart_page import chart_lists
from cds_service.sandbox.hook_request import USER, unsigned_report
from cds_service.sandbox.knobs import knobs
from cds_service.sandbox.report_parts import report_parts
from cds_service.sandbox.results import Whose, lab_lines, system_of, ways
from cds_service.sandbox.room import by_etiology, line_of, pairs, quiet, tour_lines
from cds_service.sandbox.tour import stop_at
from cds_service.security.origins import demo_fhir_servers
from cds_service.web.installation import Installation
from cds_service.web.page import page
from cds_service.web.people import meet
from cds_service.web.sandbox.setting import SandboxSetting

SIGNING = "calcification-report-sign"
"""The service that is chosen when a chart is opened, and the one that a what-if is judged as."""


def room_blueprint(installation: Installation, sandbox: SandboxSetting) -> Blueprint:
    """The routes /sandbox, /sandbox/patients/ID and /sandbox/own-server; open, for nobody's data is shown."""
    routes = Blueprint("room", __name__, url_prefix="/sandbox")
    meet(routes)
    _patients(routes, installation, sandbox)
    _chart(routes, installation, sandbox)

    @routes.get("/own-server")
    def own_server() -> Response:
        allowed = [server.origin for server in demo_fhir_servers(installation.settings)]
        return page("room/own_server.html", offers=offers(installation), origins=allowed, user=USER, chosen=SIGNING)

    return routes


def _patients(routes: Blueprint, installation: Installation, sandbox: SandboxSetting) -> None:
    @routes.get("")
    def patients() -> Response:
        room, today = sandbox.room(), sandbox.as_of.date()

        def named(etiology: str) -> str:
            return _named(installation, etiology)

        return page(
            "room/patients.html",
            tour=tour_lines(room, today, named),
            etiologies=by_etiology(room, today, named),
            pairs=pairs(room, today, named),
            quiet=quiet(room, today, named),
            count=len(room.patients),
        )


def _chart(routes: Blueprint, installation: Installation, sandbox: SandboxSetting) -> None:
    @routes.get("/patients/<patient>")
    def chart(patient: str) -> Response:
        store, room, content = sandbox.store(), sandbox.room(), installation.rulebook.content
        resource = store.read("Patient", patient)
        whose = read_patient(resource, sandbox.as_of)
        results = store.of_patient("Observation", patient)
        lines = lab_lines(results, content.labs, room.units, Whose(whose, Identity(patient)), sandbox.as_of)
        report = unsigned_report(store, patient)
        return page(
            "room/patient.html",
            who=line_of(room.patients[patient], sandbox.as_of.date(), lambda one: _named(installation, one)),
            stop=stop_at(room.tour, patient, installation.settings.public_url),
            resource=resource,
            lists=chart_lists(store, patient),
            labs=lines,
            system=system_of(lines),
            report=report,
            parts_of=report_parts(report),
            offers=offers(installation),
            chosen=SIGNING,
            user=USER,
            knobs=knobs(content, room.units, lines, whose),
            age=whose.age_years,
            ways=ways,
        )


def offers(installation: Installation) -> list[Mapping[str, str]]:
    """Every service on offer, for a selector."""
    return [
        {"id": offer.id, "hook": offer.hook, "title": str(offer.discovery.get("title", offer.id))}
        for offer in installation.offers.values()
    ]


def _named(installation: Installation, etiology: str) -> str:
    known = installation.rulebook.content.engine.rules.etiologies.get(etiology)
    return known.name if known is not None else etiology
