"""The page of the switches: what is off, who switched it and why, and the forms that switch."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request

from cds_service.audit.switchboard import LONGEST_REASON, Position, Subject, Wanted
from cds_service.audit.switches import OFF, Kind
from cds_service.errors import SwitchRefused
from cds_service.web.installation import Installation
from cds_service.web.people import Role, ask_for, person, visitor

PATH = "/audit/switches"
_HISTORY = 100
_GROUPS = (
    ("Must-not-miss rules", "rule", True),
    ("Rules", "rule", False),
    ("Clients", "client", False),
    ("Services", "service", False),
)


def switches_blueprint(installation: Installation) -> Blueprint:
    """The page, for everybody with a role, and its forms, for editors."""
    routes = Blueprint("switches", __name__, url_prefix=PATH)
    routes.register_blueprint(_page(installation))
    routes.register_blueprint(_forms(installation))

    @routes.app_context_processor
    def _switched_off() -> dict[str, list[Subject]]:
        """For the head of the pages of signed-in people: what is off must not be forgotten."""
        return {"switched_off": installation.switchboard.off() if visitor() is not None else []}

    return routes


def _page(installation: Installation) -> Blueprint:
    routes = Blueprint("page", __name__)
    ask_for(routes, Role.READER, Role.AUDITOR, Role.EDITOR)

    @routes.get("")
    def show() -> Response:
        return _shown(installation)

    return routes


def _forms(installation: Installation) -> Blueprint:
    routes = Blueprint("forms", __name__)
    ask_for(routes, Role.EDITOR)

    @routes.post("")
    def switch() -> Any:
        form = request.form
        wanted = Wanted(
            kind=form.get("kind", ""),
            subject=form.get("subject", ""),
            state=form.get("state", ""),
            reason=form.get("reason", ""),
            confirmed=form.get("confirmed") == "yes",
        )
        try:
            subject = installation.switchboard.find(wanted.kind, wanted.subject)
            if wanted.state == OFF and subject.must_not_miss and wanted.reason.strip() and not wanted.confirmed:
                return _html("switch_confirm.html", 200, subject=subject, wanted=wanted, path=PATH)
            installation.switchboard.set(wanted, person().name)
        except SwitchRefused as refused:
            return _shown(installation, refused.diagnostics, 400)
        return redirect(PATH, 303)

    return routes


def _shown(installation: Installation, refused: str = "", status: int = 200) -> Response:
    positions = installation.switchboard.positions()
    return _html(
        "switches.html",
        status,
        groups=[(title, kind, _of(positions, Kind(kind), alarms)) for title, kind, alarms in _GROUPS],
        history=installation.switchboard.history(_HISTORY),
        editor=Role.EDITOR in person().roles,
        longest=LONGEST_REASON,
        refused=refused,
        path=PATH,
    )


def _of(positions: list[Position], kind: Kind, alarms: bool) -> list[Position]:
    return [one for one in positions if one.subject.kind is kind and one.subject.must_not_miss == alarms]


def _html(template: str, status: int, **shown: Any) -> Response:
    """A page; half a character in what somebody wrote, which UTF-8 cannot hold, becomes a mark."""
    page = render_template(template, **shown).encode("utf-8", "replace")
    return Response(page, status=status, content_type="text/html; charset=utf-8")
