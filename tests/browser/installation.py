"""An installation with a past, as an informatician meets it: a real server, its record, and a replay that was run."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import requests

from cds_service.app import utc_now
from cds_service.settings import Settings
from tests.browser.callers import REASONS, SIGNING, Json, clients_file
from tests.browser.past import RULE_FILE, WEIGHT, live_through
from tests.replay.candidates import Edit, candidate_folders
from tests.serving import Server, free_port, serving
from tests.waiting import a_moment

FIXTURES = Path(__file__).parents[2] / "fixtures"
OVERRIDDEN = "same-hips-with-kidney-failure"
REASON, COMMENT = "I read the evidence differently", REASONS[0][1]
"""What the reader of that call said, as the console has to tell it."""
CANDIDATE = "lobulation-counts-more"


@dataclass(frozen=True, slots=True)
class Installation:
    """A server that is up, and what stands in addresses of its pages."""

    server: Server
    names: Mapping[str, str]

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.server.url

    @property
    def token(self) -> str:
        """The token of its local user, from the file that `serve` names."""
        return (self.server.log.parent / "var" / "local.token").read_text(encoding="ascii").strip()

    @property
    def sign_in_link(self) -> str:
        """The link that `serve` prints on a terminal."""
        return f"{self.url}/sign-in?token={self.token}"


@contextmanager
def installed(folder: Path) -> Iterator[Installation]:
    """An installation in a folder; it takes half a minute to make."""
    port = free_port()
    (folder / "var").mkdir(mode=0o700)
    (folder / "clients.yaml").write_text(clients_file(), encoding="utf-8")
    candidate_folders(folder / "candidates" / CANDIDATE, Edit(RULE_FILE, WEIGHT, WEIGHT.replace("2", "4")))
    live_through(_settings(folder, port), folder / "older")
    chosen = {"CLIENTS_FILE": "clients.yaml", "REPORT_TEXT": "on", "CANDIDATES_DIR": "candidates"}
    with serving(folder, {f"CALCIFICATION_CDS_{name}": value for name, value in chosen.items()}, port) as server:
        names = _of_today(server)
        quarter = (utc_now() - timedelta(days=100)).date().isoformat()
        yield Installation(server, {**names, "replay": _replayed(server), "quarter": quarter})


def _settings(folder: Path, port: int) -> Settings:
    """What the server will be set to, for whoever does not stand in its folder."""
    files = folder / "var"
    return Settings(
        port=port,
        clients_file=folder / "clients.yaml",
        report_text="on",
        database_url=f"sqlite:///{files}/calls.sqlite3",
        patient_key_file=files / "patient.key",
        audit_key_file=files / "audit.key",
        local_token_file=files / "local.token",
        report_text_key_file=str(files / "report-text.key"),
        spool_dir=files / "spool",
    )


def _of_today(server: Server) -> dict[str, str]:
    """Calls over HTTP, as fixtures have them; ids of one that was overridden, of a silent one and a refused one."""
    service = f"{server.url}/cds-services/{SIGNING}"
    overridden, request = "", {}
    for path in sorted((FIXTURES / "calls").glob("*.json")):
        request = json.loads(path.read_text(encoding="utf-8"))
        request["context"]["userId"] = f"Practitioner/{path.stem}"
        cards: list[Json] = _sent(service, request).json()["cards"]
        if path.stem == OVERRIDDEN:
            overridden = cards[0]["links"][0]["url"].rpartition("/")[2]
            _override(service, cards[0]["uuid"])
    stray = FIXTURES / "feedback" / "sandbox-dismissed-for-a-reason.json"
    assert _sent(f"{service}/feedback", json.loads(stray.read_text(encoding="utf-8"))).ok
    del request["context"]["draftReports"]
    assert not _sent(service, request).ok
    names = {"overridden": overridden, "instance": request["hookInstance"]}
    return {**names, **{kind: _newest(server, kind) for kind in ("silent", "refused")}}


def _override(service: str, card: str) -> None:
    reason = {"reason": {"code": REASONS[0][0]}, "userComment": COMMENT}
    said = {"card": card, "outcome": "overridden", "overrideReason": reason, "outcomeTimestamp": utc_now().isoformat()}
    assert _sent(f"{service}/feedback", {"feedback": [said]}).ok


def _sent(address: str, body: Json) -> requests.Response:
    return requests.post(address, json=body, timeout=30)


def _newest(server: Server, outcome: str) -> str:
    """The id of the newest call with this outcome, as a program reads it from the record."""
    since = (utc_now() - timedelta(days=1)).date().isoformat()
    asked = {"outcome": outcome, "since": since, "identified": "true"}
    answer = server.signed_in().get(f"{server.url}/audit/api/calls", params=asked, timeout=30)
    return str(answer.json()["calls"][-1]["call_id"])


def _replayed(server: Server) -> str:
    """The name of a replay with the candidate rules, started from its page and awaited."""
    informatician = server.signed_in()
    page = f"{server.url}/audit/replay"
    secret = informatician.get(page, timeout=30).text.partition('name="csrf" value="')[2].partition('"')[0]
    since = (utc_now() - timedelta(weeks=4)).date().isoformat()
    asked = {"csrf": secret, "candidate": CANDIDATE, "since": since}
    started = informatician.post(page, data=asked, timeout=30, allow_redirects=False).headers["Location"]
    while "HX-Refresh" not in informatician.get(f"{server.url}{started}/progress", timeout=30).headers:
        a_moment()
    return started.rpartition("/")[2]
