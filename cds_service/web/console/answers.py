"""What readers do with the cards: accepted, overridden and why, or no answer; by rule."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from cds_service.audit import tally, traits
from cds_service.audit.console.console import Reading
from cds_service.audit.console.search import ANY
from cds_service.audit.index_feedback import ACCEPTED, OVERRIDDEN
from cds_service.audit.traits import FIRST
from cds_service.core.control_chart import share_between


class AnswerLine(NamedTuple):
    """What became of the cards that told one rule; `reasons` counts the calls in which each reason was given."""

    rule: str
    told: int
    accepted: int
    overridden: int
    reasons: Mapping[str, int]

    @property
    def unanswered(self) -> int:
        """How many got no answer."""
        return self.told - self.accepted - self.overridden

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share that was accepted of those answered, in percent."""
        low, high = share_between(self.accepted, self.accepted + self.overridden)
        return 100 * low, 100 * high


def answers(reading: Reading, place: str) -> dict[str, Any]:
    """What the page on answers shows.

    Args:
        reading: of the scope.
        place: "first" to count a card for the rule that stands first on it, "any" for every rule that it tells.
    """
    first = place != ANY
    told = {one.subject: one.calls for one in reading.counts(tally.TOLD_FIRST if first else tally.TOLD, "subject")}
    given = _cells(reading, tally.ANSWERED_FIRST if first else tally.ANSWERED)
    reasons = _cells(reading, tally.REASON_FIRST if first else traits.REASON)
    overall = _cells(reading, traits.REASON).get("", {})
    lines = [_line(rule, calls, given.get(rule, {}), reasons.get(rule, {})) for rule, calls in told.items()]
    return {
        "place": FIRST if first else ANY,
        "lines": sorted(lines, key=lambda line: (-line.told, line.rule)),
        "reasons": sorted(overall.items(), key=lambda pair: (-pair[1], pair[0])),
    }


def _line(rule: str, told: int, given: Mapping[str, int], reasons: Mapping[str, int]) -> AnswerLine:
    return AnswerLine(rule, told, given.get(ACCEPTED, 0), given.get(OVERRIDDEN, 0), reasons)


def _cells(reading: Reading, kind: str) -> dict[str, dict[str, int]]:
    cells: dict[str, dict[str, int]] = {}
    for one in reading.counts(kind, "subject", "detail"):
        cells.setdefault(one.subject, {})[one.detail] = one.calls
    return cells
