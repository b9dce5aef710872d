"""Content is loaded anew while callers keep calling: good takes over, bad is refused, and no call is lost."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.contract.calls import URL, call
from tests.contract.installations import TWO_WORKERS, both_workers, calling, own_rules
from tests.serving import Server, resident_megabytes, serving
from tests.waiting import a_moment

WITHIN_S = 90.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reloaded")


@pytest.fixture(scope="module")
def rules(folder: Path) -> Path:
    return own_rules(folder)


@pytest.fixture(scope="module")
def environment(rules: Path) -> dict[str, str]:
    return {**TWO_WORKERS, "CALCIFICATION_CDS_RULES_DIR": str(rules)}


@pytest.fixture(scope="module")
def server(folder: Path, environment: dict[str, str]) -> Iterator[Server]:
    with serving(folder, environment) as running:
        yield running


def ready(server: Server) -> Mapping[str, Any]:
    said: Mapping[str, Any] = requests.get(f"{server.url}/readyz", timeout=30).json()
    return said


def reload(folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """The command, as an operator runs it."""
    given = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environment}
    command = [sys.executable, "-m", "cds_service", "reload"]
    return subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, check=False)


def edit(rules: Path, pattern: str, by: str) -> None:
    """Change a rule: every match of the pattern in its file."""
    file = rules / "tumoral-calcinosis" / "tumoral-calcinosis.yaml"
    text, count = re.subn(pattern, by, file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert count == 1
    file.write_text(text, encoding="utf-8")


def revise(rules: Path, version: str) -> None:
    """Give the rule another version."""
    edit(rules, r"^version: .*$", f"version: {version}")
    edit(rules, r"^revisions: .*$", f"revisions: [{{version: {version}, on: 2026-11-27}}]")


def test_a_changed_rule_answers_after_a_reload_and_no_call_is_lost(
    server: Server, folder: Path, rules: Path, environment: dict[str, str]
) -> None:
    before, workers, master = ready(server), both_workers(server), server.process.pid
    with calling(server.url) as callers:
        revise(rules, "9.9.9")
        told = reload(folder, environment)
        answered = callers.answered
    assert (told.returncode, told.stderr) == (0, "")
    after = ready(server)
    assert told.stdout == f"Content {after['content']} answers (before: {before['content']}).\n"
    assert after["content"] != before["content"]
    assert (callers.failed, answered > 0) == ([], True)
    assert (server.process.pid, server.process.poll()) == (master, None)
    assert set(workers).isdisjoint(server.workers())
    cards = requests.post(
        server.url + URL, json=call(hookInstance="c5a6f5d6-5d0c-4f0e-9a3b-0d6f6a1d7b11"), timeout=30
    ).json()["cards"]
    assert cards
    page = server.signed_in().get(cards[0]["links"][0]["url"], timeout=30).text
    assert after["content"] in page
    assert "tumoral-calcinosis@9.9.9" in page


def test_content_that_cannot_be_used_is_not_even_signalled_by_the_command(
    server: Server, folder: Path, rules: Path, environment: dict[str, str]
) -> None:
    before, workers = ready(server), server.workers()
    edit(rules, r"^prior: .*$", "prior: seldom")
    told = reload(folder, environment)
    assert (told.returncode, told.stdout) == (1, "")
    assert re.search(r"^rules/tumoral-calcinosis/tumoral-calcinosis\.yaml:\d+: prior: ", told.stderr)
    assert (ready(server), server.workers()) == (before, workers)
    edit(rules, r"^prior: .*$", "prior: -3")


def test_at_a_signal_content_that_cannot_be_used_is_refused_with_its_problems_in_the_log_and_the_old_goes_on(
    server: Server, rules: Path, folder: Path, environment: dict[str, str]
) -> None:
    before = ready(server)
    edit(rules, r"^prior: .*$", "prior: seldom")
    edit(rules, r"^status: .*$", "status: asleep")
    with calling(server.url) as callers:
        server.process.send_signal(signal.SIGHUP)
        until = time.monotonic() + WITHIN_S
        while "reloadRefused" not in ready(server) and time.monotonic() < until:
            a_moment()
    after = ready(server)
    assert (after["content"], after["loaded"]) == (before["content"], before["loaded"])
    assert after["reloadRefused"] > before["loaded"]
    assert callers.failed == []
    log = server.log.read_text(encoding="utf-8")
    assert f"The reload was refused; content {before['content']} goes on." in log
    for key in ("prior", "status"):
        assert re.search(rf"rules/tumoral-calcinosis/tumoral-calcinosis\.yaml:\d+: {key}: ", log)
    edit(rules, r"^prior: .*$", "prior: -3")
    edit(rules, r"^status: .*$", "status: active")
    assert reload(folder, environment).returncode == 0
    assert "reloadRefused" not in ready(server)


def test_reloads_do_not_fill_the_memory_of_the_master(
    server: Server, folder: Path, rules: Path, environment: dict[str, str]
) -> None:
    """One content that is kept alive would be twenty megabytes a reload; the allocator itself moves by one or two."""
    held = []
    for number in range(4):
        revise(rules, f"9.0.{number}")
        assert reload(folder, environment).returncode == 0
        held.append(resident_megabytes(server.process.pid))
    print(f"resident memory of the master after each reload: {', '.join(f'{each:.0f}' for each in held)} MB")
    assert held[-1] - held[0] < 20


def test_the_command_signals_nobody_where_no_service_holds_the_file(tmp_path: Path, rules: Path) -> None:
    environment = {"CALCIFICATION_CDS_RULES_DIR": str(rules)}
    told = reload(tmp_path, environment)
    assert (told.returncode, "does not exist" in told.stderr) == (2, True)
    left_behind = tmp_path / "var" / "calcification-cds.pid"
    left_behind.parent.mkdir()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as innocent:
        left_behind.write_text(f"{innocent.pid}\nhttp://127.0.0.1:1\n", encoding="ascii")
        told = reload(tmp_path, environment)
        assert (told.returncode, "has ended" in told.stderr) == (2, True)
        assert innocent.poll() is None
        innocent.communicate(b"\n")


def test_a_second_service_in_the_same_folder_starts_and_says_whom_the_command_reaches(
    server: Server, folder: Path, environment: dict[str, str]
) -> None:
    file = folder / "var" / "calcification-cds.pid"
    named = file.read_text(encoding="ascii")
    assert named == f"{server.process.pid}\n{server.url}\n"
    with serving(folder, environment) as second:
        assert "is another service's" in second.log.read_text(encoding="utf-8")
    assert file.read_text(encoding="ascii") == named
    assert ready(server)["status"] == "ready"


def test_a_service_that_ends_takes_its_file_away(tmp_path: Path) -> None:
    with serving(tmp_path):
        assert (tmp_path / "var" / "calcification-cds.pid").exists()
    assert not (tmp_path / "var" / "calcification-cds.pid").exists()
