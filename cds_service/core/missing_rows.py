"""The missing tests of a recorded call: what each of their answers would do to the ranking, in rows for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cds_service.core.facts import Facts
from cds_service.core.labels import Labels

Json = Mapping[str, Any]

_WORDS = ("low", "normal", "high", "negative", "positive")


@dataclass(frozen=True, slots=True)
class StandingCell:
    """Where an etiology would stand by one answer; `moves` says whether its tier differs from now: up, down or ""."""

    tier: str
    score: int
    moves: str


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One way in which a test could come out, what would come first then, and where each etiology would stand."""

    result: str
    leader: str
    standings: tuple[StandingCell, ...]


@dataclass(frozen=True, slots=True)
class NextTestRow:
    """A missing test, what it could put first, and what it would move.

    `touches` names the etiologies that stand in the columns of `now` and of each of the `answers`. These are empty for
    a record that does not hold them.
    """

    name: str
    missing: str
    leaders: str
    moved: str
    touches: tuple[str, ...] = ()
    now: tuple[StandingCell, ...] = ()
    answers: tuple[AnswerRow, ...] = ()


def missing_rows(
    report: Json, order: Mapping[str, int], content: Json, facts: Facts, labels: Labels
) -> tuple[NextTestRow, ...]:
    """The missing tests of one report, the most telling first.

    Args:
        report: one report of the record's body.
        order: the tiers, the best with the smallest number.
        content: the snapshot of the content that judged it.
        facts: of that report.
        labels: the names that the snapshot holds.
    """
    now = {
        content["rules"][outcome["rule"].partition("@")[0]]["etiology"]: (outcome["tier"], outcome["score"][1])
        for outcome in report["outcomes"]
    }
    return tuple(_test(test, now, order, content, facts, labels) for test in report["nextTests"])


def _test(
    test: Json,
    now: Mapping[str, tuple[str, int]],
    order: Mapping[str, int],
    content: Json,
    facts: Facts,
    labels: Labels,
) -> NextTestRow:
    ordered = labels.orders.get(test["lab"])
    named = content["etiologies"]
    touches = [etiology for etiology in test.get("touches", ()) if etiology in now]
    unit = labels.units.get(test["lab"], "")
    return NextTestRow(
        name=ordered.name if ordered is not None else labels.labs.get(test["lab"], test["lab"]),
        missing=str(facts.missing_labs.get(test["lab"], "")),
        leaders=", ".join(named[rule] for rule in test["leaders"]),
        moved=", ".join(named[rule] for rule in test["moved"]),
        touches=tuple(named[etiology] for etiology in touches),
        now=tuple(StandingCell(*now[etiology], "") for etiology in touches),
        answers=tuple(
            AnswerRow(
                result=_result(low, high, word, unit),
                leader=named.get(leader, ""),
                standings=tuple(
                    StandingCell(tier, score, _moves(order, now[etiology][0], tier))
                    for etiology, (tier, score) in zip(touches, standings, strict=True)
                ),
            )
            for low, high, word, leader, standings in sorted(test.get("answers", ()), key=_from_low_to_high)
        ),
    )


def _from_low_to_high(answer: Sequence[Any]) -> int:
    """The place of a bare word; stretches of values come in their order already."""
    return _WORDS.index(answer[2]) if answer[:2] == [None, None] and answer[2] in _WORDS else 0


def _moves(order: Mapping[str, int], now: str, then: str) -> str:
    return "" if order[now] == order[then] else "up" if order[then] < order[now] else "down"


def _result(low: str | None, high: str | None, word: str, unit: str) -> str:
    """A stretch of values in words: "below 15", "15 to 30", "above 60", with the word of the reference range."""
    if low is None and high is None:
        return word
    stretch = f"{low} to {high}" if low and high else f"below {high}" if high else f"above {low}"
    told = f"{stretch} {unit}".strip()
    return f"{word}: {told}" if word else told
