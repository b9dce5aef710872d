"""What the candidate asks for and the recorded version did not read is unknown in a replay, and said to be so."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cds_service.audit.answered import Before
from cds_service.audit.record import AuditRecord
from tests.replay.judging import EGFR, MASS, deciding, recorded, told, without_given
from tests.scenarios.asking import CONTENT, ask, hook_request

Json = dict[str, Any]

OLD = "an-earlier-version"
CHART: Json = {"labs": [("phosphate", 8.2, "mg/dL"), ("egfr", 90, EGFR)], "birth_date": "1986-01-01"}


def earlier(change: Callable[[Json], object]) -> Json:
    """The snapshot of an earlier version, whose names are other than today's."""
    snapshot = copy.deepcopy(CONTENT.snapshot)
    change(snapshot["labels"])
    return snapshot


def by_earlier(record: AuditRecord) -> AuditRecord:
    """The record, as if the earlier version had judged it."""
    return replace(record, content_version=OLD)


NAMES: dict[str, tuple[Callable[[Json], object], str]] = {
    "a finding": (lambda labels: labels["findings"].pop("fluid-calcium-level"), "finding:fluid-calcium-level"),
    "a lab": (lambda labels: labels["labs"].pop("fgf23"), "lab:fgf23"),
    "a history entry": (lambda labels: labels["history"].pop("chalky-discharge"), "history:chalky-discharge"),
    "a lab's unit": (lambda labels: labels["units"].update(phosphate="mmol/L"), "lab:phosphate"),
}


@pytest.mark.parametrize(("change", "ref"), NAMES.values(), ids=NAMES.keys())
def test_a_call_is_unsure_where_what_was_not_read_then_could_matter(change: Callable[[Json], object], ref: str) -> None:
    line, counts = told(by_earlier(recorded(MASS, **CHART)), CONTENT, {OLD: earlier(change)})
    assert line["unsure"] == [ref]
    assert counts.calls["unsure"] == 1
    assert counts.examples["unsure"] == [line]


@pytest.mark.parametrize(("change", "_ref"), NAMES.values(), ids=NAMES.keys())
def test_a_call_in_which_no_rule_is_entered_is_sure(change: Callable[[Json], object], _ref: str) -> None:
    line, _ = told(by_earlier(recorded("No soft tissue calcification.")), CONTENT, {OLD: earlier(change)})
    assert line == {}


def test_a_number_in_a_unit_of_another_time_is_not_compared() -> None:
    record = by_earlier(recorded(MASS, **CHART))
    line, _ = told(record, CONTENT, {OLD: earlier(lambda labels: labels["units"].update(phosphate="mmol/L"))})
    assert "phosphate-high: met → unknown" in deciding(line, "tumoral-calcinosis")


def test_a_history_that_nobody_read_is_unknown_though_its_list_was_read() -> None:
    record = by_earlier(recorded(MASS, **CHART))
    line, _ = told(record, CONTENT, {OLD: earlier(lambda labels: labels["history"].pop("chalky-discharge"))})
    assert "course: not stated → unknown" in deciding(line, "tumoral-calcinosis")


def test_a_version_that_is_not_on_record_leaves_the_call_comparable_without_names_of_items() -> None:
    assert told(by_earlier(recorded(MASS)), CONTENT, {})[0] == {}


@pytest.mark.parametrize("text", [MASS, "No soft tissue calcification."])
def test_a_record_from_before_replay_is_compared_by_its_differential(text: str) -> None:
    line, counts = told(without_given(recorded(text)), CONTENT)
    assert line == {}
    assert counts.calls == {"calls": 1, "same": 1, "before replay": 1}


def test_a_card_that_was_told_before_stays_untold_and_its_rules_are_compared() -> None:
    known = ask(hook_request(MASS), before=Before("reader", {})).record
    calls = dict.fromkeys(known.body["answered"]["digests"], "call-1")
    again = ask(hook_request(MASS), before=Before("reader", calls)).record
    assert again.body["reports"][0]["given"]["earlier"] == "call-1"
    assert told(again, CONTENT)[0] == {}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        pytest.param({"service": "gone"}, "the service gone is not there any more", id="a service that is gone"),
        pytest.param({"body": {"cards": []}}, "the record is incomplete (KeyError)", id="a record without reports"),
    ],
)
def test_a_record_that_cannot_be_judged_is_told_and_stops_nothing(changed: Json, why: str) -> None:
    line, counts = told(replace(recorded(MASS), **changed), CONTENT)
    assert line["cannot"] == why
    assert counts.calls == {"calls": 1, "cannot": 1}
