"""The replay pages: what is chosen, what is started, and what is read of it."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cds_service.replay.shelf import Shelf
from cds_service.replay.starting import IN_USE, Busy, Starting, Wish
from cds_service.replay.state import State
from tests.replay.candidates import Edit, candidate
from tests.replay.judging import MASS, recorded, told
from tests.replay.test_run import QUESTION
from tests.waiting import a_moment

PATH = "/audit/replay"
DAY = {"candidate": IN_USE, "since": "2026-01-01"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "replays"


@pytest.fixture
def client(build: Callable[..., Flask], folder: Path, tmp_path: Path) -> FlaskClient:
    (tmp_path / "candidates" / "heavier" / "rules").mkdir(parents=True)
    (tmp_path / "candidates" / "no-rules-here").mkdir()
    return build(replay_dir=folder, candidates_dir=tmp_path / "candidates").test_client()


@pytest.fixture
def shown(folder: Path, tmp_path: Path) -> None:
    """A replay that somebody ran on the command line."""
    weight = "label: lobulated, domain: morphology, weight: 2,"
    edit = Edit("rules/tumoral-calcinosis/tumoral-calcinosis.yaml", weight, weight.replace("2", "4"))
    line, counts = told(recorded(MASS), candidate(tmp_path, edit))
    folder.mkdir()
    State(QUESTION, counts=counts, done=True).keep(folder / "by-hand.state")
    (folder / "by-hand.ndjson").write_text(f"{json.dumps(line)}\n" * 30, encoding="utf-8")


def test_candidates_are_the_folders_with_rules_and_the_rules_in_use(client: FlaskClient) -> None:
    page = client.get(PATH).text
    assert "<option>heavier</option><option>rules in use</option>" in page
    assert "no-rules-here" not in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"candidate": "../../etc"}, "Choose one of the candidates."),
        ({"candidate": ""}, "Choose one of the candidates."),
        ({"since": "yesterday"}, "Write the first day"),
        ({"since": ""}, "Write the first day"),
        ({"until": "--jobs=9"}, "Write the day before which it ends"),
        ({"rule": "--rules=/tmp"}, "Write the id of a rule"),
    ],
)
def test_what_cannot_be_asked_is_said_and_starts_nothing(
    client: FlaskClient, folder: Path, changed: dict[str, str], said: str
) -> None:
    answer = client.post(PATH, data={**DAY, **changed})
    assert (answer.status_code, said in answer.text) == (400, True)
    assert not folder.exists()


@pytest.mark.usefixtures("shown")
def test_a_replay_is_shown_with_its_rules_its_reasons_and_links_to_its_calls(client: FlaskClient) -> None:
    assert "by-hand" in client.get(PATH).text
    page = client.get(f"{PATH}/by-hand").text
    assert [look.what for look in client.application.extensions["looks"].newest(9)] == ["replay of calls"]
    assert "have a card that says something else" in page
    assert "lobulated: weight +2 → +4" in page
    assert page.count('<article class="differs">') == 25
    assert 'href="/calls/' in page


@pytest.mark.usefixtures("shown")
def test_calls_are_read_by_kind_and_page_by_page(client: FlaskClient, folder: Path) -> None:
    first = Shelf(folder).lines("by-hand", "changed", 0, 25)
    assert (len(first.lines), first.following is None) == (25, False)
    rest = client.get(f"{PATH}/by-hand?kind=changed&from={first.following}").text
    assert rest.count('<article class="differs">') == 5
    assert "None." in client.get(f"{PATH}/by-hand?kind=gained").text


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize("query", ["from=-5", "from=7", "from=99999999", "from=x", "kind=%3Cscript%3E"])
def test_an_odd_question_is_answered_with_a_page(client: FlaskClient, query: str) -> None:
    answer = client.get(f"{PATH}/by-hand?{query}")
    assert answer.status_code == 200
    assert "<script>" not in answer.text


@pytest.mark.parametrize("name", ["nothing", "..", "%2e%2e%2fpatient", "a%00b", ".running"])
def test_a_name_that_is_no_replay_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"{PATH}/{name}").status_code == 404


def test_one_replay_runs_at_a_time_whoever_started_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock is held by the process that runs, here one that waits, and by nobody once it has ended."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cds_service").mkdir()
    (tmp_path / "cds_service" / "__init__.py").touch()
    (tmp_path / "cds_service" / "__main__.py").write_text(f"open({str(tmp_path / 'gate')!r}).read()", encoding="utf-8")
    os.mkfifo(tmp_path / "gate")
    starting, other = (Starting(folder, None, None, None, {}) for _ in range(2))
    starting.start("first", Wish(IN_USE, "2026-01-01"))
    assert other.running() == "first"
    with pytest.raises(Busy):
        other.start("second", Wish(IN_USE, "2026-01-01"))
    with (tmp_path / "gate").open("w", encoding="utf-8"):
        pass
    while other.running():
        a_moment()


def test_a_started_replay_ends_and_is_shown(client: FlaskClient, folder: Path) -> None:
    answer = client.post(PATH, data=DAY)
    assert answer.status_code == 303
    starting = Starting(folder, None, None, None, {})
    while starting.running():
        a_moment()
    page = client.get(answer.headers["Location"]).text
    assert "Done: " in page
    assert client.get(f"{answer.headers['Location']}/progress").headers["HX-Refresh"] == "true"
