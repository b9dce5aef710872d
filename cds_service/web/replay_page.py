"""The replay pages: what candidate rules would have changed in the calls on record, and the start of a replay."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Answer

from cds_service.audit.moments import instant_of
from cds_service.audit.record import timestamp
from cds_service.core.scoring import EXCLUDED, LIKELY, NO_ENTRY, NOT_SHOWN, POSSIBLE
from cds_service.errors import InvalidRequest, UnknownReplay
from cds_service.replay.counts import moves
from cds_service.replay.deciding import NO_RULE
from cds_service.replay.shelf import Shelf
from cds_service.replay.starting import Busy, Starting, Wish, name_of
from cds_service.replay.state import State
from cds_service.replay.summary import KINDS, NOT_READ_AGAIN, example_lines
from cds_service.settings import PREFIX, Settings
from cds_service.web.installation import Installation
from cds_service.web.looks import keep_look
from cds_service.web.page import page
from cds_service.web.people import Role, ask_for

_LISTED, _CALLS = 30, 25
TIERS = (LIKELY, POSSIBLE, NOT_SHOWN, EXCLUDED, NO_ENTRY, NO_RULE)
_RULE = re.compile(r"[a-z0-9-]{0,80}")


def replay_blueprint(installation: Installation) -> Blueprint:
    """The routes under /audit/replay."""
    routes = Blueprint("replay", __name__, url_prefix="/audit/replay")
    ask_for(routes, Role.EDITOR, Role.AUDITOR)
    shelf, starting = Shelf(installation.settings.replay_dir), _starting(installation.settings)
    _show(routes, shelf, starting)
    _start(routes, installation, shelf, starting)
    return routes


def _show(routes: Blueprint, shelf: Shelf, starting: Starting) -> None:
    @routes.get("")
    def listed() -> Response:
        return _list(shelf, starting)

    @routes.get("/<name>")
    def one(name: str) -> Response:
        running = starting.running() == name
        state = shelf.state(name)
        if state is None and not running and not shelf.complaint(name):
            raise UnknownReplay("No replay of this name is here. /audit/replay lists those that are.")
        kind = request.args.get("kind", "")
        kind = kind if kind in KINDS else ""
        keep_look("replay of calls")
        found = shelf.lines(name, kind, max(request.args.get("from", 0, type=int), 0), _CALLS)
        return page(
            "replay/one.html",
            name=name,
            state=state,
            running=running,
            complaint="" if running else shelf.complaint(name),
            kinds=KINDS,
            kind=kind,
            tiers=TIERS,
            matrices=[] if state is None else matrices(state),
            found=found,
            told=example_lines,
            not_read_again=NOT_READ_AGAIN,
        )

    @routes.get("/<name>/progress")
    def progress(name: str) -> Response:
        running = starting.running() == name
        shown = page("replay/progress.html", name=name, state=shelf.state(name), running=running)
        if not running:
            shown.headers["HX-Refresh"] = "true"
        return shown


def _start(routes: Blueprint, installation: Installation, shelf: Shelf, starting: Starting) -> None:
    @routes.post("")
    def start() -> Answer:
        wish, problem = wished(request.form, starting.candidates())
        if problem:
            return _list(shelf, starting, problem, 400)
        return _started(name_of(wish, timestamp(installation.clock())), wish)

    @routes.post("/<name>/go-on")
    def go_on(name: str) -> Answer:
        state = shelf.state(name)
        if state is None:
            raise UnknownReplay("No replay of this name is here. /audit/replay lists those that are.")
        asked = state.question
        if asked.candidate not in starting.candidates():
            return _list(shelf, starting, "Its candidate is not in the folder of candidates any more.", 409)
        return _started(name, Wish(asked.candidate, asked.since, asked.until, asked.rule))

    def _started(name: str, wish: Wish) -> Answer:
        try:
            starting.start(name, wish)
        except Busy:
            return _list(shelf, starting, "A replay runs already. Wait for its end.", 409)
        return redirect(f"/audit/replay/{name}", 303)


def _list(shelf: Shelf, starting: Starting, problem: str = "", status: int = 200) -> Response:
    shown = page(
        "replay/list.html",
        replays=list(shelf.states(_LISTED)),
        running=starting.running(),
        candidates=starting.candidates(),
        candidates_dir=starting.candidates_dir,
        problem=problem,
        given=request.form,
    )
    shown.status_code = status
    return shown


def wished(form: Mapping[str, str], candidates: list[str]) -> tuple[Wish, str]:
    """What a form asks for, and what is wrong with it; empty where nothing is."""
    wish = Wish(*(form.get(key, "").strip() for key in ("candidate", "since", "until", "rule")))
    if wish.candidate not in candidates:
        return wish, "Choose one of the candidates."
    if not _is_day(wish.since):
        return wish, "Write the first day as 2026-01-31."
    if wish.until and not _is_day(wish.until):
        return wish, "Write the day before which it ends as 2026-01-31, or leave it empty."
    if not _RULE.fullmatch(wish.rule):
        return wish, "Write the id of a rule, such as tumoral-calcinosis, or leave it empty."
    return wish, ""


@dataclass(frozen=True, slots=True)
class RuleMatrix:
    """A rule that comes out otherwise.

    Attributes:
        id: its id.
        moved: tier then, tier now and number of reports, where the tier moves.
        rows: tier then, and the number of reports by tier now, in the order of `TIERS`.
        causes: what made the difference, and in how many reports.
    """

    id: str
    moved: list[tuple[str, str, int]]
    rows: list[tuple[str, list[int]]]
    causes: list[tuple[str, int]]


def matrices(state: State) -> list[RuleMatrix]:
    """The rules that come out otherwise, those that move most reports first."""
    found = []
    for rule, causes in state.counts.causes.items():
        counted = {(was, now): number for was, now, number in moves(state.counts.tiers.get(rule, {}))}
        rows = [(was, [counted.get((was, now), 0) for now in TIERS]) for was in TIERS]
        moved = [(was, now, number) for (was, now), number in counted.items() if was != now]
        found.append(RuleMatrix(rule, moved, [row for row in rows if any(row[1])], causes.most_common()))
    return sorted(found, key=lambda one: (-sum(number for _, _, number in one.moved), one.id))


def _starting(settings: Settings) -> Starting:
    database = {
        f"{PREFIX}DATABASE_URL": settings.database_url,
        f"{PREFIX}SQLITE_SYNCHRONOUS": settings.sqlite_synchronous,
    }
    return Starting(
        settings.replay_dir,
        settings.candidates_dir,
        settings.rules_dir,
        settings.cards_dir,
        {**os.environ, **database},
    )


def _is_day(text: str) -> bool:
    try:
        return bool(instant_of(text, "since"))
    except InvalidRequest:
        return False
