"""The history of a rule, as far as the store has kept the content versions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from cds_service.audit.contents import Contents
from cds_service.audit.rule_history import compare_contents, compare_rule, history_of, kind_of_file
from cds_service.audit.store import Store
from tests.audit.stores import store_on

START = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


def _rule(weight: int, text: str = "", **more: Any) -> dict[str, Any]:
    item = {
        "id": "mass",
        "label": "a mass",
        "weight": weight,
        "domain": "d",
        "basis": "estimate",
        "when": "report: mass",
    }
    yaml = text or f"weight: {weight}\n"
    return {"etiology": "cppd", "version": "1.0.0", "supports": [item], "yaml": yaml, **more}


def _snapshot(
    rules: dict[str, Any], alarms: dict[str, Any] | None = None, files: dict[str, str] | None = None
) -> dict[str, Any]:
    return {
        "scoring": {"likely": 4, "kinds": 2, "possible": 0},
        "etiologies": {"cppd": "CPPD"},
        "rules": rules,
        "alarms": alarms or {},
        "files": files or {},
    }


ALARM = {"title": "High calcium", "message": "Call.", "version": "1.0.0", "yaml": "a"}
VERSIONS = [
    ("v1", _snapshot({"cppd": _rule(2)})),
    ("v2", _snapshot({"cppd": _rule(2)}, {"high": ALARM})),
    ("v3", _snapshot({"cppd": _rule(3)}, {"high": ALARM})),
    ("v4", _snapshot({"cppd": _rule(3, "weight: 3 # three\n")}, {"high": {**ALARM, "message": "Call now."}})),
    ("v5", _snapshot({}, {"high": {**ALARM, "message": "Call now."}})),
]


@pytest.fixture
def contents(engine: Engine) -> Contents:
    """Five content versions, an hour apart."""
    for hours, (version, snapshot) in enumerate(VERSIONS):
        kept = store_on(engine, START + timedelta(hours=hours), f"w{hours}-")
        kept.put_content(version, snapshot)
    return Contents(kept.reading)


def test_versions_stand_in_the_order_of_their_first_use(contents: Contents) -> None:
    assert [(one.version, one.first_seen[11:13]) for one in contents.versions()] == [
        ("v1", "12"), ("v2", "13"), ("v3", "14"), ("v4", "15"), ("v5", "16"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("cppd", [("v4", "v5", ["removed"]), ("v3", "v4", []), ("v2", "v3", ["changed"]), (None, "v1", ["added"])]),
        ("high", [("v3", "v4", ["changed"]), ("v1", "v2", ["added"])]),
        ("lipoma", []),
    ],
)
def test_only_versions_in_which_the_rule_changed_are_listed(rule: str, told: list[Any], contents: Contents) -> None:
    steps = [
        (one.before.version if one.before else None, one.after.version, [each.kind for each in one.comparison.changes])
        for one in history_of(contents, rule)
    ]
    assert steps == told


def test_a_rule_that_is_gone_keeps_its_name(contents: Contents) -> None:
    assert history_of(contents, "cppd")[0].comparison.name == "CPPD"


def test_a_comment_in_the_file_is_a_difference_of_lines_only(contents: Contents) -> None:
    compared = compare_rule(contents.snapshot("v3"), contents.snapshot("v4"), "cppd")
    assert not compared.changes
    assert [line.text for line in compared.lines if line.kind == "added"] == ["weight: 3 # three"]


def test_a_version_that_was_never_used_is_not_made_up(contents: Contents) -> None:
    with pytest.raises(LookupError):
        contents.snapshot("v9")


def test_other_files_are_told_by_what_they_hold_and_rules_by_what_they_say() -> None:
    before = _snapshot({"cppd": _rule(2)}, files={"rules/crystal/cppd.yaml": "1", "cards/differential.yaml": "1"})
    after = _snapshot({"cppd": _rule(3)}, files={"rules/crystal/cppd.yaml": "2", "cards/differential.yaml": "2"})
    compared = compare_contents(before, {**after, "scoring": {"likely": 5, "kinds": 2, "possible": 0}})
    assert [one.rule for one in compared.rules] == ["cppd"]
    assert [one.aspect for one in compared.thresholds] == ["points for likely"]
    assert compared.files is not None
    assert [(kind, change.what) for kind, change in compared.files] == [("wording of cards", "cards/differential.yaml")]


def test_a_version_of_an_earlier_program_is_compared_as_far_as_it_goes(store: Store) -> None:
    earlier = {key: value for key, value in _snapshot({"cppd": _rule(2)}).items() if key != "files"}
    del earlier["rules"]["cppd"]["yaml"]
    store.put_content("old", earlier)
    compared = compare_contents(Contents(store.reading).snapshot("old"), _snapshot({"cppd": _rule(3)}))
    assert compared.files is None
    assert [(one.whole, [each.aspect for each in one.changes]) for one in compared.rules] == [(False, ["points"])]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("rules/crystal/cppd.yaml", "rule"),
        ("rules/must-not-miss/a.yaml", "must-not-miss rule"),
        ("rules/vocabulary/labs.yaml", "vocabulary"),
        ("rules/scoring.yaml", "thresholds"),
        ("rules/source-attributes.yaml", "source attributes"),
        ("cards/schema/card-common.schema.json", "schema"),
        ("cards/common.yaml", "wording of cards"),
    ],
)
def test_a_file_is_of_a_kind(name: str, kind: str) -> None:
    assert kind_of_file(name) == kind
