"""`calcification-cds replay` as a reviewer of rules runs it: what it prints, and its exit status."""

import json
from pathlib import Path

import pytest

from cds_service.__main__ import main
from cds_service.app import open_records
from cds_service.settings import Settings
from tests.replay.candidates import Edit, candidate_folders
from tests.replay.judging import MASS
from tests.scenarios.asking import CONTENT, ask, hook_request

WEIGHT = "label: lobulated, domain: morphology, weight: 2,"
HEAVIER = Edit("rules/tumoral-calcinosis/tumoral-calcinosis.yaml", WEIGHT, WEIGHT.replace("2", "4"))
BROKEN = Edit("rules/tumoral-calcinosis/tumoral-calcinosis.yaml", "prior: -3 ", "prior: much ")


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a record of two calls, which the environment names."""
    database = f"sqlite:///{tmp_path}/var/calls.sqlite3"
    store = open_records(Settings(database_url=database, audit_key_file=tmp_path / "audit.key")).store
    store.put_content(CONTENT.version, CONTENT.snapshot)
    for text in (MASS, "No soft tissue calcification."):
        store.append(ask(hook_request(text)).record)
    store.close()
    monkeypatch.setenv("CALCIFICATION_CDS_DATABASE_URL", database)
    return tmp_path


def replay(*more: str) -> int:
    return main(["replay", "--since", "2026-01-01", *more])


def test_the_rules_in_use_change_nothing(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert record.is_dir()
    assert replay() == 0
    assert "      2  same to the byte" in capsys.readouterr().out


def test_a_candidate_that_changes_a_card_fails_the_review_and_says_why(
    record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules, _ = candidate_folders(record / "candidate", HEAVIER)
    assert replay("--rules", str(rules), "--json", str(record / "lines")) == 1
    told = capsys.readouterr().out
    assert "      1  have a card that says something else" in told
    assert "by lobulated: weight +2 → +4 (1)" in told
    assert "http://127.0.0.1:8080/calls/" in told
    lines = [json.loads(line) for line in (record / "lines").read_text(encoding="utf-8").splitlines()]
    assert [line["kinds"] for line in lines] == [["changed"]]


@pytest.mark.parametrize(("kinds", "status"), [("lost,gained", 0), ("lost,changed", 1)])
def test_the_review_fails_on_the_kinds_that_it_asks_for(record: Path, kinds: str, status: int) -> None:
    rules, _ = candidate_folders(record / "candidate", HEAVIER)
    assert replay("--rules", str(rules), "--fail-on", kinds) == status


def test_rules_that_cannot_be_used_are_no_verdict(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules, _ = candidate_folders(record / "candidate", BROKEN)
    assert replay("--rules", str(rules)) == 2
    assert "tumoral-calcinosis.yaml" in capsys.readouterr().err


def test_a_done_replay_asked_again_answers_from_its_state(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = ("--state", str(record / "state"))
    assert [replay(*state), replay(*state)] == [0, 0]
    first, second = capsys.readouterr().out.split("2 calls, ")[1:]
    assert first == second


def test_other_rules_do_not_go_on_with_a_state(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules, _ = candidate_folders(record / "candidate", HEAVIER)
    assert replay("--state", str(record / "state")) == 0
    assert replay("--state", str(record / "state"), "--rules", str(rules)) == 2
    assert "other rules" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["--fail-on", "better"], ["--since", "yesterday"], ["--jobs", "0"]], ids=lambda words: words[0]
)
def test_a_wrong_argument_is_refused_before_anything_is_read(words: list[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        replay(*words)
    assert refused.value.code == 2
