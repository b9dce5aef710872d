"""What is counted of a call: its traits, read from the body of its record.

A record of an earlier version may lack what was added since; it has fewer traits then, and is counted all the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cds_service.audit.reason_kinds import kind_of_reason, kind_of_set_aside
from cds_service.audit.record import Outcome
from cds_service.core.scoring import SHOWN, TIER_ORDER

Json = Mapping[str, Any]

FIRST, FURTHER, UNTOLD = "first", "further", ""
"""Where a rule stands in the differential of a card; `UNTOLD` where no card tells it."""
SILENT, REFUSED, SET_ASIDE, ALARM, HELD_ALARM, SLOW, AMISS, AWAY, REASON, REPEAT = (
    "silent", "refused", "set aside", "alarm", "held alarm", "slow", "amiss", "away", "reason", "repeat",
)  # fmt: skip
"""The kinds of marks: why a call was silent, refused or overridden, that it is a repeated delivery, and so on."""
LAB, CHART = "lab", "chart"
"""The kinds of absences: a lab without a usable result, a part of the chart that did not come."""
SLOW_FROM_US = 1_000_000
SLOW_NAME = "1 s and more"


class Fired(NamedTuple):
    """A rule that reached a tier in a call: the best one of its reports, and the best place.

    `shadow` says that nobody was to see it, because the rule is in shadow or was switched off.
    """

    rule: str
    tier: str
    shadow: bool
    place: str


class Mark(NamedTuple):
    """One thing that a call can be found by."""

    kind: str
    subject: str


class Absence(NamedTuple):
    """One thing that a call lacked, and why."""

    kind: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Traits:
    """What is counted of one call.

    Attributes:
        tier: of its first etiology; empty without one.
        fired: by rule, each once.
        marks: each once.
        absences: each once.
    """

    tier: str
    fired: tuple[Fired, ...]
    marks: tuple[Mark, ...]
    absences: tuple[Absence, ...]


def traits_of(outcome: str, leading: str, duration_us: int, body: Json) -> Traits:
    """The traits of a recorded call.

    Args:
        outcome: card, silent or refused.
        leading: its first etiology, or empty.
        duration_us: how long it took.
        body: of its record.
    """
    reports: Sequence[Json] = body.get("reports", ())
    fired = _fired(reports, told=outcome == Outcome.CARD)
    leads = [report for report in _leaders_first(reports) if report.get("ranked")]
    first = leads[0]["ranked"][0] if leads and leading else ""
    return Traits(
        tier=next((one.tier for one in fired if one.rule == first), ""),
        fired=tuple(fired),
        marks=tuple(dict.fromkeys(_marks(outcome, duration_us, body, reports))),
        absences=tuple(dict.fromkeys(absence for report in reports for absence in _absences(report))),
    )


def _leaders_first(reports: Iterable[Json]) -> list[Json]:
    return sorted(reports, key=lambda report: bool(report.get("silent")))


def _fired(reports: Iterable[Json], *, told: bool) -> list[Fired]:
    best: dict[str, Fired] = {}
    for report in reports:
        ranked = {rule: place for place, rule in enumerate(report.get("ranked", ()))}
        for outcome in report.get("outcomes", ()):
            rule, tier = outcome["rule"].partition("@")[0], outcome["tier"]
            if tier in SHOWN:
                place = _place(ranked.get(rule)) if told and not report.get("silent") else UNTOLD
                one = Fired(rule, tier, rule not in ranked, place)
                best[rule] = _better(best[rule], one) if rule in best else one
    return list(best.values())


def _place(rank: int | None) -> str:
    if rank is None:
        return UNTOLD
    return FURTHER if rank else FIRST


def _better(one: Fired, other: Fired) -> Fired:
    tier = min(one.tier, other.tier, key=TIER_ORDER.__getitem__)
    place = next(place for place in (FIRST, FURTHER, UNTOLD) if place in (one.place, other.place))
    return Fired(one.rule, tier, one.shadow and other.shadow, place)


def _marks(outcome: str, duration_us: int, body: Json, reports: Sequence[Json]) -> Iterator[Mark]:
    if outcome == Outcome.REFUSED:
        yield Mark(REFUSED, kind_of_reason(str(body.get("refused", ""))))
    elif duration_us >= SLOW_FROM_US:
        yield Mark(SLOW, SLOW_NAME)
    if outcome == Outcome.SILENT:
        reasons = [body.get("silent", ""), *(report.get("silent", "") for report in reports)]
        said = [kind_of_reason(reason) for reason in reasons if reason]
        yield from (Mark(SILENT, reason) for reason in said or ["no reason on record"])
    for resource, reason, *_ in _set_aside(body, reports):
        yield Mark(SET_ASIDE, kind_of_set_aside(resource, reason))
    for report in reports:
        for alarm in report.get("mustNotMiss", ()):
            yield Mark(ALARM if alarm["speaks"] else HELD_ALARM, alarm["rule"].partition("@")[0])
    if body.get("amiss"):
        yield Mark(AMISS, "a card was not built as meant")
    if body.get("memory") == "away":
        yield Mark(AWAY, "what was told before could not be looked up")


def _set_aside(body: Json, reports: Iterable[Json]) -> Iterator[Sequence[Any]]:
    yield from body.get("setAside", ())
    for report in reports:
        yield from report.get("facts", {}).get("setAside", ())


def _absences(report: Json) -> Iterator[Absence]:
    facts: Json = report.get("facts", {})
    for why, labs in facts.get("missing", {}).items():
        yield from (Absence(LAB, lab, why) for lab in labs)
    for part, why in facts.get("gaps", {}).items():
        yield Absence(CHART, part, why)
