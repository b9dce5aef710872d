"""Rules as frozen values: one rule is one etiology, written the way rheumatology writes classification criteria."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from cds_service.core.conditions import Condition

ACTIVE, SHADOW = "active", "shadow"
"""The statuses of a rule that is judged: an active one is shown, one in shadow is recorded only."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A source that a rule relies on, and what it says that the rule uses."""

    id: str
    citation: str
    doi: str
    states: str


@dataclass(frozen=True, slots=True)
class Revision:
    """A version of a rule, and the day on which it was finished (ISO 8601)."""

    version: str
    on: str


@dataclass(frozen=True, slots=True)
class Item:
    """One weighted criterion.

    Attributes:
        id: unique within the rule.
        label: as a card prints it.
        domain: criteria of one domain are one fact seen several ways; only the heaviest that is met counts.
        weight: points (doublings of the odds), positive; subtracted where the item argues against.
        basis: "document", "literature" or "estimate".
        source: reference id, where there is one.
        defining: whether it is enough, with the score, to call the etiology likely on one kind of evidence.
        when: what must hold.
    """

    id: str
    label: str
    domain: str
    weight: int
    basis: str
    source: str
    defining: bool
    when: Condition


@dataclass(frozen=True, slots=True)
class Pattern:
    """A named picture of several labs: for rules to ask for, and for readers as context."""

    id: str
    label: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A fact that rules the etiology out, whatever the score."""

    id: str
    label: str
    basis: str
    source: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Rule:
    """One etiology's criteria. See `rules/schema/rule.schema.json` for what each field means to its author."""

    id: str
    version: str
    status: str
    etiology: str
    document: str
    quote: str
    references: tuple[Reference, ...]
    entry: Condition
    prior: int
    supports: tuple[Item, ...]
    argues_against: tuple[Item, ...]
    excludes: tuple[Exclusion, ...]
    known_gaps: tuple[str, ...]
    reviewed: str
    revisions: tuple[Revision, ...] = ()

    @property
    def ref(self) -> str:
        """The rule as records name it: "id@version"."""
        return f"{self.id}@{self.version}"


@dataclass(frozen=True, slots=True)
class Alarm:
    """A must-not-miss rule: it speaks whatever the ranking, when its trigger is met and its `unless` is not."""

    id: str
    version: str
    status: str
    title: str
    document: str
    quote: str
    references: tuple[Reference, ...]
    trigger: Condition
    unless: Condition | None
    message: str
    forbids: tuple[str, ...]
    known_gaps: tuple[str, ...]
    reviewed: str
    revisions: tuple[Revision, ...] = ()

    @property
    def ref(self) -> str:
        """The rule as records name it: "id@version"."""
        return f"{self.id}@{self.version}"


@dataclass(frozen=True, slots=True)
class Scoring:
    """The one table of thresholds, in points, and the number of kinds of evidence that "likely" asks for."""

    likely_points: int
    likely_kinds: int
    possible_points: int


@dataclass(frozen=True, slots=True)
class Etiology:
    """A name on the list: what to call it, and its codes (system, code, display) where verified."""

    id: str
    name: str
    modern_name: str
    branch: str
    parent: str
    codes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules in force, judged together."""

    scoring: Scoring
    rules: tuple[Rule, ...]
    alarms: tuple[Alarm, ...]
    etiologies: dict[str, Etiology]

    def named(self, etiology: str) -> Etiology:
        """The etiology with this id."""
        return self.etiologies[etiology]

    def active(self) -> frozenset[str]:
        """The ids of the rules that may show or say something, must-not-miss rules included."""
        status = {rule.id: rule.status for rule in self.rules} | {alarm.id: alarm.status for alarm in self.alarms}
        return frozenset(name for name, each in status.items() if each == ACTIVE)

    def in_shadow(self, ids: Collection[str]) -> "RuleSet":
        """The same rules, of which the active ones with these ids are in shadow."""
        hidden = self.active().intersection(ids)
        return replace(
            self,
            rules=tuple(replace(rule, status=SHADOW) if rule.id in hidden else rule for rule in self.rules),
            alarms=tuple(replace(alarm, status=SHADOW) if alarm.id in hidden else alarm for alarm in self.alarms),
        )
