"""A recorded call, told in rows a person can read: the page and `explain` on the command line both show these.

It is made from the record and from the content that judged, not from the present rules: the answer to "why" does not
change when the rules do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.core.evidence import describe, facts_there, history_text, lesion_of
from cds_service.core.facts import Facts
from cds_service.core.facts_json import facts_from_json
from cds_service.core.lab_rows import LabRow as LabRow
from cds_service.core.lab_rows import lab_rows
from cds_service.core.labels import Labels, LabOrder
from cds_service.core.stated_rows import LesionRow, Said, StatedRow, finding_row, lesion_row, said_in
from cds_service.core.statements import Attributes

VERDICTS = {"m": "met", "n": "not met", "u": "unknown", "s": "not stated"}

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One criterion of a rule: its verdict, its signed weight, whether it counted, and the facts behind it."""

    label: str
    verdict: str
    weight: int
    counted: bool
    domain: str
    basis: str
    evidence: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule of the call, judged; `references` are (id, citation, DOI, what it states)."""

    name: str
    ref: str
    status: str
    tier: str
    low: int
    score: int
    high: int
    prior: int
    entry: str
    lesion: str
    capped_by: str
    quote: str
    reviewed: str
    known_gaps: tuple[str, ...]
    references: tuple[tuple[str, str, str, str], ...]
    supports: tuple[ItemRow, ...]
    argues_against: tuple[ItemRow, ...]
    excludes: tuple[ItemRow, ...]


@dataclass(frozen=True, slots=True)
class NextTestRow:
    """A missing test, what it could put first, and what it would move."""

    name: str
    missing: str
    leaders: str
    moved: str


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """A must-not-miss rule whose trigger was met, and whether it spoke.

    One whose `status` is not "active" said nothing; `speaks` is then whether it would have.
    """

    title: str
    ref: str
    speaks: bool
    message: str
    status: str = "active"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report of the call, explained."""

    report_id: str
    status: str
    silent: str
    age: str
    sex: str
    labs: tuple[LabRow, ...]
    history: tuple[StatedRow, ...]
    lesions: tuple[LesionRow, ...]
    findings: tuple[StatedRow, ...]
    said: Said
    rules: tuple[RuleRow, ...]
    tests: tuple[NextTestRow, ...]
    alarms: tuple[AlarmRow, ...]
    set_aside: tuple[tuple[str, str], ...]
    patterns: tuple[str, ...] = ()
    chart_gaps: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """A whole call, explained. `likely` and `possible` are the thresholds in points.

    `silent` says why nothing was read at all, `set_aside` what came and was not read then, and `amiss` where a card had
    an empty member, which was left out, or a summary that is too long. `switched_off` names the rules that were, and
    `switches_age_s` how many seconds ago the switches had been read, where that was too long ago.
    """

    reports: tuple[ReportRow, ...]
    cards: tuple[Json, ...]
    likely: int
    possible: int
    silent: str = ""
    set_aside: tuple[tuple[str, str], ...] = ()
    amiss: tuple[str, ...] = ()
    switched_off: tuple[str, ...] = ()
    switches_age_s: int = 0


def explain(body: Json, content: Json) -> Explanation:
    """Explains a recorded call.

    Args:
        body: the body of its audit record.
        content: the snapshot of the content that judged it.
    """
    labels = labels_of(content)
    off = tuple(body.get("switchedOff", ()))
    content = {**content, **{kind: _switched(content[kind], off) for kind in ("rules", "alarms")}}
    reports = tuple(_report(report, content, labels) for report in body["reports"])
    scoring = content["scoring"]
    return Explanation(
        reports=reports,
        cards=tuple(body["cards"]),
        likely=scoring["likely"],
        possible=scoring["possible"],
        silent=body.get("silent", ""),
        set_aside=tuple((resource, reason) for resource, reason in body.get("setAside", ())),
        amiss=tuple(body.get("amiss", ())),
        switched_off=off,
        switches_age_s=body.get("switchesReadSecondsAgo", 0),
    )


def _switched(rules: Mapping[str, Json], off: tuple[str, ...]) -> Json:
    """The rules of a snapshot, with those that were switched off saying so."""
    return {name: {**rule, "status": "switched off"} if name in off else rule for name, rule in rules.items()}


def labels_of(content: Json) -> Labels:
    """The names that a content snapshot holds."""
    names = content["labels"]
    orders = {lab: LabOrder(lab, *order) for lab, order in names["orders"].items()}
    attributes = Attributes(*(frozenset(names.get("attributes", {}).get(kind, ())) for kind in Attributes._fields))
    return Labels(
        names["labs"], names["units"], names["history"], names["findings"], names["sites"], orders, attributes
    )


