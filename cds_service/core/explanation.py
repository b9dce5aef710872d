"""A recorded call, told in rows a person can read: the page and `explain` on the command line both show these.

It is made from the record and from the content that judged, not from the present rules: the answer to "why" does not
change when the rules do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cds_service.core.evidence import describe, history_text
from cds_service.core.facts_json import facts_from_json
from cds_service.core.lab_rows import LabRow as LabRow
from cds_service.core.lab_rows import lab_rows
from cds_service.core.labels import Labels, LabOrder
from cds_service.core.missing_rows import NextTestRow as NextTestRow
from cds_service.core.missing_rows import missing_rows
from cds_service.core.rule_rows import ItemRow as ItemRow
from cds_service.core.rule_rows import RuleRow as RuleRow
from cds_service.core.rule_rows import rule_rows
from cds_service.core.rules import ACTIVE
from cds_service.core.scoring import TIER_ORDER
from cds_service.core.stated_rows import LesionRow, Said, StatedRow, finding_row, lesion_row, said_in
from cds_service.core.statements import Attributes

Json = Mapping[str, Any]


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
    an empty member, which was left out, or a summary that is too long. `switched_off` names the rules that were off at
    the time and were not judged.
    `switches_age_s` is how many seconds ago the switches had been read, where that was too long ago.
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


def explain(body: Json, content: Json, texts: Sequence[str] = ()) -> Explanation:
    """Explains a recorded call.

    Args:
        body: the body of its audit record.
        content: the snapshot of the content that judged it.
        texts: the texts of its reports in their order, where they are at hand.
    """
    labels = labels_of(content)
    off = tuple(body.get("switchedOff", ()))
    whole = dict(enumerate(texts))
    reports = tuple(
        _report(report, content, labels, off, whole.get(place, "")) for place, report in enumerate(body["reports"])
    )
    scoring = content["scoring"]
    return Explanation(
        reports=reports,
        cards=tuple(body["cards"]),
        likely=scoring["likely"],
        possible=scoring["possible"],
        silent=body.get("silent", ""),
        set_aside=tuple((resource, reason) for resource, reason in body.get("setAside", ())),
        amiss=tuple(body.get("amiss", ())),
        switched_off=tuple(_name_of_rule(rule, content) for rule in off if rule not in _judged(body)),
        switches_age_s=body.get("switchesReadSecondsAgo", 0),
    )


def _judged(body: Json) -> frozenset[str]:
    """The ids of the rules that were judged on some report of the call."""
    return frozenset(outcome["rule"].partition("@")[0] for report in body["reports"] for outcome in report["outcomes"])


def _name_of_rule(rule: str, content: Json) -> str:
    if rule in content["rules"]:
        return str(content["etiologies"][content["rules"][rule]["etiology"]])
    return str(content["alarms"].get(rule, {}).get("title", rule))


def labels_of(content: Json) -> Labels:
    """The names that a content snapshot holds."""
    names = content["labels"]
    orders = {lab: LabOrder(lab, *order) for lab, order in names["orders"].items()}
    attributes = Attributes(*(frozenset(names.get("attributes", {}).get(kind, ())) for kind in Attributes._fields))
    return Labels(
        names["labs"], names["units"], names["history"], names["findings"], names["sites"], orders, attributes
    )


def _report(report: Json, content: Json, labels: Labels, off: Sequence[str], text: str) -> ReportRow:
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
        said=said_in(facts, labels, text),
        rules=rule_rows(report, content, facts, labels, off),
        tests=missing_rows(report, TIER_ORDER, content, facts, labels),
        alarms=(
            *(_alarm(spoken, content, ACTIVE) for spoken in report["mustNotMiss"]),
            *(
                _alarm(spoken, content, _of_shadow(spoken, content, off))
                for spoken in report.get("shadowMustNotMiss", ())
            ),
        ),
        set_aside=tuple((item.resource, item.reason) for item in facts.set_aside),
        patterns=tuple(report.get("patterns", ())),
        chart_gaps=tuple((part, str(why)) for part, why in facts.chart_gaps.items()),
    )


def _alarm(spoken: Json, content: Json, status: str) -> AlarmRow:
    alarm = content["alarms"][spoken["rule"].partition("@")[0]]
    return AlarmRow(alarm["title"], spoken["rule"], spoken["speaks"], alarm["message"], status)


def _of_shadow(spoken: Json, content: Json, off: Sequence[str]) -> str:
    name = spoken["rule"].partition("@")[0]
    # Snapshots of before there were switches do not name the status.
    return "switched off" if name in off else str(content["alarms"][name].get("status", "shadow"))
