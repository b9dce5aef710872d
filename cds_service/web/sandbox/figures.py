"""The page of the figures: how often the service speaks on a realistic mix, and how often `likely` is right."""

from functools import cache
from typing import NamedTuple

from flask import Blueprint, Response

from cds_service.content.load import Content
from cds_service.content.locate import default_patients
from cds_service.core.control_chart import share_between
from cds_service.sandbox.figures import alarmed, called_wrongly, needless, passed_over
from cds_service.sandbox.measurement import FILE, Measurement, read_measurement
from cds_service.sandbox.shares import between_per_thousand, between_percent, per_thousand
from cds_service.synthetic.story import BACKGROUND
from cds_service.web.installation import Installation
from cds_service.web.page import page
from cds_service.web.people import meet
from cds_service.web.sandbox.setting import SandboxSetting

_WIDTH = 200


class ShareSpan(NamedTuple):
    """A share with its 95 % interval, each end in drawing units from the left edge."""

    low: float
    share: float
    high: float


def figures_blueprint(installation: Installation, _sandbox: SandboxSetting) -> Blueprint:
    """The route /sandbox/figures; open, for nobody's data is shown."""
    routes = Blueprint("sandbox_figures", __name__, url_prefix="/sandbox")
    meet(routes)

    @cache
    def recorded() -> Measurement:
        return read_measurement(default_patients() / FILE)

    @routes.get("/figures")
    def figures() -> Response:
        return figures_page(recorded(), installation.rulebook.content)

    return routes


def figures_page(measurement: Measurement, running: Content) -> Response:
    """A measurement as a page, beside the content in use."""
    rules = running.engine.rules
    return page(
        "room/figures.html",
        made=measurement.made,
        figures=measurement.figures,
        names={name: known.name for name, known in rules.etiologies.items()},
        alarm_names={alarm.id: alarm.title for alarm in rules.alarms},
        called_wrongly=called_wrongly(measurement.signed),
        needless=needless(measurement.signed),
        passed_over=passed_over(measurement.signed),
        alarmed=alarmed(measurement.signed),
        running=running.version,
        background=BACKGROUND,
        per_thousand=per_thousand,
        between_per_thousand=between_per_thousand,
        between_percent=between_percent,
        span=share_span,
    )


def share_span(part: int, whole: int) -> ShareSpan:
    """The drawing of a share of what was counted."""
    low, high = share_between(part, whole)
    return ShareSpan(*(round(end * _WIDTH, 1) for end in (low, part / whole, high)))
