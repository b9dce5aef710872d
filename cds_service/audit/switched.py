"""What is switched off, as one call meets it: the value that its id, its answer and its record are made with."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Switched:
    """What is switched off for one call.

    Attributes:
        rules: ids of the rules that would be active and are switched off, in alphabetical order.
        silent: why nothing at all is said; empty where something may be.
        age_s: seconds since the switches were read, where that is too long ago; else 0.
    """

    rules: tuple[str, ...] = ()
    silent: str = ""
    age_s: int = 0

    def names(self) -> Iterator[str]:
        """What tells the call apart from the same call under other switches; nothing where all are on."""
        if self.rules:
            yield f"without {','.join(self.rules)}"
        if self.silent:
            yield self.silent

    def as_json(self) -> dict[str, Any]:
        """What the record keeps of it; `silent` stands there already, as for every other reason."""
        off = {"switchedOff": list(self.rules)} if self.rules else {}
        return {**off, **({"switchesReadSecondsAgo": self.age_s} if self.age_s else {})}


ALL_ON = Switched()
