"""For which calls a replay is unsure: where what was not read then could have let a rule in, or could count in one."""

from collections.abc import Iterator
from typing import Any

from cds_service.audit.record import AuditRecord
from cds_service.content.load import Content
from cds_service.core.conditions import Condition
from cds_service.core.facts import Facts, Lesion
from cds_service.core.facts_json import facts_from_json
from cds_service.core.rules import ACTIVE, SHADOW
from cds_service.core.scoring import NO_ENTRY
from cds_service.core.verdict import MET, UNKNOWN
from cds_service.core.view import View
from cds_service.replay.comparing import tiers
from cds_service.replay.vocabularies import Gaps, fitted, fitted_facts


def unsure_of(record: AuditRecord, now: dict[str, Any], content: Content, gaps: Gaps) -> frozenset[str]:
    """What was not read then and could matter in a call, as "finding:lobulated"; empty where nothing could.

    Args:
        record: the call.
        now: its body as judged again.
        content: the candidate.
        gaps: what the candidate asks for and the recorded version did not read.
    """
    own, found = fitted(content, gaps), set[str]()
    standing = {(place, rule): tier for place, rule, tier in tiers(now)}
    for place, report in enumerate(record.body["reports"]):
        if now["reports"][place]["outcomes"]:
            views = list(_views(fitted_facts(facts_from_json(report["facts"]), gaps), own, gaps))
            entered = {rule for at, rule in standing if at == place and standing[at, rule] != NO_ENTRY}
            found.update(_asked(own, gaps, views, entered))
    return frozenset(found)


def _views(facts: Facts, content: Content, gaps: Gaps) -> Iterator[View]:
    """The facts with each finding that was not read then supposed to be open."""
    lesions: tuple[Lesion | None, ...] = facts.lesions or (None,)
    for lesion in lesions:
        view = View.at(facts, content.engine.sources, lesion)
        yield view._replace(stated={**view.stated, **dict.fromkeys(gaps.of("finding"), UNKNOWN)})


def _asked(content: Content, gaps: Gaps, views: list[View], entered: set[str]) -> Iterator[str]:
    rules = content.engine.rules
    for rule in rules.rules:
        if rule.status in (ACTIVE, SHADOW) and (rule.id in entered or _open(rule.entry, views)):
            yield from gaps.asked_by(rule)
    for alarm in rules.alarms:
        if alarm.status == ACTIVE and _open(alarm.trigger, views):
            yield from gaps.asked_by_alarm(alarm)


def _open(condition: Condition, views: list[View]) -> bool:
    return any(condition.verdict(view) in (MET, UNKNOWN) for view in views)
