"""A replay over a whole record: in pages, in several processes, interrupted and going on."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from sqlalchemy import Engine

from cds_service.audit.record import AuditRecord
from cds_service.audit.recorded import Recorded, Wanted
from cds_service.audit.store import Store
from cds_service.content.load import Content
from cds_service.errors import StartError
from cds_service.replay.again import Judge
from cds_service.replay.asking import asked_of
from cds_service.replay.one import Replayer
from cds_service.replay.run import PAGE, Files, run
from cds_service.replay.state import Question, State, going_on, state_in
from cds_service.replay.summary import summary
from tests.replay.candidates import Edit, candidate
from tests.replay.judging import MASS, recorded
from tests.scenarios.asking import CONTENT, ask, hook_request

CALLS = 2 * PAGE + 7
MIXED = (MASS, "No soft tissue calcification.", "Calcification about the right hip.")
QUESTION = Question("candidate", CONTENT.version, "2026-01-01T00:00:00.000Z", "", "", "", "")


@cache
def call_number(place: int) -> AuditRecord:
    """The record of a call of its own: by its number one of three reports."""
    request = hook_request(MIXED[place % len(MIXED)])
    return ask({**request, "hookInstance": str(uuid5(NAMESPACE_URL, str(place)))}).record


Filled = Callable[[int], Recorded]


@pytest.fixture
def filled(store: Store, engine: Engine) -> Filled:
    """Fills the store with so many calls, and gives it for reading."""

    def fill(calls: int) -> Recorded:
        store.put_content(CONTENT.version, CONTENT.snapshot)
        for place in range(calls):
            store.append(replace(call_number(place), client=f"client-{place % 2}"))
        return Recorded(engine)

    return fill


@pytest.fixture(scope="module")
def heavier(tmp_path_factory: pytest.TempPathFactory) -> Content:
    """A candidate under which the first kind of call has another card."""
    weight = "label: lobulated, domain: morphology, weight: 2,"
    edit = Edit("rules/tumoral-calcinosis/tumoral-calcinosis.yaml", weight, weight.replace("2", "4"))
    return candidate(tmp_path_factory.mktemp("candidate"), edit)


def replayed(record: Recorded, content: Content, files: Files, jobs: int = 1, stop_after: int = 0) -> State:
    """A run, interrupted once so many calls are done."""
    question = replace(QUESTION, version=content.version)
    state = going_on(files.state, question) if files.state else State(question)
    state, snapshots = asked_of(record, state, content)

    def told(done: int, _total: int) -> None:
        if stop_after and done >= stop_after:
            raise KeyboardInterrupt

    record.close()
    try:
        run(Replayer(Judge(content, snapshots)), record, state, files, jobs, told)
    except KeyboardInterrupt:
        assert not state.done
    return state


def lines_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_call_is_replayed_once_and_in_order(filled: Filled, heavier: Content, tmp_path: Path, jobs: int) -> None:
    state = replayed(filled(CALLS), heavier, Files(None, tmp_path / "lines"), jobs)
    lines = lines_of(tmp_path / "lines")
    changed = (CALLS + 2) // 3
    assert state.done
    assert state.counts.calls["calls"] == state.question.calls == CALLS
    assert state.counts.calls["changed"] == len(lines) == changed
    assert [line["seq"] for line in lines] == sorted(line["seq"] for line in lines)


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupted_replay_goes_on_as_if_nothing_had_been(
    filled: Filled, heavier: Content, tmp_path: Path, jobs: int
) -> None:
    record = filled(CALLS)
    whole = replayed(record, heavier, Files(None, tmp_path / "whole"))
    files = Files(tmp_path / "state", tmp_path / "lines")
    stopped = replayed(record, heavier, files, jobs, stop_after=PAGE)
    assert stopped.counts.calls["calls"] == PAGE
    with (tmp_path / "lines").open("a", encoding="utf-8") as lines:
        lines.write("half a line that no state counts")
    gone_on = replayed(record, heavier, files, jobs)
    assert (gone_on.done, gone_on.counts) == (True, whole.counts)
    assert (tmp_path / "lines").read_bytes() == (tmp_path / "whole").read_bytes()
    assert state_in(tmp_path / "state") == gone_on


def test_calls_that_come_in_the_meantime_are_none_of_a_replay_that_goes_on(
    filled: Filled,
    store: Store,
    heavier: Content,
    tmp_path: Path,
) -> None:
    record, files = filled(CALLS), Files(tmp_path / "state", None)
    replayed(record, heavier, files, stop_after=PAGE)
    store.append(call_number(CALLS))
    assert replayed(record, heavier, files).counts.calls["calls"] == CALLS


@pytest.mark.parametrize(
    "other",
    [{"version": "other rules"}, {"since": "2026-02-01T00:00:00.000Z"}, {"client": "client-1"}, {"rule": "lipoma"}],
)
def test_a_replay_does_not_go_on_with_another_question(other: dict[str, Any], tmp_path: Path) -> None:
    State(QUESTION).keep(tmp_path / "state")
    with pytest.raises(StartError, match="other rules, another period or other filters"):
        going_on(tmp_path / "state", replace(QUESTION, **other))


def test_a_file_that_is_no_state_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("{}", encoding="utf-8")
    with pytest.raises(StartError, match="not the state of a replay"):
        going_on(tmp_path / "state", QUESTION)


def test_repeated_deliveries_and_refused_calls_are_counted_and_left_out(filled: Filled, store: Store) -> None:
    record = filled(3)
    first = recorded(MASS)
    for again in (first, first, replace(first, call_id="refused", outcome="refused", body={"reason": "no"})):
        store.append(again)
    found = record.found(Wanted("2026", "9"))
    kept = [packed.seq for page in record.pages(Wanted("2026", "9"), 0, found.last, 2) for packed in page]
    assert (found.calls, found.repeats, found.refused, found.versions) == (4, 1, 1, (CONTENT.version,))
    assert kept == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        pytest.param(Wanted("2026-06-30T12:00:00.000Z", "9"), 4, id="from the moment on"),
        pytest.param(Wanted("2026-06-30T12:00:00.001Z", "9"), 0, id="from later on"),
        pytest.param(Wanted("2026", "2026-06-30T12:00:00.000Z"), 0, id="before the moment"),
        pytest.param(Wanted("2026", "9", client="client-1"), 2, id="of a client"),
        pytest.param(Wanted("2026", "9", service="calcification-patient-view"), 0, id="of another service"),
    ],
)
def test_calls_are_chosen_by_period_client_and_service(filled: Filled, wanted: Wanted, count: int) -> None:
    record = filled(4)
    found = record.found(wanted)
    assert found.calls == count
    assert sum(len(page) for page in record.pages(wanted, 0, found.last, 3)) == count


def test_the_summary_says_what_differs_by_rule_and_why(filled: Filled, heavier: Content) -> None:
    state = replayed(filled(6), heavier, Files(None, None))
    told = "\n".join(summary(state))
    assert "      2  have a card that says something else" in told
    assert "      4  same to the byte" in told
    assert "by lobulated: weight +2 → +4 (2)" in told
    assert "does not show here" in told
