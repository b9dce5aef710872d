"""What the audit store keeps of a content version: to explain old calls, and to show how a rule has changed since."""

from collections.abc import Mapping
from typing import Any

from cds_service.core.evaluate import facts_asked
from cds_service.core.labels import Labels
from cds_service.core.limits import limits_of
from cds_service.core.rule_text import Criterion, RuleText, rule_texts
from cds_service.core.rules import Exclusion, Item, Rule, RuleSet
from cds_service.core.scoring import criteria_of

Json = dict[str, Any]


def snapshot(rules: RuleSet, labels: Labels, texts: Mapping[str, str], files: Mapping[str, str]) -> Json:
    """Names, thresholds and criteria, each with the facts it asks for and its words, as JSON.

    `core.explanation` reads it to explain a call, `core.rule_changes` to compare two versions.

    Args:
        rules: all rules.
        labels: names.
        texts: the files of the rules as their editors wrote them, by rule id.
        files: a digest of every file that belongs to the content, by name.
    """
    in_words = rule_texts(rules, labels)
    return {
        "scoring": {
            "likely": rules.scoring.likely_points,
            "kinds": rules.scoring.likely_kinds,
            "possible": rules.scoring.possible_points,
        },
        "etiologies": {etiology.id: etiology.name for etiology in rules.etiologies.values()},
        "rules": {rule.id: _rule(rule, in_words[rule.id]) | {"yaml": texts[rule.id]} for rule in rules.rules},
        "alarms": {alarm.id: _alarm(in_words[alarm.id]) | {"yaml": texts[alarm.id]} for alarm in rules.alarms},
        "labels": {
            "labs": dict(labels.labs),
            "units": dict(labels.units),
            "history": dict(labels.history),
            "findings": dict(labels.findings),
            "sites": dict(labels.sites),
            "attributes": {kind: sorted(ids) for kind, ids in labels.attributes._asdict().items()},
            "orders": {lab: [order.name, order.loinc, order.display] for lab, order in labels.orders.items()},
        },
        "files": dict(files),
    }


def _rule(rule: Rule, text: RuleText) -> Json:
    asked = {item.id: list(facts_asked(item)) for item in criteria_of(rule)}

    def criteria(items: tuple[Item | Exclusion, ...], words: tuple[Criterion, ...]) -> list[Json]:
        return [_criterion(item, said) | {"asks": asked[item.id]} for item, said in zip(items, words, strict=True)]

    return {
        **_standing(text),
        "etiology": rule.etiology,
        "entry": text.entry.as_json(),
        "prior": rule.prior,
        "entry_asks": list(dict.fromkeys(ref for atom in rule.entry.atoms() for ref in atom.about)),
        "supports": criteria(rule.supports, text.supports),
        "argues_against": criteria(rule.argues_against, text.argues_against),
        "excludes": criteria(rule.excludes, text.excludes),
    }


def _alarm(text: RuleText) -> Json:
    return {
        **_standing(text),
        "title": text.name,
        "trigger": text.entry.as_json(),
        "unless": "none" if text.unless is None else text.unless.as_json(),
        "message": text.message,
        "forbids": list(text.forbids),
    }


def _standing(text: RuleText) -> Json:
    return {
        "version": text.version,
        "status": text.status,
        "quote": text.quote,
        "reviewed": text.reviewed,
        "known_gaps": list(text.known_gaps),
        "references": [[ref.id, ref.citation, ref.doi, ref.states] for ref in text.references],
    }


def _criterion(item: Item | Exclusion, words: Criterion) -> Json:
    told: Json = {"id": item.id, "label": item.label, "basis": item.basis}
    if isinstance(item, Item):
        told |= {"domain": item.domain, "weight": item.weight, "defining": item.defining}
    limits = [list(limit) for limit in limits_of(item.when)]
    return {**told, "source": item.source, "when": words.when.as_json(), **({"limits": limits} if limits else {})}
