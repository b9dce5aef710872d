"""What a replay has counted: it adds up over pages and processes, and goes into the state of an interrupted one."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

EXAMPLES = 5
"""Calls that are named for each kind of difference."""
_ARROW = " → "


@dataclass
class Counts:
    """Counts of one replay.

    Attributes:
        calls: by kind of difference, and "calls" for all.
        tiers: by rule, how many reports went from a tier to another or stayed, as "possible → likely".
        causes: by rule, how many reports each decider had a part in.
        examples: by kind, the first calls with it.
    """

    calls: Counter[str] = field(default_factory=Counter)
    tiers: dict[str, Counter[str]] = field(default_factory=dict)
    causes: dict[str, Counter[str]] = field(default_factory=dict)
    examples: dict[str, list[Json]] = field(default_factory=dict)

    def add(self, kind: str) -> None:
        """One more call of a kind."""
        self.calls[kind] += 1

    def tier(self, rule: str, was: str, now: str) -> None:
        """One more report on which a rule went from a tier to another, or stayed."""
        self.tiers.setdefault(rule, Counter())[f"{was}{_ARROW}{now}"] += 1

    def deciding(self, rule: str, told: Iterable[str]) -> None:
        """One more report on which these made a difference to a rule."""
        self.causes.setdefault(rule, Counter()).update(told)

    def example(self, kinds: Iterable[str], line: Json) -> None:
        """A call that stands for others of its kinds, where there are not enough."""
        for kind in kinds:
            held = self.examples.setdefault(kind, [])
            if len(held) < EXAMPLES:
                held.append(line)

    def join(self, other: "Counts") -> None:
        """Add what was counted behind this."""
        self.calls.update(other.calls)
        for mine, theirs in ((self.tiers, other.tiers), (self.causes, other.causes)):
            for rule, counted in theirs.items():
                mine.setdefault(rule, Counter()).update(counted)
        for kind, lines in other.examples.items():
            self.examples[kind] = [*self.examples.get(kind, ()), *lines][:EXAMPLES]

    def as_json(self) -> Json:
        """As JSON values."""
        return {
            "calls": dict(self.calls),
            "tiers": {rule: dict(counted) for rule, counted in sorted(self.tiers.items())},
            "causes": {rule: dict(counted) for rule, counted in sorted(self.causes.items())},
            "examples": self.examples,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Counts":
        """What `as_json` made."""
        return cls(
            Counter(data["calls"]),
            {rule: Counter(counted) for rule, counted in data["tiers"].items()},
            {rule: Counter(counted) for rule, counted in data["causes"].items()},
            {kind: list(lines) for kind, lines in data["examples"].items()},
        )


def moves(counted: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """The tiers then and now of one rule, with the number of reports; the most frequent first."""
    split = [(was, now, number) for move, number in counted.items() for was, _, now in [move.partition(_ARROW)]]
    return sorted(split, key=lambda one: (-one[2], one[0], one[1]))
