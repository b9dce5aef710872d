"""What changed in a rule between two versions, as a clinician would say it."""

from copy import deepcopy
from typing import Any

import pytest

from cds_service.core.rule_changes import (
    Change,
    comparable,
    file_changes,
    line_changes,
    marked,
    rule_changes,
    scoring_changes,
)

ITEM = {
    "id": "egfr-low", "label": "eGFR below 15", "domain": "kidney", "weight": 3, "basis": "literature",
    "source": "A", "defining": False, "when": "eGFR below 15",
}  # fmt: skip
RULE: dict[str, Any] = {
    "version": "1.0.0",
    "status": "active",
    "prior": -2,
    "entry": ["any of", "report: mass", "report: nodule"],
    "supports": [ITEM],
    "argues_against": [],
    "excludes": [{"id": "child", "label": "a child", "basis": "estimate", "source": "", "when": "age below 18 years"}],
    "known_gaps": ["no lab limits"],
    "references": [["A", "A study", "10.1/x", "that it is so"]],
    "yaml": "id: a\n",
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The rule with one part replaced."""
    rule: Any = deepcopy(RULE)
    *parents, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    place = rule
    for part in parents:
        place = place[part]
    place[last] = value
    whole: dict[str, Any] = rule
    return whole


FOR = "item for: eGFR below 15"


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (RULE, []),
        (changed("version", "1.1.0"), [Change("rule", "version", "1.0.0", "1.1.0")]),
        (changed("prior", 0), [Change("rule", "points before any item", "-2", "0")]),
        (changed("status", "shadow"), [Change("rule", "status", "active", "shadow")]),
        (
            changed("entry", "report: mass"),
            [Change("rule", "entry criterion", "any of (report: mass; report: nodule)", "report: mass")],
        ),
        (changed("supports/0/weight", 4), [Change(FOR, "points", "3", "4")]),
        (
            changed("supports/0/when", "eGFR below 20"),
            [Change(FOR, "condition", "eGFR below 15", "eGFR below 20")],
        ),
        (changed("supports/0/defining", True), [Change(FOR, "defining", "no", "yes")]),
        (
            changed("supports", []),
            [Change(FOR, "", "3 points, domain kidney, literature: eGFR below 15", None)],
        ),
        (
            {**RULE, "supports": [], "argues_against": [ITEM]},
            [Change("item against: eGFR below 15", "side", "for", "against")],
        ),
        (changed("excludes", []), [Change("item excluding: a child", "", "estimate: age below 18 years", None)]),
        (
            changed("known_gaps", ["no lab limits", "no ages"]),
            [Change("known gap", "", None, "no ages")],
        ),
        (changed("references", []), [Change("reference A", "", "A study, doi 10.1/x. States: that it is so", None)]),
        (None, [Change("rule", "", "version 1.0.0", None)]),
    ],
)
def test_a_change_is_told(after: dict[str, Any] | None, told: list[Change]) -> None:
    assert list(rule_changes(RULE, after)) == told


def test_a_change_that_is_taken_back_is_told_the_other_way_round() -> None:
    after = changed("supports", [])
    there, back = rule_changes(RULE, after), rule_changes(after, RULE)
    assert [(one.before, one.after) for one in there] == [(one.after, one.before) for one in back]
    assert [one.kind for one in (*there, *back)] == ["removed", "added"]


def test_what_an_earlier_program_did_not_keep_is_not_said_to_be_new() -> None:
    earlier = {key: value for key, value in RULE.items() if key not in ("entry", "yaml")}
    earlier["supports"] = [{key: value for key, value in ITEM.items() if key not in ("when", "source", "defining")}]
    assert rule_changes(earlier, RULE) == ()
    assert not comparable(earlier, RULE)
    assert comparable(None, RULE)


def test_only_the_words_that_differ_are_marked() -> None:
    was, now = marked("eGFR below 15 mL", "eGFR below 20 mL")
    assert was == (("eGFR below", False), ("15", True), ("mL", False))
    assert now == (("eGFR below", False), ("20", True), ("mL", False))


def test_lines_are_compared_with_what_stands_around_them() -> None:
    lines = line_changes("a: 1\nb: 2\n", "a: 1\nb: 3\n")
    assert [(line.kind, line.text) for line in lines[1:]] == [("same", "a: 1"), ("removed", "b: 2"), ("added", "b: 3")]
    assert line_changes("a: 1\n", "a: 1\n") == ()


def test_files_and_thresholds_that_changed_are_named() -> None:
    before = {"files": {"a": "1", "b": "1"}, "scoring": {"likely": 4, "possible": 0}}
    after = {"files": {"b": "2", "c": "1"}, "scoring": {"likely": 5, "kinds": 2, "possible": 0}}
    files = file_changes(before, after)
    assert files is not None
    assert [(one.what, one.kind) for one in files] == [("a", "removed"), ("b", "changed"), ("c", "added")]
    assert [(one.aspect, one.before, one.after) for one in scoring_changes(before, after)] == [
        ("points for likely", "4", "5")
    ]
    assert file_changes({"scoring": {}}, after) is None
