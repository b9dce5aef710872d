"""One rule over time: its control chart, week by week, with what changed where it left its limits."""

from collections.abc import Sequence
from typing import Any

from cds_service.audit import tally
from cds_service.audit.console.console import Reading
from cds_service.audit.console.drift import RuleWeek
from cds_service.web.console import charts
from cds_service.web.console.asked import Asked


def rule_page(reading: Reading, asked: Asked, rule: str) -> dict[str, Any]:
    """What the page of a rule shows."""
    weeks = reading.rule_weeks(rule=rule).get(rule, [])
    events = sorted({(change.day, change.kind) for week in weeks for change in week.changes})
    return {
        "rule": rule,
        "tiers": _by_detail(reading, tally.RULE, rule),
        "told_first": reading.total(tally.TOLD_FIRST, rule),
        "answers": _by_detail(reading, tally.ANSWERED_FIRST, rule),
        "weekly": list(reversed(weeks)),
        "outside": [week for week in reversed(weeks) if week.outside],
        "chart": _chart(weeks, events),
        "events": events,
        "period": asked.scope,
    }


def _by_detail(reading: Reading, kind: str, rule: str) -> dict[str, int]:
    return {one.detail: one.calls for one in reading.counts(kind, "detail", subject=rule)}


def _chart(weeks: Sequence[RuleWeek], events: list[tuple[str, str]]) -> charts.Drawing:
    shares = [_share(week) for week in weeks]
    return charts.control([week.starts.isoformat() for week in weeks], shares, events)


def _share(week: RuleWeek) -> charts.Share:
    if week.judged is None:
        return charts.Share(week.share, None, None, None, False)
    limits = week.judged
    return charts.Share(week.share, 100 * limits.centre, 100 * limits.low, 100 * limits.high, limits.outside)
