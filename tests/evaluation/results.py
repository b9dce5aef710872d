"""A published case answered: what came first, what was called likely, and what decided it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cds_service.answer import Setting, answer
from cds_service.audit.record import Arrival, fingerprint
from cds_service.content.load import Content
from cds_service.core.explanation import ItemRow, RuleRow, explain
from cds_service.core.ranking import kin_of
from cds_service.fhir.request import read_call
from cds_service.hooks import SERVICES
from tests.evaluation.published import AS_OF_YEAR, HOOK, PublishedCase

AS_OF = datetime(AS_OF_YEAR, 6, 30, tzinfo=UTC)
DOMAIN = "io.github.calcification-cds"
SERVICE = SERVICES["calcification-report-sign"]
NONE, SILENT, NO_CARD = "none", "silent", "no card"
HEAVIEST = 3
"""How many of the heaviest supports a miss is told with."""


@dataclass(frozen=True, slots=True)
class Placing:
    """How one case came out: the shown etiologies with their tiers, best first, and whether anything was said at all.

    Attributes:
        kin: the etiologies that are no false answer to the case: its own, its parent and its children.
    """

    case: PublishedCase
    ranked: tuple[tuple[str, str], ...]
    speaks: bool
    kin: frozenset[str]

    @property
    def place(self) -> int:
        """The place of the published etiology, from 1; 0 where it is not shown."""
        names = [etiology for etiology, _ in self.ranked]
        return names.index(self.case.etiology) + 1 if self.case.etiology in names else 0

    @property
    def first(self) -> str:
        """The first answer; "no card" where nothing is shown."""
        return self.ranked[0][0] if self.ranked else NO_CARD

    @property
    def is_sure(self) -> bool:
        """Whether the published etiology is called likely."""
        return (self.case.etiology, "likely") in self.ranked

    @property
    def false_likely(self) -> tuple[str, ...]:
        """The etiologies that are called likely and are neither the published one, nor its parent or child."""
        return tuple(etiology for etiology, tier in self.ranked if tier == "likely" and etiology not in self.kin)

    @property
    def published(self) -> str:
        """The group that the case counts in: its etiology, "none", or "silent"."""
        return SILENT if self.case.silent else self.case.etiology

    @property
    def is_miss(self) -> bool:
        """Whether something else came out than was published."""
        if self.case.silent:
            return self.speaks
        return bool(self.false_likely) if self.case.etiology == NONE else self.place != 1 or bool(self.false_likely)


@dataclass(frozen=True, slots=True)
class Answered:
    """One case with its answer; `body` is that of the audit record, from which the deciding items are told."""

    placing: Placing
    body: Mapping[str, Any]


def answered(content: Content, case: PublishedCase) -> Answered:
    """Answers one case as the service would."""
    call = read_call(case.request, SERVICE.id, HOOK)
    arrival = Arrival(AS_OF, AS_OF, "evaluation", fingerprint(case.request), lambda: 0)
    given = answer(SERVICE, call, arrival, Setting(content, DOMAIN, "http://127.0.0.1", lambda _patient: ""))
    body = given.record.body
    ranked = [(outcome["rule"], outcome["tier"]) for outcome in _ranked(body["reports"][0])]
    etiologies = _etiologies(content)
    shown = tuple((etiologies[rule.partition("@")[0]], tier) for rule, tier in ranked)
    return Answered(
        Placing(case, shown, bool(given.cards), kin_of(case.etiology, content.engine.rules.etiologies)), body
    )


def _etiologies(content: Content) -> dict[str, str]:
    return {rule.id: rule.etiology for rule in content.engine.rules.rules}


def _ranked(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    by_rule = {outcome["rule"].partition("@")[0]: outcome for outcome in report["outcomes"]}
    return [by_rule[rule] for rule in report["ranked"]]


@dataclass(frozen=True, slots=True)
class Deciding:
    """One etiology in one case: where it stands, the items that counted, and its heaviest supports that did not."""

    etiology: str
    tier: str
    low: int
    score: int
    high: int
    prior: int
    entry: str
    counted: tuple[ItemRow, ...]
    lacking: tuple[ItemRow, ...]


def deciding(content: Content, one: Answered) -> list[Deciding]:
    """What decided a case: of the published etiology, and of the one that came first where that is another.

    For a case that should have been silent, and for one with a false likely, of everything that was wrongly said.
    """
    placing = one.placing
    wanted = [placing.case.etiology, placing.first, *placing.false_likely]
    rows = explain(one.body, content.snapshot).reports[0].rules
    etiologies = _etiologies(content)
    by_etiology = {etiologies[row.ref.partition("@")[0]]: row for row in rows}
    return [_deciding(etiology, by_etiology[etiology]) for etiology in dict.fromkeys(wanted) if etiology in by_etiology]


def _deciding(etiology: str, row: RuleRow) -> Deciding:
    heaviest = sorted(row.supports, key=lambda item: -item.weight)[:HEAVIEST]
    return Deciding(
        etiology=etiology,
        tier=row.tier,
        low=row.low,
        score=row.score,
        high=row.high,
        prior=row.prior,
        entry=row.entry,
        counted=tuple(item for item in _by_weight((*row.supports, *row.argues_against)) if item.counted)
        + tuple(item for item in row.excludes if item.verdict == "met"),
        lacking=tuple(item for item in heaviest if item.verdict != "met"),
    )


def _by_weight(items: Iterable[ItemRow]) -> list[ItemRow]:
    return sorted(items, key=lambda item: -abs(item.weight))
