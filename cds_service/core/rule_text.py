"""A rule as a clinician reads it: every criterion in words, with what it weighs and where that comes from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cds_service.core.condition_words import Words, in_words
from cds_service.core.conditions import Condition
from cds_service.core.labels import Labels
from cds_service.core.rules import Alarm, Exclusion, Item, Reference, Revision, Rule, RuleSet
from cds_service.core.scoring import criteria_of

ETIOLOGY, MUST_NOT_MISS = "etiology", "must-not-miss"
"""The two kinds of rules."""

_PATIENT = ("age", "sex")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion in words.

    Attributes:
        weight: points; 0 for a criterion that excludes.
        source: reference id, "DOC" for the document, "GK" for general knowledge, or empty.
        when: the exact condition.
        shared_with: (id, name) of the other rules that ask exactly the same.
    """

    id: str
    label: str
    domain: str
    weight: int
    basis: str
    source: str
    defining: bool
    when: Words
    shared_with: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a rule asks for, by name; `patient` holds "age", "sex" or both."""

    labs: tuple[str, ...]
    report: tuple[str, ...]
    history: tuple[str, ...]
    patient: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleText:
    """One rule, an etiology's or a must-not-miss one, in words.

    Attributes:
        kind: ETIOLOGY or MUST_NOT_MISS.
        name: of the etiology, or what the must-not-miss card says.
        modern_name: what the etiology is called today; empty for a must-not-miss rule.
        branch: the heading under which the document lists the etiology.
        broader: the name of the etiology's broader one; mostly empty.
        codes: (system, code, display) of the etiology.
        entry: the entry criterion, or the trigger.
        unless: what keeps a must-not-miss rule quiet.
        prior: points before any item.
        message: what a must-not-miss card says to do.
        forbids: what no card of the same call may suggest.
    """

    kind: str
    id: str
    version: str
    status: str
    reviewed: str
    revisions: tuple[Revision, ...]
    name: str
    modern_name: str
    branch: str
    broader: str
    codes: tuple[tuple[str, str, str], ...]
    document: str
    quote: str
    references: tuple[Reference, ...]
    known_gaps: tuple[str, ...]
    entry: Words
    asks: Asked
    unless: Words | None = None
    prior: int = 0
    supports: tuple[Criterion, ...] = ()
    argues_against: tuple[Criterion, ...] = ()
    excludes: tuple[Criterion, ...] = ()
    message: str = ""
    forbids: tuple[str, ...] = ()

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """Every criterion, in the order of the file."""
        return (*self.supports, *self.argues_against, *self.excludes)


def rule_texts(rules: RuleSet, labels: Labels) -> dict[str, RuleText]:
    """Every rule in words, by id: those of etiologies in the order of their names, then the must-not-miss ones."""
    asked_by: dict[Condition, list[Rule]] = {}
    for rule in rules.rules:
        for condition in dict.fromkeys(item.when for item in criteria_of(rule)):
            asked_by.setdefault(condition, []).append(rule)
    texts = [_rule_text(rule, rules, labels, asked_by) for rule in rules.rules]
    texts += [_alarm_text(alarm, labels) for alarm in rules.alarms]
    return {text.id: text for text in sorted(texts, key=lambda text: (text.kind, text.name.lower()))}


def _rule_text(rule: Rule, rules: RuleSet, labels: Labels, asked_by: Mapping[Condition, Iterable[Rule]]) -> RuleText:
    etiology = rules.named(rule.etiology)

    def others(item: Item | Exclusion) -> Iterator[tuple[str, str]]:
        return ((other.id, rules.named(other.etiology).name) for other in asked_by[item.when] if other is not rule)

    def criteria(items: Iterable[Item | Exclusion]) -> tuple[Criterion, ...]:
        return tuple(_criterion(item, labels, others(item)) for item in items)

    return RuleText(
        kind=ETIOLOGY,
        id=rule.id,
        version=rule.version,
        status=rule.status,
        reviewed=rule.reviewed,
        revisions=rule.revisions,
        name=etiology.name,
        modern_name=etiology.modern_name,
        branch=etiology.branch,
        broader=rules.named(etiology.parent).name if etiology.parent else "",
        codes=etiology.codes,
        document=rule.document,
        quote=rule.quote,
        references=rule.references,
        known_gaps=rule.known_gaps,
        entry=in_words(rule.entry, labels),
        asks=_asked((rule.entry, *(item.when for item in criteria_of(rule))), labels),
        prior=rule.prior,
        supports=criteria(rule.supports),
        argues_against=criteria(rule.argues_against),
        excludes=criteria(rule.excludes),
    )


def _criterion(item: Item | Exclusion, labels: Labels, shared_with: Iterable[tuple[str, str]]) -> Criterion:
    domain, weight, defining = (item.domain, item.weight, item.defining) if isinstance(item, Item) else ("", 0, False)
    return Criterion(
        id=item.id,
        label=item.label,
        domain=domain,
        weight=weight,
        basis=item.basis,
        source=item.source,
        defining=defining,
        when=in_words(item.when, labels),
        shared_with=tuple(shared_with),
    )


def _alarm_text(alarm: Alarm, labels: Labels) -> RuleText:
    conditions = (alarm.trigger,) if alarm.unless is None else (alarm.trigger, alarm.unless)
    return RuleText(
        kind=MUST_NOT_MISS,
        id=alarm.id,
        version=alarm.version,
        status=alarm.status,
        reviewed=alarm.reviewed,
        revisions=alarm.revisions,
        name=alarm.title,
        modern_name="",
        branch="",
        broader="",
        codes=(),
        document=alarm.document,
        quote=alarm.quote,
        references=alarm.references,
        known_gaps=alarm.known_gaps,
        entry=in_words(alarm.trigger, labels),
        asks=_asked(conditions, labels),
        unless=None if alarm.unless is None else in_words(alarm.unless, labels),
        message=alarm.message,
        forbids=alarm.forbids,
    )


def _asked(conditions: Iterable[Condition], labels: Labels) -> Asked:
    about = dict.fromkeys(ref for condition in conditions for atom in condition.atoms() for ref in atom.about)
    named = [ref.partition(":") for ref in about]
    findings = [labels.findings.get(name, name) for kind, _, name in named if kind == "finding"]
    return Asked(
        labs=tuple(labels.labs[name] for kind, _, name in named if kind == "lab"),
        report=(*findings, *(kind for kind, _, _ in named if kind in ("site", "size"))),
        history=tuple(labels.history.get(name, name) for kind, _, name in named if kind == "history"),
        patient=tuple(kind for kind in _PATIENT if kind in about),
    )
