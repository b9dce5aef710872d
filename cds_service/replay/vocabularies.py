"""What other rules ask for that was not read when a call was recorded: it is unknown, and never "not there".

A recorded call holds what the vocabulary of its own content version could read. A replay does not read reports and
charts again, so what only the candidate's vocabulary knows cannot be in the record.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cds_service.content.load import Content
from cds_service.core.facts import Facts, Missing
from cds_service.core.rules import Alarm, Rule
from cds_service.core.unknowns import all_atoms
from cds_service.core.view import HistorySources

_KINDS = {"lab": "labs", "finding": "findings", "history": "history"}

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Gaps:
    """What the candidate asks for and a recorded version did not read.

    Attributes:
        unread: as "finding:lobulated", "lab:egfr", "history:dialysis"; labs whose unit is another now among them.
        units: of those labs, "unit then → unit now", by lab id.
    """

    unread: frozenset[str] = frozenset()
    units: Mapping[str, str] | None = None

    def of(self, kind: str) -> frozenset[str]:
        """The ids of one kind."""
        return frozenset(ref.partition(":")[2] for ref in self.unread if ref.startswith(f"{kind}:"))

    def asked_by(self, rule: Rule) -> frozenset[str]:
        """What a rule asks for of it."""
        return self.unread & {ref for atom in all_atoms(rule) for ref in atom.about}

    def asked_by_alarm(self, alarm: Alarm) -> frozenset[str]:
        """What a must-not-miss rule asks for of it."""
        return self.unread & set(_asked(alarm))


NO_GAPS = Gaps()


def gaps_between(then: Json | None, content: Content) -> Gaps:
    """The gaps between what a recorded version could read and what the candidate's rules ask for.

    Args:
        then: the snapshot of the recorded version; None where it is not on record: nothing is known of it then.
        content: the candidate.
    """
    if then is None:
        return NO_GAPS
    labels, rules = then["labels"], content.engine.rules
    asked = {ref for rule in rules.rules for atom in all_atoms(rule) for ref in atom.about}
    asked |= {ref for alarm in rules.alarms for ref in _asked(alarm)}
    unread = {ref for ref in asked if _unknown(ref, labels)}
    units = {
        lab: f"{labels['units'][lab] or 'none'} → {unit or 'none'}"
        for lab, unit in content.vocabulary.labels.units.items()
        if lab in labels["units"] and labels["units"][lab] != unit
    }
    return Gaps(frozenset(unread | {f"lab:{lab}" for lab in units}), units)


def fitted(content: Content, gaps: Gaps) -> Content:
    """The candidate for the records of one version: history that was not read then stands in no list that was read."""
    unread = gaps.of("history")
    if not unread:
        return content
    engine = content.engine
    lists = {entry: found_in for entry, found_in in engine.sources.lists.items() if entry not in unread}
    sources = HistorySources(lists, engine.sources.lapses)
    return replace(content, engine=replace(engine, sources=sources))


def fitted_facts(facts: Facts, gaps: Gaps) -> Facts:
    """The facts as the candidate may judge them: a number in another unit is no number here."""
    unread = gaps.of("lab")
    if not unread:
        return facts
    labs = {lab: result for lab, result in facts.labs.items() if lab not in unread}
    missing = {**facts.missing_labs, **dict.fromkeys(sorted(unread), Missing.NOT_READ_THEN)}
    return replace(facts, labs=labs, missing_labs=missing)


def _asked(alarm: Alarm) -> Iterator[str]:
    for condition in (alarm.trigger, alarm.unless):
        for atom in () if condition is None else condition.atoms():
            yield from atom.about


def _unknown(ref: str, labels: Json) -> bool:
    kind, colon, name = ref.partition(":")
    return bool(colon) and kind in _KINDS and name not in labels[_KINDS[kind]]
