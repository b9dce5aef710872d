"""What a change of the rules would have changed: one edit, recorded calls, and exactly what is expected of them."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.replay.candidates import Edit, candidate
from tests.replay.judging import EGFR, MASS, SARCOMA, deciding, recorded, recorded_by, told
from tests.scenarios.asking import CONTENT

TUMORAL = "rules/tumoral-calcinosis/tumoral-calcinosis.yaml"
DEPOSITS = "rules/must-not-miss/aggressive-mineralised-mass.yaml"
LOBULATED = "label: lobulated, domain: morphology, weight: 2,"
CUT = "normal-kidney: met → not met, “eGFR at least 60 mL/min/1.73 m2” → “eGFR at least 95 mL/min/1.73 m2”"
LOBULATED_ITEM = (
    f"  - {{id: lobulated, {LOBULATED} basis: document, source: DOC,\n     when: {{finding: lobulated}}}}\n"
)
NORMAL: dict[str, Any] = {"labs": [("phosphate", 3.2, "mg/dL"), ("egfr", 90, EGFR)]}
PLAIN = "No soft tissue calcification."


class Change(NamedTuple):
    """A candidate, a call, and what the replay says of it: kinds, what, tiers then and now, what decided."""

    edit: Edit
    text: str
    chart: dict[str, Any]
    kinds: list[str]
    what: list[str]
    rule: str
    tiers: tuple[str, str]
    deciding: list[str]


CHANGES = {
    "a heavier item": Change(
        Edit(TUMORAL, LOBULATED, LOBULATED.replace("2", "4")),
        MASS, {}, ["changed"], ["points"],
        "tumoral-calcinosis", ("possible", "possible"), ["lobulated: weight +2 → +4"],
    ),
    "a lower start": Change(
        Edit(TUMORAL, "prior: -3 ", "prior: -4 "),
        MASS, NORMAL, ["changed"], ["points"],
        "tumoral-calcinosis", ("likely", "likely"), ["prior: -3 → -4"],
    ),
    "a rule in shadow": Change(
        Edit(TUMORAL, "status: active", "status: shadow"),
        MASS, {}, ["changed"], ["ranking", "tier", "tests"],
        "tumoral-calcinosis", ("possible", "possible"), [],
    ),
    "a rule retired": Change(
        Edit(TUMORAL, "status: active", "status: retired"),
        MASS, {}, ["changed"], ["ranking", "tier", "points", "tests"],
        "tumoral-calcinosis", ("possible", "no rule"), ["rule gone"],
    ),
    "a limit moved over the result": Change(
        Edit(TUMORAL, "when: {lab: egfr, at_least: 60,", "when: {lab: egfr, at_least: 95,"),
        MASS, NORMAL, ["changed"], ["tier", "points"],
        "tumoral-calcinosis", ("likely", "possible"), [CUT],
    ),
    "an item that is gone": Change(
        Edit(TUMORAL, LOBULATED_ITEM, ""),
        MASS, {}, ["changed"], ["points"],
        "tumoral-calcinosis", ("possible", "possible"), ["lobulated: gone, met, +2"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_shows_in_the_call_with_what_decided(change: Change, tmp_path: Path) -> None:
    record = recorded(change.text, **change.chart)
    content = candidate(tmp_path, change.edit)
    line, counts = told(record, content)
    assert (line["kinds"], set(line["what"]) >= set(change.what)) == (change.kinds, True)
    assert deciding(line, change.rule) == change.deciding
    assert counts.tiers[change.rule] == {" → ".join(change.tiers): 1}


def test_calls_that_the_change_does_not_touch_are_the_same(tmp_path: Path) -> None:
    content = candidate(tmp_path, CHANGES["a heavier item"].edit)
    line, counts = told(recorded(PLAIN), content)
    assert line == {}
    assert counts.calls == {"calls": 1, "same": 1}


def test_a_threshold_for_all_rules_takes_cards_away_and_is_named_as_the_cause(tmp_path: Path) -> None:
    text = "Calcification about the right hip."
    content = candidate(tmp_path, Edit("rules/scoring.yaml", "possible: {points: 0}", "possible: {points: 3}"))
    line, _ = told(recorded(text), content)
    assert line["kinds"] == ["lost"]
    assert line["lost"][0][0] == "differential"
    assert line["silent"] == [[0, "", "no etiology reaches the threshold to be shown"]]
    assert "possible from: 0 → 3" in deciding(line, line["rules"][0]["rule"])


def test_what_a_candidate_loses_the_other_way_round_is_gained(tmp_path: Path) -> None:
    content = candidate(tmp_path, Edit("rules/scoring.yaml", "possible: {points: 0}", "possible: {points: 3}"))
    record = recorded("Calcification about the right hip.")
    line, _ = told(recorded_by(content, record), CONTENT, {content.version: content.snapshot})
    assert line["kinds"] == ["gained"]


def test_an_alarm_that_is_gone_is_said_to_be_one(tmp_path: Path) -> None:
    content = candidate(tmp_path, Edit(DEPOSITS, "status: active", "status: retired"))
    line, _ = told(recorded(SARCOMA), content)
    assert "lost" in line["kinds"]
    assert "alarm" in line["what"]
    assert [kind for kind, _ in line["lost"]] == ["must-not-miss"]


def test_other_words_alone_are_said_to_be_words(tmp_path: Path) -> None:
    content = candidate(tmp_path, Edit("cards/differential.yaml", "etiology: Etiology", "etiology: Cause"))
    line, counts = told(recorded(MASS), content)
    assert (line["kinds"], line["what"]) == (["changed"], ["wording only"])
    assert "rules" not in line
    assert counts.calls["what: wording only"] == 1


def test_asked_of_one_rule_the_differences_of_others_are_counted_and_not_shown(tmp_path: Path) -> None:
    content = candidate(tmp_path, CHANGES["a heavier item"].edit)
    line, counts = told(recorded(MASS), content, rule="lipoma")
    assert line["kinds"] == ["elsewhere"]
    assert counts.calls == {"calls": 1, "elsewhere": 1}
    assert counts.examples == {}