def _report(report: Json, content: Json, labels: Labels) -> ReportRow:
    facts = facts_from_json(report["facts"])
    age = "" if facts.patient.age_years is None else describe(["age"], facts, None, labels)
    return ReportRow(
        report_id=report["id"],
        status=report["status"],
        silent=report.get("silent", ""),
        age=age,
        sex=facts.patient.sex or "",
        labs=lab_rows(facts, labels),
        history=tuple(
            StatedRow(
                labels.history.get(item.concept, item.concept), str(item.state), history_text(item), item.resource
            )
            for item in facts.history.values()
        ),
        lesions=tuple(lesion_row(lesion, labels) for lesion in facts.lesions),
        findings=tuple(finding_row(finding, labels) for finding in facts.findings.values()),
        said=said_in(facts, labels),
        rules=_rules(report, content, facts, labels),
        tests=tuple(_test(test, facts, content, labels) for test in report["nextTests"]),
        alarms=(
            *(_alarm(spoken, content, "active") for spoken in report["mustNotMiss"]),
            *(_alarm(spoken, content, "shadow") for spoken in report.get("shadowMustNotMiss", ())),
        ),
        set_aside=tuple((item.resource, item.reason) for item in facts.set_aside),
        patterns=tuple(report.get("patterns", ())),
        chart_gaps=tuple((part, str(why)) for part, why in facts.chart_gaps.items()),
    )


def _rules(report: Json, content: Json, facts: Facts, labels: Labels) -> tuple[RuleRow, ...]:
    places = {rule: place for place, rule in enumerate(report["ranked"])}
    rows = [(_place(outcome, places), _rule(outcome, content, facts, labels)) for outcome in report["outcomes"]]
    return tuple(row for _, row in sorted(rows, key=lambda pair: pair[0]))


def _place(outcome: Json, places: Mapping[str, int]) -> tuple[int, int, str]:
    rule = outcome["rule"].partition("@")[0]
    return places.get(rule, len(places)), -outcome["score"][1], rule


def _rule(outcome: Json, content: Json, facts: Facts, labels: Labels) -> RuleRow:
    rule = content["rules"][outcome["rule"].partition("@")[0]]
    lesion = lesion_of(facts, outcome["lesion"])
    low, score, high = outcome["score"]

    there = facts_there(facts, lesion)

    def items(key: str, sign: int) -> tuple[ItemRow, ...]:
        return tuple(
            _item(
                criterion, letter, sign, describe(filter(there.__contains__, criterion["asks"]), facts, lesion, labels)
            )
            for criterion, letter in zip(rule[key], outcome[key], strict=True)
        )

    return RuleRow(
        name=content["etiologies"][rule["etiology"]],
        ref=outcome["rule"],
        status=rule["status"],
        tier=outcome["tier"],
        low=low,
        score=score,
        high=high,
        prior=rule["prior"],
        entry=VERDICTS[outcome["entry"]],
        lesion=lesion.label if lesion is not None else "",
        capped_by=labels.labs.get(outcome["cappedBy"], ""),
        quote=rule["quote"],
        reviewed=rule["reviewed"],
        known_gaps=tuple(rule.get("known_gaps", ())),
        references=tuple((name, citation, doi, states) for name, citation, doi, states in rule.get("references", ())),
        supports=items("supports", 1),
        argues_against=items("argues_against", -1),
        excludes=items("excludes", 0),
    )


def _item(criterion: Json, letter: str, sign: int, evidence: str) -> ItemRow:
    return ItemRow(
        label=criterion["label"],
        verdict=VERDICTS[letter.lower()],
        weight=sign * criterion.get("weight", 0),
        counted=letter.isupper(),
        domain=criterion.get("domain", ""),
        basis=criterion["basis"],
        evidence=evidence,
    )


def _test(test: Json, facts: Facts, content: Json, labels: Labels) -> NextTestRow:
    order = labels.orders.get(test["lab"])
    named = content["etiologies"]
    return NextTestRow(
        name=order.name if order is not None else labels.labs.get(test["lab"], test["lab"]),
        missing=str(facts.missing_labs.get(test["lab"], "")),
        leaders=", ".join(named[rule] for rule in test["leaders"]),
        moved=", ".join(named[rule] for rule in test["moved"]),
    )


def _alarm(spoken: Json, content: Json, status: str) -> AlarmRow:
    alarm = content["alarms"][spoken["rule"].partition("@")[0]]
    # Snapshots of before there were switches do not name the status.
    told = alarm.get("status", status) if status == "shadow" else status
    return AlarmRow(alarm["title"], spoken["rule"], spoken["speaks"], alarm["message"], told)
