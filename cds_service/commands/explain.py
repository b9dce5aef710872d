"""Answer one report, and print why and why not for every rule."""

import json
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from cds_service.commands.trial import add_trial_arguments, tried
from cds_service.core.explanation import AlarmRow, Explanation, ItemRow, ReportRow, RuleRow, explain
from cds_service.settings import from_environment

EXAMPLES = """\
calcification-cds explain report.txt --lab egfr=8 --lab phosphate=8.2:mg/dL
calcification-cds explain request.json --rule tumoral-calcinosis
calcification-cds explain request.json --json"""


def add_arguments(parser: ArgumentParser) -> None:
    """The file and its facts, `--rule` to look at one rule, and `--json`."""
    add_trial_arguments(parser)
    parser.add_argument("--rule", metavar="ID", help="show this rule only")
    parser.add_argument("--json", action="store_true", help="print the explanation as JSON")


def run(arguments: Namespace) -> int:
    """Print the explanation."""
    trial = tried(arguments, from_environment(os.environ))
    told = explain(trial.answer.record.body, trial.content.snapshot)
    print(json.dumps(asdict(told), indent=2, default=str) if arguments.json else as_text(told, arguments.rule))
    return 0


def as_text(told: Explanation, only: str | None) -> str:
    """The explanation as lines of text."""
    lines = [line for report in told.reports for line in _report(report, told, only)]
    if told.silent:
        lines += [f"No report was looked at: {told.silent}", *_set_aside(told.set_aside)]
    return "\n".join(lines)


def _report(report: ReportRow, told: Explanation, only: str | None) -> Iterator[str]:
    yield f"Report {report.report_id} ({report.status})" + (f": silent, {report.silent}" if report.silent else "")
    if only is None:
        yield from _facts(report)
    yield f"\nRules (likely from {told.likely} points, possible from {told.possible})"
    for rule in report.rules:
        if only in (None, rule.ref.partition("@")[0]):
            yield from _rule(rule)
    if report.alarms:
        yield "\nMust not miss"
        yield from (f"  {_word(alarm)}: {alarm.title}" for alarm in report.alarms)
    if report.tests:
        yield "\nMissing tests, the most telling first"
        yield from (f"  {test.name} ({test.missing}): first could be {test.leaders}" for test in report.tests)
    yield from _set_aside(report.set_aside)


def _word(alarm: AlarmRow) -> str:
    if alarm.status != "active":
        return f"{alarm.status}, {'would speak' if alarm.speaks else 'held back'}"
    return "speaks" if alarm.speaks else "held back"


def _set_aside(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    if rows:
        yield "\nSet aside"
        yield from (f"  {resource}: {reason}" for resource, reason in rows)


def _facts(report: ReportRow) -> Iterator[str]:
    yield f"\nFacts\n  {report.age or 'age not known'}, sex {report.sex or 'not known'}"
    for lab in report.labs:
        if not lab.missing:
            compared = f" = {lab.compared}" if lab.conversion else ""
            reads = f"not used: {lab.unused}" if lab.unused else lab.flag
            earlier = f"; {lab.earlier}" if lab.earlier else ""
            told = f"{lab.sent}{compared} {reads} [{lab.range}] {lab.effective} {lab.resource}{earlier}"
            yield f"  lab      {lab.label}: {told}"
    yield from (f"  pattern  {pattern}" for pattern in report.patterns)
    for entry in report.history:
        yield f"  history  {entry.label}: {entry.state}, {entry.told} ({entry.where})"
    for lesion in report.lesions:
        yield f"  lesion   {lesion.label} {lesion.size}".rstrip()
        yield from (f"             {item.label}: {item.state} {item.told}" for item in lesion.findings)
    for item in report.findings:
        yield f"  patient  {item.label}: {item.state} {item.told}"
    for group in report.said.groups:
        for row in group.rows:
            if row.why:
                yield f"  no count {row.label}, {group.label}: {row.assertion}, {row.why}: {row.words}"
    for dispute in report.said.disputes:
        other = f"{dispute.other_state} by {dispute.other_by}"
        yield f"  disputed {dispute.label}, {dispute.lesion}: {dispute.state} by {dispute.by}, but {other}"


def _rule(rule: RuleRow) -> Iterator[str]:
    capped = f", held back: {rule.capped_by} is unknown" if rule.capped_by else ""
    where = f" at {rule.lesion}" if rule.lesion else ""
    yield f"\n  {rule.name} [{rule.ref}]: {rule.tier}, score {rule.score} ({rule.low} to {rule.high}){where}{capped}"
    yield f"    entry {rule.entry}; prior {rule.prior:+d}"
    for item in (*rule.supports, *rule.argues_against):
        yield f"    {_item(item)}"
    for item in rule.excludes:
        yield f"    excludes  {item.verdict:10}  {item.label}" + (f": {item.evidence}" if item.evidence else "")


def _item(item: ItemRow) -> str:
    mark = "*" if item.counted else " "
    evidence = f": {item.evidence}" if item.evidence else ""
    return f"{mark} {item.weight:+d}  {item.verdict:10}  {item.label} ({item.basis}){evidence}"
