"""Every look at what patients' calls hold is on record before it is shown; who looked can be looked up."""

import re

from flask import Blueprint, Response, current_app, render_template, request

from cds_service.audit.looks import Looks
from cds_service.errors import InvalidRequest
from cds_service.web.people import Role, ask_for, person

_ON_A_PAGE = 50
_PLACE = re.compile(r"[0-9]{1,18}")


def keep_look(what: str, call_id: str = "") -> None:
    """Put on record that the person who is signed in looks at something. Call it before anything is shown.

    Args:
        what: in words, without patient data: "call page", "search for calls", "export of calls".
        call_id: the call that is looked at; empty where it is many.

    Raises:
        RecordNotKept: the look could not be kept, so nothing may be shown.
    """
    looks: Looks = current_app.extensions["looks"]
    looks.keep(person().name, what, call_id)


def looks_blueprint(looks: Looks) -> Blueprint:
    """The route /audit/looks."""
    routes = Blueprint("looks", __name__, url_prefix="/audit")
    ask_for(routes, Role.AUDITOR)

    @routes.get("/looks")
    def shown() -> Response:
        asked = request.args
        who, call_id, before = (asked.get(name, "").replace("\0", "").strip() for name in ("person", "call", "before"))
        if before and not _PLACE.fullmatch(before):
            raise InvalidRequest(
                "`before` is the number of a look. Open the page without it, and turn pages from there."
            )
        found = looks.newest(_ON_A_PAGE + 1, who=who, call_id=call_id, before=int(before) if before else None)
        page = render_template(
            "looks.html",
            looks=found[:_ON_A_PAGE],
            older=found[_ON_A_PAGE - 1].seq if len(found) > _ON_A_PAGE else None,
            person=who,
            call_id=call_id,
            turned=bool(before),
        )
        return Response(page.encode("utf-8", "replace"), content_type="text/html; charset=utf-8")

    return routes
