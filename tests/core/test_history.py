"""When a text says that something began, and what a question about recent or old history makes of it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from cds_service.content.vocabulary import Vocabulary
from cds_service.core.conditions import InHistory
from cds_service.core.evidence import history_text
from cds_service.core.facts import Facts, HistoryFact, State
from cds_service.core.facts_json import facts_from_json, facts_to_json
from cds_service.core.history import dated
from cds_service.core.verdict import MET, NOT_MET, UNKNOWN, Verdict
from cds_service.core.view import HistorySources, View
from tests.building import facts
from tests.shipped import shipped_content

TODAY = date(2026, 11, 22)
UNDATED = ("", None, False)


@cache
def vocabulary() -> Vocabulary:
    return shipped_content().vocabulary


def told(text: str, age: int | None = 70) -> dict[str, HistoryFact]:
    """What a text of today tells of a patient of this age."""
    years = None if age is None else Decimal(age)
    return {fact.concept: dated(fact, TODAY, years) for fact in vocabulary().read_history(text, "Condition/1")}


@pytest.mark.parametrize(
    ("text", "concept", "when"),
    [
        ("Burn 3 months ago", "burn", ("3 months ago", 90, False)),
        ("Burn, 40 years ago.", "burn", ("40 years ago", 14600, False)),
        ("Burn two weeks ago", "burn", ("two weeks ago", 14, False)),
        ("Burn in 1985", "burn", ("1985", 15300, False)),
        ("Burn (1985)", "burn", ("1985", 15300, False)),
        ("Burn March 2019", "burn", ("2019-03", 2823, False)),
        ("Burn 2019-03-02", "burn", ("2019-03-02", 2822, False)),
        ("Dialysis since 2019", "dialysis", ("2019", 2882, False)),
        ("On dialysis for 10 years", "dialysis", ("for 10 years", 3650, False)),
        ("10-year history of dialysis", "dialysis", ("10-year history", 3650, False)),
        ("s/p fall last week", "trauma", ("last week", 7, False)),
        ("6 months after total hip replacement", "surgery", ("6 months after", 180, False)),
        ("Burn many years ago", "burn", ("many years ago", 1095, True)),
        ("Burn as a child", "burn", ("as a child", 18993, True)),
        ("Burn at age 12", "burn", ("at age 12", 21184, True)),
        # What is no time of the mention.
        ("Burn of 40 percent", "burn", UNDATED),
        ("Burn, film 1985 of 2000", "burn", UNDATED),
        ("Burn in 2030", "burn", ("2030", None, False)),
        ("45 year old with a burn", "burn", UNDATED),
        ("Fall 2 weeks ago. Burn.", "burn", UNDATED),
        ("Fall 2 weeks ago, dialysis", "dialysis", UNDATED),
        ("Painful mass 6 months after a burn", "painful-mass", UNDATED),
        ("No burn in 1985", "burn", UNDATED),
    ],
)
def test_a_text_says_when(text: str, concept: str, when: tuple[str, int | None, bool]) -> None:
    found = told(text)[concept]
    assert (found.onset, found.age_days, found.at_least) == when


def test_each_of_several_mentions_has_its_own_time() -> None:
    found = told("Hip replacement in 1985 and burn last week; fall and fracture 3 months ago")
    assert {name: fact.onset for name, fact in found.items()} == {
        "surgery": "1985",
        "burn": "last week",
        "trauma": "3 months ago",
    }


@pytest.mark.parametrize(("age", "days"), [(70, 18993), (19, 365), (10, None), (None, None)])
def test_childhood_is_as_long_ago_as_the_patient_is_older(age: int | None, days: int | None) -> None:
    assert told("Burn in childhood", age)["burn"].age_days == days


@pytest.mark.parametrize(
    ("text", "is_child"),
    [
        ("Child with a lump", True),
        ("Burn as a child", False),
        ("Seizures in childhood, thigh mass now", False),
        ("Burned when she was a girl", False),
    ],
)
def test_who_was_a_child_once_is_no_child(text: str, is_child: bool) -> None:
    assert ("child-stated" in told(text)) is is_child


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("Normal renal function", {"ckd-g3", "ckd-g4-5"}),
        ("Renal function is preserved.", {"ckd-g3", "ckd-g4-5"}),
        ("No renal impairment", {"ckd-g3", "ckd-g4-5"}),
        ("No kidney disease, normal calcium", {"ckd-g3", "ckd-g4-5", "hypercalcaemia"}),
        ("No renal failure", {"ckd-g4-5"}),
        ("No trauma, fever or weight loss", {"trauma"}),
        ("Calcium and phosphate are normal", {"hypercalcaemia", "hyperphosphataemia"}),
        ("Possibly normal renal function", set()),
        ("Not normal renal function", set()),
        ("Abnormal renal function", set()),
        ("Mother has normal renal function", set()),
    ],
)
def test_a_statement_of_normality_denies(text: str, denied: set[str]) -> None:
    assert {name for name, fact in told(text).items() if fact.state is State.DENIED} == denied


def past(onset: str, days: int | None, at_least: bool = False) -> HistoryFact:
    return HistoryFact("burn", State.PRESENT, "burn", "Condition/1", onset, days, at_least)


@pytest.mark.parametrize(
    ("fact", "within_a_year", "before_a_year"),
    [
        (past("2025-12-01", 31), MET, NOT_MET),
        (past("1986-01-01", 14610), NOT_MET, MET),
        (past("", None), MET, UNKNOWN),
        # A year or a month alone may mean its last day.
        (past("2025", 365), MET, NOT_MET),
        (past("2024", 729), MET, UNKNOWN),
        (past("2023", 1096), NOT_MET, MET),
        (past("2024-12", 394), MET, UNKNOWN),
        (past("2024-11", 426), NOT_MET, MET),
        # Recorded on that day, or "years ago": it began then or earlier.
        (past("2025-12-01", 31, True), MET, UNKNOWN),
        (past("years ago", 400, True), NOT_MET, MET),
        (HistoryFact("burn", State.UNCERTAIN, "burn", "Condition/1", "2025-12-01", 31), UNKNOWN, UNKNOWN),
        (HistoryFact("burn", State.DENIED, "no burn", "Condition/1"), NOT_MET, NOT_MET),
    ],
)
def test_recent_and_long_ago_are_asked_apart(fact: HistoryFact, within_a_year: Verdict, before_a_year: Verdict) -> None:
    view = View.at(_knowing(fact), HistorySources({}), None)
    asked = [InHistory(("burn",), 365).verdict(view), InHistory(("burn",), None, 365).verdict(view)]
    assert asked == [within_a_year, before_a_year]


@pytest.mark.parametrize(
    ("ended", "days", "counts_for", "verdict"),
    [
        (None, None, 365, MET),
        ("2025-12-01", 31, 365, MET),
        ("2020-01-01", 2192, 365, NOT_MET),
        ("", None, 365, UNKNOWN),
        ("2020-01-01", 2192, None, MET),
    ],
)
def test_what_is_over_counts_for_as_long_as_the_vocabulary_says(
    ended: str | None, days: int | None, counts_for: int | None, verdict: Verdict
) -> None:
    fact = HistoryFact("burn", State.PRESENT, "burn", "Condition/1", ended=ended, ended_days=days)
    sources = HistorySources({}, {} if counts_for is None else {"burn": counts_for})
    assert InHistory(("burn",)).verdict(View.at(_knowing(fact), sources, None)) is verdict


def test_a_burn_lasts_and_dialysis_does_not() -> None:
    lapses = vocabulary().history.lapses()
    assert "burn" not in lapses
    assert lapses["dialysis"] == 365


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        (past("", None), "burn"),
        (past("1985", 15000), "burn (1985)"),
        (past("2016-11-22", 3652, True), "burn (2016-11-22 or before)"),
        (past("as a child", 9000, True), "burn (as a child)"),
        (HistoryFact("burn", State.PRESENT, "burn", "", "1985", 1, ended="2019"), "burn (1985, ended 2019)"),
        (HistoryFact("burn", State.PRESENT, "burn", "", ended=""), "burn (ended)"),
    ],
)
def test_the_dates_are_shown_with_the_entry(fact: HistoryFact, text: str) -> None:
    assert history_text(fact) == text


def test_dates_survive_the_record() -> None:
    known = _knowing(HistoryFact("burn", State.PRESENT, "burn", "report", "1985", 15000, True, "2019", 2500))
    assert facts_from_json(facts_to_json(known)).history == known.history


def _knowing(fact: HistoryFact) -> Facts:
    return replace(facts(), history={fact.concept: fact})
