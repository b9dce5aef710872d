"""The source attributes of a rule, and of all rules together: where advice comes from, and what of a person it uses.

They are those that 45 CFR 170.315(b)(11)(iv)(A) names for evidence-based decision support interventions. What is said
of the use of a person's data follows from the rules' criteria; nothing of it is stated by hand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.core.labels import Labels
from cds_service.core.labs import Lab
from cds_service.core.patient_facts import facts_used
from cds_service.core.rules import Alarm, Rule, RuleSet

NOT_USED = "Not used"
CITATION, DATES = "citation", "dates"
"""The attributes that each rule's own file answers."""

_ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class Declared:
    """One attribute as `rules/source-attributes.yaml` declares it.

    Attributes:
        text: what it is for all rules; empty for the use of a person's data.
        facts: the facts that stand for it, as conditions name them; None for an attribute that is no such use.
        near: facts that are not the attribute and come close to it.
        note: what readers should know of it.
    """

    id: str
    title: str
    text: str = ""
    facts: tuple[str, ...] | None = None
    near: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute, answered. `used` is None for one that is no use of a person's data."""

    number: int
    id: str
    title: str
    value: str
    used: bool | None = None
    details: tuple[str, ...] = ()
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """As JSON values, without what is empty; `used` stands only where it means something."""
        told: dict[str, Any] = {"number": self.number, "id": self.id, "title": self.title, "value": self.value}
        if self.used is not None:
            told["used"] = self.used
        return told | {key: said for key, said in (("details", list(self.details)), ("note", self.note)) if said}


@dataclass(frozen=True, slots=True)
class OfRule:
    """A rule with its attributes."""

    id: str
    version: str
    status: str
    name: str
    attributes: tuple[Attribute, ...]


@dataclass(frozen=True, slots=True)
class SourceAttributes:
    """The attributes of all rules together, and of each rule, by id."""

    regulation: str
    overall: tuple[Attribute, ...]
    rules: Mapping[str, OfRule]


def source_attributes(
    regulation: str, declared: Iterable[Declared], rules: RuleSet, labs: Mapping[str, Lab], labels: Labels
) -> SourceAttributes:
    """Answers every attribute, for each rule and for the active ones together.

    Args:
        regulation: what asks for them.
        declared: the attributes in the order of the regulation.
        rules: all rules.
        labs: by id.
        labels: what to call history entries.
    """
    numbered = tuple(enumerate(declared, start=1))
    named = {rule: rules.named(rule.etiology).name for rule in rules.rules} | {
        alarm: alarm.title for alarm in rules.alarms
    }
    found = {rule.id: _of_rule(rule, name, numbered, labs, labels) for rule, name in named.items()}
    active = [one for one in found.values() if one.status == _ACTIVE]
    overall = tuple(
        _statement(number, one) if one.facts is None else _of_all(number, one, active) for number, one in numbered
    )
    return SourceAttributes(regulation, overall, found)


def _of_rule(
    rule: Rule | Alarm, name: str, declared: Iterable[tuple[int, Declared]], labs: Mapping[str, Lab], labels: Labels
) -> OfRule:
    used = facts_used(rule, labs)
    answered = []
    for number, one in declared:
        if one.facts is not None:
            answered.append(_use(number, one, used, labels))
        elif one.id == CITATION:
            answered.append(_citation(number, one, rule))
        elif one.id == DATES:
            answered.append(_dates(number, one, rule))
        else:
            answered.append(_statement(number, one))
    return OfRule(rule.id, rule.version, rule.status, name, tuple(answered))


def _statement(number: int, declared: Declared) -> Attribute:
    return Attribute(number, declared.id, declared.title, declared.text)


def _citation(number: int, declared: Declared, rule: Rule | Alarm) -> Attribute:
    document = f"Document {rule.document}: “{rule.quote}”"
    cited = tuple(f"{ref.id}: {ref.citation}{f', doi {ref.doi}' if ref.doi else ''}" for ref in rule.references)
    return Attribute(number, declared.id, declared.title, document, details=cited)


def _dates(number: int, declared: Declared, rule: Rule | Alarm) -> Attribute:
    if not rule.revisions:
        return Attribute(number, declared.id, declared.title, f"Version {rule.version}; its dates are not stated")
    first, last = rule.revisions[0], rule.revisions[-1]
    revised = f"; revised {last.on} (version {last.version})" if len(rule.revisions) > 1 else "; not revised since"
    value = f"Written {first.on} (version {first.version}){revised}"
    return Attribute(number, declared.id, declared.title, value, note=declared.text)


def _use(number: int, declared: Declared, used: Mapping[str, tuple[str, ...]], labels: Labels) -> Attribute:
    facts = [fact for fact in declared.facts or () if fact in used]
    near = [fact for fact in declared.near if fact in used]
    details = [f"{_named(fact, labels)}: {'; '.join(used[fact])}" for fact in facts]
    details += [f"comes close to it: {_named(fact, labels)}, {'; '.join(used[fact])}" for fact in near]
    value = "Used" if facts else NOT_USED
    note = declared.note if details or not declared.near else ""
    return Attribute(number, declared.id, declared.title, value, bool(facts), tuple(details), note)


def _of_all(number: int, declared: Declared, rules: list[OfRule]) -> Attribute:
    answers = {rule: rule.attributes[number - 1] for rule in rules}
    using = [rule.name for rule, answer in answers.items() if answer.used]
    near = [rule.name for rule, answer in answers.items() if not answer.used and answer.details]
    value = f"Used by {len(using)} of {len(rules)} rules" if using else NOT_USED
    others = [rule.name for rule, answer in answers.items() if not answer.used]
    # Where nearly all use it, the exceptions say more.
    told = f"by: {'; '.join(using)}" if len(using) <= len(others) else f"by all but: {'; '.join(others) or 'none'}"
    details = [f"used {told}"] if using else []
    details += [f"asked for what comes close to it by: {'; '.join(near)}"] if near else []
    return Attribute(number, declared.id, declared.title, value, bool(using), tuple(details), declared.note)


def _named(fact: str, labels: Labels) -> str:
    kind, _, name = fact.partition(":")
    return labels.history.get(name, name) if kind == "history" else fact
