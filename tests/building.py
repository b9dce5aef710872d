"""Small builders for tests: facts, rules and results with only what a test is about spelled out."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from cds_service.core.conditions import Condition, HasFinding
from cds_service.core.evaluate import Engine
from cds_service.core.facts import (
    Facts,
    Finding,
    HistoryFact,
    LabResult,
    Lesion,
    Missing,
    Patient,
    ReferenceRange,
    Span,
    State,
)
from cds_service.core.quantity import Interval
from cds_service.core.rules import Alarm, Etiology, Exclusion, Item, Rule, RuleSet, Scoring
from cds_service.core.view import HistorySources

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
PHOSPHATE = ReferenceRange(Decimal("2.5"), Decimal("4.5"), "test")
CALCIFIED = HasFinding(("soft-tissue-calcification",))
_STATES = {"-": State.DENIED, "?": State.UNCERTAIN}


def finding(stated: str) -> Finding:
    """A finding as stated: "x" present, "-x" denied, "?x" uncertain."""
    concept = stated.lstrip("-?")
    return Finding(concept, _STATES.get(stated[0], State.PRESENT), (Span(0, 1, f"words about {concept}"),))


def lesion(*stated: str, at: str | None = "hip", size: str | None = None) -> Lesion:
    """A lesion at a site with findings as `finding` reads them."""
    findings = {item.concept: item for item in map(finding, stated)}
    return Lesion(at or "unsited", at or "site not stated", at, Decimal(size) if size else None, findings)


def lab(name: str, value: str, limits: ReferenceRange | None = None, age_days: int | None = 1) -> LabResult:
    """A result: a number, a number after ">" or "<", or a word."""
    if value[0].isdigit():
        allowed: Interval | None = Interval.exactly(Decimal(value))
    elif value[0] == ">":
        allowed = Interval(Decimal(value[1:]), None, low_open=True)
    elif value[0] == "<":
        allowed = Interval(None, Decimal(value[1:]), high_open=True)
    else:
        allowed = None
    word = value if allowed is None else None
    return LabResult(name, allowed, word, limits, value, "", "2025-12-31", age_days, f"Observation/{name}")


def facts(
    *lesions: Lesion,
    labs: Iterable[LabResult] = (),
    missing: Mapping[str, Missing] | None = None,
    history: Iterable[str] = (),
    lists: Iterable[str] = ("conditions",),
    findings: Iterable[str] = (),
    age: str | None = None,
) -> Facts:
    """Facts as of 2026-01-01; history entries as `finding` reads findings."""
    entries = [finding(stated) for stated in history]
    return Facts(
        as_of=AS_OF,
        patient=Patient(Decimal(age) if age else None, None),
        labs={result.lab: result for result in labs},
        missing_labs=missing or {},
        history={item.concept: HistoryFact(item.concept, item.state, item.concept, "Condition/1") for item in entries},
        history_lists=frozenset(lists),
        lesions=lesions,
        findings={item.concept: item for item in map(finding, findings)},
        set_aside=(),
    )


def item(name: str, when: Condition, weight: int = 2, domain: str = "", defining: bool = False) -> Item:
    """A weighted item in a domain of its own unless one is named."""
    return Item(name, name, domain or name, weight, "estimate", "", defining, when)


def rule(
    name: str,
    *supports: Item,
    against: Iterable[Item] = (),
    excludes: Iterable[Exclusion] = (),
    entry: Condition = CALCIFIED,
    prior: int = 0,
    status: str = "active",
) -> Rule:
    """A rule for an etiology of the same name."""
    return Rule(
        name, "1.0.0", status, name, "document.txt", f"the words on {name}", (), entry, prior, supports,
        tuple(against), tuple(excludes), (), "none",
    )  # fmt: skip


def engine(*rules: Rule, alarms: Iterable[Alarm] = (), lists: Mapping[str, frozenset[str]] | None = None) -> Engine:
    """An engine with the thresholds of the product: likely at 4 with two kinds of evidence, possible at 0."""
    etiologies = {each.etiology: Etiology(each.etiology, each.etiology, "", "", "", ()) for each in rules}
    rule_set = RuleSet(Scoring(4, 2, 0), rules, tuple(alarms), etiologies)
    return Engine.of(rule_set, HistorySources(lists or {}))


def no_range(_lab: str) -> ReferenceRange | None:
    """No default reference range for any lab."""
    return None


def usual_range(name: str) -> ReferenceRange | None:
    """Default ranges of the labs that tests ask about."""
    return {"phosphate": PHOSPHATE}.get(name)
