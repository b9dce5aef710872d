"""Thirteen weeks that lie behind an installation: calls, answers, other rules at first, and a switch."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter_ns

from flask import Flask

from cds_service.app import create_app, utc_now
from cds_service.audit.opened import open_index
from cds_service.settings import Settings
from tests.browser.callers import Json, Post, visits
from tests.replay.candidates import Edit, candidate_folders
from tests.signed_in import SignedIn

WEEKS, CALLS = 13, 117
CHANGED_BEFORE = timedelta(days=16)
"""How long ago the rules in use replaced the older ones."""
RULE_FILE = "rules/tumoral-calcinosis/tumoral-calcinosis.yaml"
WEIGHT = "label: lobulated, domain: morphology, weight: 2,"
OLDER = (
    Edit(RULE_FILE, WEIGHT, WEIGHT.replace("weight: 2", "weight: 1")),
    Edit("rules/crystal/cppd.yaml", "status: active", "status: shadow"),
)
SWITCHED = "lipoma"


@dataclass
class Moment:
    """A clock that is set, and a stopwatch that goes along with it."""

    now: datetime

    def clock(self) -> datetime:
        """The moment that is set."""
        return self.now

    def stopwatch(self) -> int:
        """Nanoseconds: of the moment, and of the work that is done in it."""
        return int(self.now.timestamp()) * 1_000_000_000 + perf_counter_ns()


def live_through(settings: Settings, folder: Path) -> None:
    """Fill the record of an installation that is not serving yet, and count what it holds.

    Args:
        settings: of the installation, whose files need not be there.
        folder: where the older rules may lie.
    """
    end = utc_now() - timedelta(hours=2)
    start = end - timedelta(weeks=WEEKS)
    rules, cards = candidate_folders(folder, *OLDER)
    moment = Moment(start)
    times = [start + (end - start) * number / CALLS for number in range(CALLS)]
    older = create_app(replace(settings, rules_dir=rules, cards_dir=cards), moment.clock, stopwatch=moment.stopwatch)
    newer: Flask | None = None
    for number, visit in enumerate(visits(CALLS, times.__getitem__)):
        moment.now = times[number]
        if newer is None and moment.now > end - CHANGED_BEFORE:
            newer = create_app(settings, moment.clock, stopwatch=moment.stopwatch)
        visit.paid(_post(newer or older), settings.public_url, moment.now)
        if number in (CALLS // 3, CALLS // 2):
            _switch(older, "off" if number == CALLS // 3 else "on")
    for app in (older, newer):
        if app is not None:
            app.extensions["store"].close()
    index = open_index(settings)
    while index.catch_up(5000):
        pass


def _post(app: Flask) -> Post:
    caller = app.test_client()

    def post(path: str, body: Json, headers: Mapping[str, str]) -> list[Json]:
        answer = caller.post(path, json=body, headers=headers)
        cards: list[Json] = answer.get_json().get("cards", [])
        return cards

    return post


def _switch(app: Flask, state: str) -> None:
    reason = "shown for lipohaemarthrosis of the knee" if state == "off" else "the reader tells them apart since 1.1.0"
    said = {"kind": "rule", "subject": SWITCHED, "state": state, "reason": reason}
    assert SignedIn(app).post("/audit/switches", data=said).status_code == 303
