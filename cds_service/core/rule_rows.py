"""The rules of a recorded call, judged: in rows that a person can read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.core.distances import from_limits
from cds_service.core.evidence import describe, facts_there, lesion_of
from cds_service.core.facts import Facts, Lesion
from cds_service.core.labels import Labels
from cds_service.core.lacking import lacking
from cds_service.core.limits import Limit
from cds_service.core.scoring import POSSIBLE

VERDICTS = {"m": "met", "n": "not met", "u": "unknown", "s": "not stated"}

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One criterion of a rule: its verdict, its signed weight, whether it counted, and the facts behind it.

    `distance` says how far the values lie from its limits, `lacks` what it asked for and did not get, `source` which of
    the rule's references gave it.
    """

    label: str
    verdict: str
    weight: int
    counted: bool
    domain: str
    basis: str
    evidence: str
    distance: str = ""
    lacks: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class StepRow:
    """What one criterion that counted does to the score; `before` and `after` are the points around it."""

    label: str
    weight: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule of the call, judged; `references` are (id, citation, DOI, what it states).

    `status` is that of its file, or "switched off" where it was at the time. `steps` lead from the prior to the score.
    """

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
    entry_evidence: str = ""

    @property
    def rule_id(self) -> str:
        """The rule's id without its version."""
        return self.ref.partition("@")[0]

    def held_back(self, likely: int) -> str:
        """Why a score that has the points for likely stands at possible all the same; empty for any other."""
        if self.capped_by:
            return f"{self.capped_by} is unknown and could speak against it"
        if self.tier != POSSIBLE or self.score < likely:
            return ""
        if self.entry == VERDICTS["u"]:
            return "its entry criterion is uncertain"
        return "its evidence is of too few kinds (of imaging, labs and history), and no sign that defines it is there"

    @property
    def steps(self) -> tuple[StepRow, ...]:
        """The criteria that counted, what speaks for first, the heaviest before the lighter."""
        counted = [item for item in (*self.supports, *self.argues_against) if item.counted]
        told, points = [], self.prior
        for item in sorted(counted, key=lambda item: -item.weight):
            told.append(StepRow(item.label, item.weight, points, points + item.weight))
            points += item.weight
        return tuple(told)

    @property
    def counted_for(self) -> tuple[ItemRow, ...]:
        """What speaks for it and counts, the heaviest first."""
        return tuple(sorted((item for item in self.supports if item.counted), key=lambda item: -item.weight))

    @property
    def counted_against(self) -> tuple[ItemRow, ...]:
        """What speaks against it and counts, the heaviest first."""
        return tuple(sorted((item for item in self.argues_against if item.counted), key=lambda item: item.weight))


def rule_rows(report: Json, content: Json, facts: Facts, labels: Labels, off: Iterable[str]) -> tuple[RuleRow, ...]:
    """Every rule that was judged: the ranked ones in their order, then the others by points.

    Args:
        report: one report of the record's body.
        content: the snapshot of the content that judged it.
        facts: of that report.
        labels: the names that the snapshot holds.
        off: ids of the rules that were switched off.
    """
    places = {rule: place for place, rule in enumerate(report["ranked"])}
    switched_off = frozenset(off)
    rows = [
        (_place(outcome, places), _rule(outcome, content, facts, labels, switched_off))
        for outcome in report["outcomes"]
    ]
    return tuple(row for _, row in sorted(rows, key=lambda pair: pair[0]))


def _place(outcome: Json, places: Mapping[str, int]) -> tuple[int, int, str]:
    rule = outcome["rule"].partition("@")[0]
    return places.get(rule, len(places)), -outcome["score"][1], rule


def _rule(outcome: Json, content: Json, facts: Facts, labels: Labels, off: frozenset[str]) -> RuleRow:
    name = outcome["rule"].partition("@")[0]
    rule = content["rules"][name]
    lesion = lesion_of(facts, outcome["lesion"])
    there = facts_there(facts, lesion)
    low, score, high = outcome["score"]

    def items(key: str, sign: int) -> tuple[ItemRow, ...]:
        judged = zip(rule[key], outcome[key], strict=True)
        return tuple(_item(criterion, letter, sign, facts, lesion, labels) for criterion, letter in judged)

    return RuleRow(
        name=content["etiologies"][rule["etiology"]],
        ref=outcome["rule"],
        status="switched off" if name in off else rule["status"],
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
        entry_evidence=describe(filter(there.__contains__, rule.get("entry_asks", ())), facts, lesion, labels),
    )


def _item(criterion: Json, letter: str, sign: int, facts: Facts, lesion: Lesion | None, labels: Labels) -> ItemRow:
    there, verdict = facts_there(facts, lesion), VERDICTS[letter.lower()]
    asked = criterion["asks"]
    known = [ref for ref in asked if ref in there]
    is_open = verdict in ("unknown", "not stated") or not known
    return ItemRow(
        label=criterion["label"],
        verdict=verdict,
        weight=sign * criterion.get("weight", 0),
        counted=letter.isupper(),
        domain=criterion.get("domain", ""),
        basis=criterion["basis"],
        evidence=describe(known, facts, lesion, labels),
        distance=from_limits((Limit(*limit) for limit in criterion.get("limits", ())), facts, lesion, labels),
        lacks=lacking((ref for ref in asked if ref not in there), verdict, facts, labels) if is_open else "",
        source=criterion.get("source", ""),
    )
