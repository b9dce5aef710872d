"""The routes of the console: figures for readers, the calls behind them for auditors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request

from cds_service.audit.console.console import Reading
from cds_service.audit.console.search import MOST_COUNTED, Wanted
from cds_service.audit.index_feedback import OVERRIDDEN
from cds_service.errors import InvalidRequest
from cds_service.web.console.answers import answers
from cds_service.web.console.asked import FILTERS, MOST_DAYS, Asked, read_asked, read_position
from cds_service.web.console.names import Names, names_in
from cds_service.web.console.overview import overview
from cds_service.web.console.quality import quality
from cds_service.web.console.rule import rule_page
from cds_service.web.installation import Installation
from cds_service.web.looks import keep_look
from cds_service.web.people import Role, ask_for, person

COUNTED_AT_ONCE = 200
"""Records that a page counts before it is shown."""
PAGE = 50
_LISTED = 20
_LONGEST_PATIENT = 1000


def console_blueprints(installation: Installation) -> tuple[Blueprint, Blueprint]:
    """The routes under /audit: those for readers, and those for auditors alone."""
    desk = _Desk(installation)
    return _figures(desk), _calls(desk)


def _figures(desk: "_Desk") -> Blueprint:
    routes = Blueprint("console", __name__, url_prefix="/audit")
    ask_for(routes, Role.READER, Role.AUDITOR)

    def page(template: str, shown: Callable[[Reading, Asked], dict[str, Any]], **more: Any) -> Response:
        with desk.opened() as (asked, reading, common):
            return _page(template, **common, **more, **shown(reading, asked))

    @routes.get("")
    def figures() -> Response:
        return page("console/overview.html", overview)

    @routes.get("/quality")
    def data_quality() -> Response:
        return page("console/quality.html", lambda reading, _: quality(reading))

    @routes.get("/rules/<rule>")
    def one_rule(rule: str) -> Response:
        return page("console/rule.html", lambda reading, asked: rule_page(reading, asked, rule))

    @routes.get("/answers")
    def given() -> Response:
        return page("console/answers.html", lambda reading, _: _answers(desk.installation, reading))

    return routes


def _calls(desk: "_Desk") -> Blueprint:
    routes = Blueprint("console_calls", __name__, url_prefix="/audit")
    ask_for(routes, Role.AUDITOR)

    @routes.get("/calls")
    def calls() -> Response:
        with desk.opened() as (asked, reading, common):
            found = reading.find(asked.wanted(), asked.absence(), read_position(request.args), PAGE)
            known = {"rules": sorted(common["names"].rules), "etiologies": sorted(common["names"].etiologies)}
            said = reading.said_of([call for call in found.calls if call.answer])
            keep_look("search for calls")
            return _page("console/calls.html", **common, found=found, said=said, most=MOST_COUNTED, **known)

    @routes.post("/patient")
    def patient() -> Response:
        """From the id of a patient to its keyed hash, so that the id stands in no address and no log."""
        patient_id = request.form.get("patient", "").strip()
        if not patient_id or len(patient_id) > _LONGEST_PATIENT:
            raise InvalidRequest("Write the id of the patient as the client sends it in context.patientId.")
        asked = read_asked({}, desk.installation.clock().date())
        ever = asked.back_to(asked.scope.until - timedelta(days=MOST_DAYS))
        answer = redirect(ever.calls(patient=desk.installation.console.patient_key(patient_id)), code=303)
        return Response(answer.get_data(), status=303, headers={"Location": answer.headers["Location"]})

    return routes


class _Desk:
    """What every page of the console is made with."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation

    @contextmanager
    def opened(self) -> Iterator[tuple[Asked, Reading, dict[str, Any]]]:
        """What is asked for, the index brought up to date, and what every template shows."""
        asked = read_asked(request.args, self.installation.clock().date())
        freshness = self.installation.console.console.count_up(COUNTED_AT_ONCE)
        with self.installation.console.console.reading(asked.scope) as reading:
            common = {
                "asked": asked,
                "freshness": freshness,
                "names": self._names,
                "services": reading.choices("service"),
                "clients": reading.choices("client"),
                "may_list": Role.AUDITOR in person().roles,
                "filters": [(name, asked.filters[name]) for name in FILTERS if name in asked.filters],
                "weeks": [(count, asked.scope.until - timedelta(days=7 * count - 1)) for count in (1, 4, 13, 52)],
            }
            yield asked, reading, common

    @cached_property
    def _names(self) -> Names:
        content = self.installation.store.content(self.installation.content_version) or {}
        return names_in(content, self.installation.console.override_reasons)


def _answers(installation: Installation, reading: Reading) -> dict[str, Any]:
    shown = answers(reading, request.args.get("place", ""))
    if Role.AUDITOR not in person().roles:
        return {**shown, "overrides": (), "said": {}, "unjoined": (), "unjoined_count": 0}
    overrides = reading.find(Wanted(answer=OVERRIDDEN), None, None, _LISTED).calls
    return {
        **shown,
        "overrides": overrides,
        "said": reading.said_of(overrides),
        "unjoined": installation.store.unjoined_feedback(_LISTED),
        "unjoined_count": installation.store.count_unjoined_feedback(),
    }


def _page(template: str, **shown: Any) -> Response:
    text = render_template(template, **shown).encode("utf-8", "replace")
    return Response(text, content_type="text/html; charset=utf-8")
