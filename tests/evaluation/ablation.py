"""`make ablate`: each group of facts left out in turn, and what that costs on the published cases.

The facts are read once for each case; a group is taken out of them, and what is left is judged. Nothing else changes.
"""

import argparse
import sys
from collections.abc import Sequence

from cds_service.content.load import Content
from cds_service.core.evaluate import facts_asked
from cds_service.core.facts import Facts
from cds_service.core.facts_json import facts_from_json
from cds_service.core.history import dated
from cds_service.core.ranking import kin_of
from cds_service.core.scoring import criteria_of
from cds_service.fhir.chart import read_chart
from cds_service.fhir.draft import read_draft
from cds_service.fhir.request import read_call
from cds_service.hooks.service import Desk
from cds_service.judgement import judge
from tests.evaluation.figures import wilson
from tests.evaluation.groups import GROUPS, Known, LeaveOut, everything, ungrouped
from tests.evaluation.published import HOOK, PublishedCase, add_folder_argument, chosen_cases
from tests.evaluation.results import AS_OF, SERVICE, Placing, answered
from tests.evaluation.tables import named
from tests.shipped import shipped_content

HEADINGS = (
    "left out",
    "in cases",
    "first, strict",
    "in 3, strict",
    "first, all",
    "in 3, all",
    "right one likely",
    "false likely",
    "changed",
)


def known_of(content: Content, case: PublishedCase) -> Known:
    """The facts of one case as its record keeps them, and the history by who tells it."""
    call = read_call(case.request, SERVICE.id, HOOK)
    chart = read_chart(call, content.labs, content.history, AS_OF, content.vocabulary.read_history)
    (report, *_) = SERVICE.read(call, chart, Desk(content, AS_OF)).reports
    told = read_draft(report.report, chart.report_observations, content.reader, content.own_sentence).reading.history
    facts = facts_from_json(answered(content, case).body["reports"][0]["facts"])
    by_report = tuple(dated(fact, AS_OF.date(), chart.patient.age_years) for fact in told)
    return Known(facts, tuple(chart.history.values()), by_report)


def placed(content: Content, case: PublishedCase, known: Known, leave_out: LeaveOut) -> Placing:
    """How a case comes out with a group of facts left out."""
    found = judge(content, leave_out(known))
    shown = tuple((outcome.etiology, outcome.tier) for outcome in found.ranked)
    return Placing(
        case, shown, bool(found.ranked or found.spoken), kin_of(case.etiology, content.engine.rules.etiologies)
    )


def row(name: str, touched: int, results: Sequence[Placing], whole: Sequence[Placing]) -> list[str]:
    """One line of the table: in how many cases there is such a fact, the shares, and what they lose against the whole.

    A case is changed when another etiology comes first, or others are falsely called likely.
    """

    def share(kept: Sequence[Placing], before: Sequence[Placing], last: int) -> str:
        hits, was = (sum(1 <= one.place <= last for one in group) for group in (kept, before))
        return wilson(hits, len(kept)).strip() + (f" {hits - was:+d}" if hits != was else "")

    cells = [name, str(touched)]
    for strict in (True, False):
        kept, before = ([one for one in named(group) if one.case.strict or not strict] for group in (results, whole))
        cells += [share(kept, before, last) for last in (1, 3)]
    sure, was_sure = (sum(one.is_sure for one in named(group)) for group in (results, whole))
    wrong = sum(bool(one.false_likely) for one in results)
    changed = sum(
        (one.first, one.false_likely) != (other.first, other.false_likely)
        for one, other in zip(results, whole, strict=True)
    )
    likely = f"{sure}/{len(named(results))}" + (f" {sure - was_sure:+d}" if sure != was_sure else "")
    return [*cells, likely, f"{wrong}/{len(results)}", str(changed)]


def table(content: Content, cases: Sequence[PublishedCase]) -> list[list[str]]:
    """The whole table, without its headings."""
    known = [(case, known_of(content, case)) for case in cases]
    whole = [placed(content, case, facts, everything) for case, facts in known]
    rows = [row("nothing", 0, whole, whole)]
    for name, leave_out in GROUPS.items():
        touched = sum(_says_less(leave_out(facts), facts.facts) for _, facts in known)
        rows.append(row(name, touched, [placed(content, case, facts, leave_out) for case, facts in known], whole))
    return rows


def _says_less(kept: Facts, whole: Facts) -> bool:
    """Whether a fact is gone, rather than only a note of where one was looked for."""

    def said(facts: Facts) -> tuple[object, ...]:
        return facts.patient, facts.labs, facts.history, facts.lesions, facts.findings

    return said(kept) != said(whole)


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """The table as Markdown, which reads as plain text, too."""
    lines = [HEADINGS, ["---"] * len(HEADINGS), *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )


def findings_asked(content: Content) -> list[str]:
    """Every finding that a rule in force asks for."""
    asked = {ref for rule in content.engine.rules.rules for item in criteria_of(rule) for ref in facts_asked(item)}
    return [ref.partition(":")[2] for ref in sorted(asked) if ref.startswith("finding:")]


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation.ablation", description=(__doc__ or "").strip())
    add_folder_argument(parser)
    chosen = parser.parse_args()
    cases = chosen_cases(parser, chosen.folder)
    content = shipped_content()
    print(f"{len(cases)} published cases, content {content.version}\n")
    print(markdown(table(content, cases)))
    left = ungrouped(findings_asked(content))
    if left:
        print(f"\nIn no group of tests/evaluation/groups.py, so never left out: {', '.join(left)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
