"""Whether today is different from last month: each rule's weeks against its weeks before, and what changed then."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from cds_service.audit.console.changes import Change, nearest
from cds_service.audit.console.figures import Count, counts
from cds_service.audit.console.scope import Scope
from cds_service.audit.record import Outcome
from cds_service.audit.tally import CALL, RULE
from cds_service.core.control_chart import MOST_WEEKS, Judged, Week, judged

WEEKS_SHOWN = 26
_LOOK_BACK = timedelta(days=14)
_WEEK = timedelta(days=7)


class RuleWeek(NamedTuple):
    """One rule in one week.

    Attributes:
        starts: its Monday.
        week: calls and how many of them the rule fired in.
        judged: against the weeks before; None where there are too few.
        changes: what changed nearest to its start, where it is beyond its limits.
    """

    starts: date
    week: Week
    judged: Judged | None
    changes: tuple[Change, ...]

    @property
    def ends(self) -> date:
        """Its Sunday."""
        return self.starts + _WEEK - timedelta(days=1)

    @property
    def share(self) -> float | None:
        """In how many of a hundred calls the rule fired; None without calls."""
        return 100 * self.week.fired / self.week.calls if self.week.calls else None

    @property
    def outside(self) -> bool:
        """Whether it is beyond its limits."""
        return self.judged is not None and self.judged.outside


def rule_weeks(
    connection: Connection, scope: Scope, known: list[Change], shown: int = WEEKS_SHOWN, rule: str | None = None
) -> Mapping[str, list[RuleWeek]]:
    """The last weeks of each rule up to the end of a scope, oldest first, by rule.

    Args:
        connection: to the audit database.
        scope: whose end and whose calls count.
        known: everything that ever changed.
        shown: how many weeks.
        rule: the one rule to look at; None for all.
    """
    last = scope.until - timedelta(days=scope.until.weekday())
    mondays = [last - _WEEK * back for back in reversed(range(shown + MOST_WEEKS))]
    of = {(monday + timedelta(days=day)).isoformat(): monday for monday in mondays for day in range(7)}
    long = replace(scope, since=mondays[0])
    judged_calls = (one for one in counts(connection, long, CALL, "subject", "day") if one.subject != Outcome.REFUSED)
    calls = _by_week(judged_calls, of)
    by_rule: dict[str, list[Count]] = {}
    for one in counts(connection, long, RULE, "subject", "day", subject=rule):
        by_rule.setdefault(one.subject, []).append(one)
    made = {name: _weeks(mondays, calls, _by_week(fired, of), known) for name, fired in by_rule.items()}
    return {name: weeks[-shown:] for name, weeks in made.items()}


def _by_week(counted: Iterable[Count], of: Mapping[str, date]) -> dict[date, int]:
    by_week: dict[date, int] = {}
    for one in counted:
        monday = of[one.day]
        by_week[monday] = by_week.get(monday, 0) + one.calls
    return by_week


def _weeks(
    mondays: Sequence[date], calls: Mapping[date, int], fired: Mapping[date, int], known: list[Change]
) -> list[RuleWeek]:
    weeks = [Week(calls.get(monday, 0), fired.get(monday, 0)) for monday in mondays]
    return [
        RuleWeek(monday, week, one, tuple(_near(known, monday)) if one is not None and one.outside else ())
        for monday, week, one in zip(mondays, weeks, judged(weeks), strict=True)
    ]


def _near(known: list[Change], monday: date) -> list[Change]:
    since, until = monday - _LOOK_BACK, monday + _WEEK - timedelta(days=1)
    return nearest(known, monday.isoformat(), since.isoformat(), until.isoformat())
