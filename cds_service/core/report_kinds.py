"""Kinds of reports and orders: what tells imaging from other examinations, as the vocabulary lists it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Code(NamedTuple):
    """A code and its system, in the form in which they are compared."""

    system: str
    code: str

    @classmethod
    def of(cls, system: str, code: str) -> "Code":
        """A code as sent: "https" and a slash at the end of a system are common slips, case says nothing."""
        plain = system.strip().rstrip("/")
        plain = f"http://{plain.removeprefix('https://')}" if plain.startswith("https://") else plain
        return cls(plain.casefold(), code.strip().casefold())


@dataclass(frozen=True, slots=True)
class Kinds:
    """Codes and names of one kind of thing; names in lower case."""

    codes: frozenset[Code]
    names: frozenset[str]

    def known(self, codes: Iterable[Code], names: Iterable[str]) -> bool:
        """Whether one of these is of the kind; a code without a system counts as one of any system."""
        bare = {code.code for code in self.codes}
        return any(code in self.codes or (not code.system and code.code in bare) for code in codes) or any(
            name.strip().casefold() in self.names or name.strip().casefold() in bare for name in names
        )


@dataclass(frozen=True, slots=True)
class ReportKinds:
    """What the vocabulary says of reports.

    Attributes:
        imaging, other: categories of imaging reports, and of reports that are none.
        order_imaging: categories of orders for imaging.
        asked: the (system, code) that a search for imaging reports names, as "system|code".
        routine_tests: labs, by id, an order for which says nothing by itself.
        newest: how many stored reports are read.
        not_older_than_days: how old the oldest of them may be.
    """

    imaging: Kinds
    other: Kinds
    order_imaging: Kinds
    asked: tuple[str, ...]
    routine_tests: frozenset[str]
    newest: int
    not_older_than_days: int
