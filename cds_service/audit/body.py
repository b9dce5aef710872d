"""The body of an audit record: everything needed to explain a call and to judge it again, and nothing more.

No report text beyond the quoted clauses: the draft that an `update` echoes is kept as the appended text and a hash.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cds_service.audit.given import ReadReport, given_json
from cds_service.core.differential import Differential, Spoken
from cds_service.core.evaluate import Outcome
from cds_service.core.facts import Facts
from cds_service.core.facts_json import facts_to_json
from cds_service.core.next_tests import NextTest
from cds_service.core.rules import SHADOW, Exclusion, Item
from cds_service.core.verdict import Verdict

Json = dict[str, Any]

VERDICT_LETTERS = {Verdict.MET: "m", Verdict.NOT_MET: "n", Verdict.UNKNOWN: "u", Verdict.NOT_STATED: "s"}


@dataclass(frozen=True, slots=True)
class JudgedReport:
    """One report of a call: as it was read, what was found, and why it is silent.

    Attributes:
        read: the report with its facts.
        found: the differential of these.
        silent: why nothing is said of it; empty where something is.
        earlier: the call in which its card was answered before; empty where it was not.
        held: the text of its card that its conclusion holds already; empty where it does not.
    """

    read: ReadReport
    found: Differential
    silent: str
    earlier: str = ""
    held: str = ""

    @property
    def report(self) -> Json:
        """The report as it came."""
        return self.read.report

    @property
    def facts(self) -> Facts:
        """The facts of the report and the chart."""
        return self.read.facts


def record_body(judged: Sequence[JudgedReport], cards: Iterable[tuple[Mapping[str, Any], str]]) -> Json:
    """The body of the record, as JSON values.

    Args:
        judged: the reports of the call.
        cards: each card that leaves, with the text that it offers to append.
    """
    return {
        "reports": [_report(item) for item in judged],
        "cards": [_without_echo(card, appended) for card, appended in cards],
    }


def _report(item: JudgedReport) -> Json:
    found = item.found
    stored: Json = {
        "id": str(item.report.get("id", "")),
        "status": str(item.report.get("status", "")),
        "facts": facts_to_json(item.facts),
        "outcomes": [outcome_json(outcome) for outcome in found.outcomes],
        "ranked": [outcome.rule.id for outcome in found.ranked],
        "nextTests": [_next_test(test) for test in found.next_tests],
        "mustNotMiss": [_spoken(spoken, True) for spoken in found.spoken]
        + [_spoken(spoken, False) for spoken in found.kept_quiet],
    }
    if found.shadow:
        stored["shadowMustNotMiss"] = [_spoken(spoken, would) for spoken, would in found.shadow]
    if found.patterns:
        stored["patterns"] = [pattern.label for pattern in found.patterns]
    if item.silent:
        stored["silent"] = item.silent
    given = given_json(item.read, item.earlier, item.held)
    return {**stored, "given": given} if given else stored


def outcome_json(outcome: Outcome) -> Json:
    """One rule's outcome: a letter for the verdict of each item, in the order of the rule, a capital where it counted.

    The items themselves, and the facts that each asks for, stand in the content version that the record names.
    `shadow` is there, and true, where the rule was judged for the record only: in shadow, or switched off.
    """
    return {
        "rule": outcome.rule.ref,
        "tier": outcome.tier,
        "score": [outcome.low, outcome.score, outcome.high],
        "entry": VERDICT_LETTERS[outcome.entry],
        "lesion": outcome.lesion,
        "cappedBy": outcome.capped_by,
        "supports": _letters(outcome, outcome.rule.supports),
        "argues_against": _letters(outcome, outcome.rule.argues_against),
        "excludes": _letters(outcome, outcome.rule.excludes),
        **({"shadow": True} if outcome.rule.status == SHADOW else {}),
    }


def _letters(outcome: Outcome, items: Iterable[Item | Exclusion]) -> str:
    of, counted = outcome.verdicts.of, outcome.counted
    letters = ((VERDICT_LETTERS[of[id(item)]], item.id) for item in items)
    return "".join(letter.upper() if item in counted else letter for letter, item in letters)


def _next_test(test: NextTest) -> Json:
    answers = [
        [*(None if end is None else str(end) for end in answer[:2]), *answer[2:4], [list(one) for one in answer[4]]]
        for answer in test.answers
    ]
    told: Json = {"lab": test.lab, "leaders": list(test.leaders), "moved": list(test.moved), "swing": test.swing}
    return {**told, "touches": list(test.touches), "answers": answers}


def _spoken(spoken: Spoken, speaks: bool) -> Json:
    return {"rule": spoken.alarm.ref, "lesion": spoken.lesion, "speaks": speaks}


def _without_echo(card: Mapping[str, Any], appended: str) -> Json:
    if "suggestions" not in card:
        return dict(card)
    return {**card, "suggestions": [_suggestion_without_echo(one, appended) for one in card["suggestions"]]}


def _suggestion_without_echo(suggestion: Mapping[str, Any], appended: str) -> Json:
    return {**suggestion, "actions": [_action_without_echo(action, appended) for action in suggestion["actions"]]}


def _action_without_echo(action: Mapping[str, Any], appended: str) -> Json:
    if action["type"] != "update":
        return dict(action)
    resource = action["resource"]
    digest = hashlib.sha256(json.dumps(resource, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    named = {"resourceType": resource.get("resourceType"), "id": str(resource.get("id", ""))}
    return {**action, "resource": {**named, "appended": appended, "sha256": digest}}
