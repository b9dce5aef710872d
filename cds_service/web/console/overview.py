"""The first page of the console: how many calls, which rules fired, what readers did, how long it took."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from cds_service.audit import tally, traits
from cds_service.audit.console.console import Reading
from cds_service.audit.console.drift import RuleWeek
from cds_service.audit.console.figures import Count
from cds_service.audit.record import Outcome
from cds_service.core.control_chart import share_between
from cds_service.core.latency import percentile_us
from cds_service.web.console import charts
from cds_service.web.console.asked import Asked

_OUTCOMES = (Outcome.CARD, Outcome.SILENT, Outcome.REFUSED)
_SHARES = (("median", 0.5), ("95 in 100", 0.95), ("99 in 100", 0.99))
_MOST_BARS = 100
_SPARK_WEEKS = 13

_KINDS = (
    tally.ANSWER, tally.RULE, tally.TOLD, tally.TOLD_FIRST, tally.ANSWERED_FIRST, tally.SHADOW, traits.REPEAT,
    traits.SLOW, traits.SILENT, traits.REFUSED, traits.ALARM, traits.HELD_ALARM,
)  # fmt: skip

Cells = Mapping[tuple[str, str], int]
Counted = Mapping[str, Sequence[Count]]


class RuleLine(NamedTuple):
    """One rule's figures.

    Attributes:
        rule: its id.
        tiers: calls by tier.
        told, told_first: calls whose card told it, and told it first.
        answers: what became of the cards that told it first.
        weeks: its last weeks, as a small line.
        latest: the newest week beyond its limits; None where none of those shown is.
    """

    rule: str
    tiers: Mapping[str, int]
    told: int
    told_first: int
    answers: Mapping[str, int]
    weeks: charts.Spark
    latest: RuleWeek | None

    @property
    def fired(self) -> int:
        """In how many calls it reached a tier."""
        return sum(self.tiers.values())

    @property
    def unanswered(self) -> int:
        """How many cards that told it first got no answer."""
        return self.told_first - sum(self.answers.values())

    def share_of(self, answer: str) -> tuple[float, float]:
        """The 95 % interval of the share of an answer among those given, in percent."""
        low, high = share_between(self.answers.get(answer, 0), sum(self.answers.values()))
        return 100 * low, 100 * high


def overview(reading: Reading, asked: Asked) -> dict[str, Any]:
    """What the first page shows."""
    by_day = reading.counts(tally.CALL, "subject", "day", "content_version")
    outcomes = {outcome: sum(one.calls for one in by_day if one.subject == outcome) for outcome in _OUTCOMES}
    counted = reading.counts_by_kind(*_KINDS)
    answers = _by_subject(counted[tally.ANSWER])
    latency = reading.counts(tally.LATENCY, "subject", "day")
    changes = reading.changes()
    return {
        "outcomes": outcomes,
        "calls": sum(outcomes.values()),
        "judged": outcomes[Outcome.CARD] + outcomes[Outcome.SILENT],
        "repeats": sum(one.calls for one in counted[traits.REPEAT]),
        "slow": sum(one.calls for one in counted[traits.SLOW]),
        "answers": answers,
        "unanswered": outcomes[Outcome.CARD] - sum(answers.values()),
        "percentiles": list(zip((name for name, _ in _SHARES), _percentiles(latency), strict=True)),
        "calls_chart": calls_chart(asked, by_day, [(change.day, change.kind) for change in changes]),
        "latency_chart": latency_chart(asked, latency),
        "rules": rule_lines(counted, reading.rule_weeks(_SPARK_WEEKS)),
        "shadow": _cells(counted[tally.SHADOW]),
        "silent": _ordered(counted[traits.SILENT]),
        "refused": _ordered(counted[traits.REFUSED]),
        "alarms": _alarms(counted),
        "changes": changes,
        "versions": _versions(by_day),
    }


def rule_lines(counted: Counted, weeks: Mapping[str, list[RuleWeek]]) -> list[RuleLine]:
    """Every rule that fired, the most frequent first."""
    tiers, answers = _cells(counted[tally.RULE]), _cells(counted[tally.ANSWERED_FIRST])
    told, first = _by_subject(counted[tally.TOLD]), _by_subject(counted[tally.TOLD_FIRST])
    named = sorted({rule for rule, _ in tiers} | weeks.keys())
    made = [_line(rule, tiers, (told.get(rule, 0), first.get(rule, 0)), answers, weeks.get(rule, [])) for rule in named]
    return sorted(made, key=lambda line: -line.fired)


def _line(rule: str, tiers: Cells, told: tuple[int, int], answers: Cells, weeks: Sequence[RuleWeek]) -> RuleLine:
    outside = [week for week in weeks if week.outside]
    return RuleLine(
        rule,
        {tier: calls for (name, tier), calls in tiers.items() if name == rule},
        *told,
        {answer: calls for (name, answer), calls in answers.items() if name == rule},
        charts.spark([week.share for week in weeks], [week.outside for week in weeks]),
        outside[-1] if outside else None,
    )


class Table(NamedTuple):
    """A chart and the table of the same values: days, then one column for each name.

    `weekly` says that the days are the Mondays of weeks; `events` are the days on which something changed, and what.
    """

    drawing: charts.Drawing
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float | None, ...]], ...]
    weekly: bool
    events: tuple[tuple[str, str], ...] = ()


def calls_chart(asked: Asked, by_day: Sequence[Count], events: Sequence[tuple[str, str]]) -> Table:
    """Calls by day and outcome; by week where the period is long."""
    periods, of = _periods(asked)
    counted: dict[tuple[str, str], int] = {}
    for one in by_day:
        counted[one.subject, of[one.day]] = counted.get((one.subject, of[one.day]), 0) + one.calls
    series = [(str(name), [counted.get((name, period), 0) for period in periods]) for name in _OUTCOMES]
    rows = tuple((day, tuple(values[place] for _, values in series)) for place, day in enumerate(periods))
    drawing = charts.stacked(periods, series, events)
    return Table(drawing, tuple(name for name, _ in series), rows, len(periods) < len(of), tuple(events))


def latency_chart(asked: Asked, latency: Sequence[Count]) -> Table:
    """Percentiles of the time that calls took, in milliseconds, by day or week."""
    periods, of = _periods(asked)
    within: dict[str, list[Count]] = {period: [] for period in periods}
    for one in latency:
        within[of[one.day]].append(one)
    of_periods = [_percentiles(within[period]) for period in periods]
    series = [(name, [values[place] for values in of_periods]) for place, (name, _) in enumerate(_SHARES)]
    rows = tuple((day, values) for day, values in zip(periods, of_periods, strict=True))
    drawing = charts.lines(periods, series, " ms")
    return Table(drawing, tuple(name for name, _ in series), rows, len(periods) < len(of))


def _periods(asked: Asked) -> tuple[list[str], dict[str, str]]:
    """The days of a scope, or the Mondays of its weeks where it is long; and which of them each day belongs to."""
    scope = asked.scope
    days = [scope.since + timedelta(days=place) for place in range(scope.days)]
    weekly = len(days) > _MOST_BARS
    of = {day.isoformat(): _monday(day).isoformat() if weekly else day.isoformat() for day in days}
    return list(dict.fromkeys(of.values())), of


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _percentiles(latency: Sequence[Count]) -> tuple[float | None, ...]:
    """The percentiles of `_SHARES`, in milliseconds."""
    buckets: dict[int, int] = {}
    for one in latency:
        bucket = int(one.subject)
        buckets[bucket] = buckets.get(bucket, 0) + one.calls
    found = [percentile_us(buckets, share) for _, share in _SHARES]
    return tuple(None if one is None else one / 1000 for one in found)


def _cells(counted: Sequence[Count]) -> dict[tuple[str, str], int]:
    return {(one.subject, one.detail): one.calls for one in counted}


def _by_subject(counted: Sequence[Count]) -> dict[str, int]:
    found = Counter[str]()
    for one in counted:
        found[one.subject] += one.calls
    return found


def _ordered(counted: Sequence[Count]) -> list[Count]:
    summed = [Count(calls, subject) for subject, calls in _by_subject(counted).items()]
    return sorted(summed, key=lambda one: (-one.calls, one.subject))


def _alarms(counted: Counted) -> list[tuple[str, int, int]]:
    """Each alarm with the calls that it spoke in, and those in which it was kept quiet."""
    spoken, held = _by_subject(counted[traits.ALARM]), _by_subject(counted[traits.HELD_ALARM])
    return [(alarm, spoken.get(alarm, 0), held.get(alarm, 0)) for alarm in sorted(spoken.keys() | held.keys())]


def _versions(by_day: Sequence[Count]) -> list[tuple[str, int, str, str]]:
    """Each content version with its calls, its first and its last day in the scope; the newest first."""
    days: dict[str, list[Count]] = {}
    for one in by_day:
        days.setdefault(one.content_version, []).append(one)
    made = [
        (version, sum(one.calls for one in used), min(one.day for one in used), max(one.day for one in used))
        for version, used in days.items()
    ]
    return sorted(made, key=lambda row: (row[2], row[0]), reverse=True)
