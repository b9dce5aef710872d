"""A kill switch takes effect in every worker within five seconds, and no worker is restarted for it."""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cds_service.app import open_records
from cds_service.audit.switches import OFF, ON, Kind, Switches
from cds_service.settings import Settings
from tests.contract.installations import TWO_WORKERS, Callers, both_workers, names
from tests.serving import Server, serving

PROMISED_S = 5.0
RULE = "secondary-hyperparathyroidism"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("switched")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with serving(folder, TWO_WORKERS) as running:
        yield running


@pytest.fixture
def switches(server: Server, folder: Path) -> Switches:
    """The switches as a process beside the service has them."""
    assert server.process.poll() is None
    settings = Settings(database_url=f"sqlite:///{folder}/var/calls.sqlite3", audit_key_file=folder / "var/audit.key")
    return open_records(settings).switches


def asked(callers: Callers, seconds: float) -> list[tuple[float, list[str]]]:
    """What calls that came in a time were told, each with its second, from eight callers at once."""
    started = time.monotonic()

    def ask(_number: int) -> list[tuple[float, list[str]]]:
        told = []
        while time.monotonic() - started < seconds:
            at = time.monotonic() - started
            told.append((at, names(callers.ask() or [])))
        return told

    with ThreadPoolExecutor(8) as pool:
        return [one for each in pool.map(ask, range(8)) for one in each]


@pytest.mark.parametrize(("kind", "subject"), [(Kind.RULE, RULE), (Kind.CLIENT, "loopback")])
def test_what_is_switched_off_is_shown_by_no_worker_after_five_seconds_and_comes_back(
    kind: Kind, subject: str, server: Server, switches: Switches, folder: Path
) -> None:
    workers, callers = both_workers(server), Callers(server.url)
    assert RULE in names(callers.ask() or [])
    last = {}
    for state in (OFF, ON):
        assert switches.set(kind, subject, state, "tests", "to see how long it takes")
        told = asked(callers, PROMISED_S + 1)
        wrong = [at for at, shown in told if (RULE in shown) is (state == OFF)]
        last[state] = max(wrong, default=0.0)
        assert len(told) > len(wrong)
        assert [at for at in wrong if at > PROMISED_S] == []
    print(f"{kind} {subject}: last wrong answer asked for {last[OFF]:.2f} s after off, {last[ON]:.2f} s after on")
    assert callers.failed == []
    assert server.workers() == workers
    assert len(_writers(folder)) >= 2


def _writers(folder: Path) -> set[str]:
    """The processes that kept a call."""
    with sqlite3.connect(folder / "var/calls.sqlite3") as database:
        return {writer for (writer,) in database.execute("SELECT DISTINCT writer FROM calls")}
