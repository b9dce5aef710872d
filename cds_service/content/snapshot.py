"""What the audit store keeps of a content version, so that old calls can be explained after the rules have moved on."""

from typing import Any

from cds_service.core.evaluate import facts_asked
from cds_service.core.labels import Labels
from cds_service.core.rules import Exclusion, Item, Rule, RuleSet

Json = dict[str, Any]


def snapshot(rules: RuleSet, labels: Labels) -> Json:
    """Names, thresholds and criteria, each with the facts it asks for, as JSON for `core.explanation`."""
    return {
        "scoring": {
            "likely": rules.scoring.likely_points,
            "possible": rules.scoring.possible_points,
            "kinds": rules.scoring.likely_kinds,
        },
        "etiologies": {etiology.id: etiology.name for etiology in rules.etiologies.values()},
        "rules": {rule.id: _rule(rule) for rule in rules.rules},
        "alarms": {alarm.id: {"title": alarm.title, "message": alarm.message} for alarm in rules.alarms},
        "labels": {
            "labs": dict(labels.labs),
            "units": dict(labels.units),
            "history": dict(labels.history),
            "findings": dict(labels.findings),
            "sites": dict(labels.sites),
            "attributes": {kind: sorted(ids) for kind, ids in labels.attributes._asdict().items()},
            "orders": {lab: [order.name, order.loinc, order.display] for lab, order in labels.orders.items()},
        },
    }


def _rule(rule: Rule) -> Json:
    return {
        "version": rule.version,
        "status": rule.status,
        "etiology": rule.etiology,
        "prior": rule.prior,
        "quote": rule.quote,
        "reviewed": rule.reviewed,
        "known_gaps": list(rule.known_gaps),
        "references": [[ref.id, ref.citation, ref.doi, ref.states] for ref in rule.references],
        "supports": [_item(item) for item in rule.supports],
        "argues_against": [_item(item) for item in rule.argues_against],
        "excludes": [_criterion(item) for item in rule.excludes],
    }


def _item(item: Item) -> Json:
    weighted = {"domain": item.domain, "weight": item.weight, **({"defining": True} if item.defining else {})}
    return {**_criterion(item), **weighted}


def _criterion(item: Item | Exclusion) -> Json:
    return {"id": item.id, "label": item.label, "basis": item.basis, "asks": list(facts_asked(item))}
