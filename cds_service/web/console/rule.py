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
    weeks = reading.rule_weeks(rule).get(rule, [])
    tiers = {one.detail: one.calls for one in reading.counts(tally.RULE, "detail", subject=rule)}
    events = {(change.day, change.kind) for week in weeks for change in week.changes}
    return {
        "rule": rule,
        "tiers": tiers,
        "weekly": list(reversed(weeks)),
        "outside": [week for week in reversed(weeks) if week.outside],
        "chart": _chart(weeks, sorted(events)),
        "period": asked.scope,
    }


def _chart(weeks: Sequence[RuleWeek], events: list[tuple[str, str]]) -> charts.Drawing:
    shares = [_share(week) for week in weeks]
    return charts.control([week.starts.isoformat() for week in weeks], shares, events)


def _share(week: RuleWeek) -> charts.Share:
    if week.judged is None:
        return charts.Share(week.share, None, None, None, False)
    limits = week.judged
    return charts.Share(week.share, 100 * limits.centre, 100 * limits.low, 100 * limits.high, limits.outside)
