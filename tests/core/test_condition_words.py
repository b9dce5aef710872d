"""Conditions in words: nothing that a rule asks is lost on its page, least of all a number."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cds_service.content.files import alarm_files, rule_files
from cds_service.content.load import load_content
from cds_service.content.locate import default_content
from cds_service.content.yaml_source import read_source
from cds_service.core.condition_words import Words, in_words, length_in_words, words_from_json
from cds_service.core.conditions import (
    AllOf,
    AnyOf,
    AtSite,
    Bounds,
    Condition,
    HasFinding,
    InHistory,
    LabIs,
    LabWithin,
    Not,
    OfAge,
    OfSex,
    OfSize,
    Without,
)
from cds_service.core.course import FALLING, LabSustained, LabTrend, TrendTerms
from cds_service.core.labels import Labels
from cds_service.core.rule_text import RuleText

RULES, CARDS = default_content()
CONTENT = load_content(RULES, CARDS)
FILES = [*rule_files(RULES), *alarm_files(RULES)]
LABELS = Labels(
    labs={"egfr": "eGFR", "ana": "ANA"},
    units={"egfr": "mL/min/1.73 m2", "ana": ""},
    history={"burn": "burn", "skin": "painful or necrotic skin"},
    findings={"lobulated": "lobulated"},
    sites={"tmj": "jaw joint", "hip": "hip"},
    orders={},
)
LOBULATED, BURN = HasFinding(("lobulated",)), InHistory(("burn",))
NUMBERED = {"above", "at_least", "below", "at_most", "within", "before", "for_days"}


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (LOBULATED, "report: lobulated"),
        (AtSite(("hip", "tmj")), "site: hip or jaw joint"),
        (OfSize(Bounds((("above", Decimal(50)),))), "size above 50 mm"),
        (OfAge(Bounds((("at_least", Decimal(2)), ("below", Decimal(10))))), "age at least 2 and below 10 years"),
        (OfSex("female"), "sex female"),
        (InHistory(("burn", "skin")), "history: burn or “painful or necrotic skin”"),
        (InHistory(("burn",), within_days=180), "history: burn, no longer ago than 6 months (180 days)"),
        (InHistory(("burn",), before_days=1825), "history: burn, longer ago than 5 years (1825 days)"),
        (LabIs("egfr", "low", 7), "eGFR low for its reference range, result no older than 7 days"),
        (LabIs("ana", "positive"), "ANA positive"),
        (LabWithin("egfr", Bounds((("at_most", Decimal("14.5")),))), "eGFR at most 14.5 mL/min/1.73 m2"),
        (
            LabSustained("egfr", Bounds((("below", Decimal(60)),)), 90),
            "eGFR below 60 mL/min/1.73 m2, now and throughout 90 days or more",
        ),
        (
            LabTrend("egfr", FALLING, TrendTerms(Decimal("0.25"), Decimal(5), 30, 730)),
            "eGFR falling: by at least 25 % and 5 mL/min/1.73 m2 between results 30 to 730 days apart",
        ),
        (
            AnyOf((LOBULATED, AllOf((BURN, LOBULATED)))),
            "any of (report: lobulated; all of (history: burn; report: lobulated))",
        ),
        (AllOf((LOBULATED,)), "report: lobulated"),
        (Not(BURN), "known not to be so: history: burn"),
        (Without(BURN), "unless this is known: history: burn"),
    ],
)
def test_a_condition_reads(condition: Condition, said: str) -> None:
    words = in_words(condition, LABELS)
    assert words.line == said
    assert words_from_json(words.as_json()) == words


@pytest.mark.parametrize(
    ("days", "said"),
    [(1, "1 day"), (7, "7 days"), (30, "1 month (30 days)"), (360, "12 months (360 days)"), (365, "1 year (365 days)")],
)
def test_a_length_of_time_says_its_days(days: int, said: str) -> None:
    assert length_in_words(days) == said


def _numbers(asked: Any) -> Iterator[str]:
    """Every number and unit of a condition as its editor wrote it."""
    if isinstance(asked, list):
        for part in asked:
            yield from _numbers(part)
    elif isinstance(asked, dict):
        for key, value in asked.items():
            if key in NUMBERED:
                yield from re.findall(r"[0-9.]+|month|year|day", str(value)) if key != "for_days" else [str(value)]
            elif key == "unit":
                yield str(value).translate({ord("{"): None, ord("}"): None, ord("_"): " "})
            else:
                yield from _numbers(value)


def _said_of(text: RuleText, path: str, data: dict[str, Any]) -> list[tuple[Any, Words]]:
    if path == "must-not-miss":
        unless = [] if text.unless is None else [(data["unless"], text.unless)]
        return [(data["trigger"], text.entry), *unless]
    items = [item for group in ("supports", "argues_against", "excludes") for item in data[group]]
    said = zip((item["when"] for item in items), (item.when for item in text.criteria), strict=True)
    return [(data["entry"], text.entry), *said]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_number_and_unit_of_a_rule_s_file_stands_in_its_words(path: Path) -> None:
    data = read_source(path, path.name).data
    for written, words in _said_of(CONTENT.in_words[data["id"]], path.parent.name, data):
        tokens = re.findall(r"[0-9]+(?:\.[0-9]+)?|[a-z]+", words.line)
        for said in _numbers(written):
            is_token = said in tokens or f"{said}s" in tokens
            assert is_token or (said in words.line and not said[0].isdigit()), f"{said} is not in {words.line!r}"


def test_rules_do_ask_for_numbers() -> None:
    sources = [read_source(path, path.name).data for path in FILES]
    assert sum(1 for data in sources for _ in _numbers(data)) > 60


def test_every_id_that_a_rule_asks_has_a_name() -> None:
    for text in CONTENT.in_words.values():
        assert all(name for asked in (text.asks.labs, text.asks.report, text.asks.history) for name in asked)


def test_rules_that_ask_the_same_name_each_other() -> None:
    for text in CONTENT.in_words.values():
        for item in text.criteria:
            for other, _ in item.shared_with:
                assert item.when.line in [each.when.line for each in CONTENT.in_words[other].criteria]
