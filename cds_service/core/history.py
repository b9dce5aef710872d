"""The history entries that rules may ask for: which lists hold them, and the codes that stand for them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cds_service.core.facts import HistoryFact, State

LISTS = ("conditions", "procedures", "medications")
"""The lists of a chart that history is read from."""

_RANK = {State.PRESENT: 0, State.UNCERTAIN: 1, State.DENIED: 2}


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One history entry of the vocabulary: its name, and the lists of a chart in which it can be found."""

    id: str
    label: str
    found_in: frozenset[str]


@dataclass(frozen=True)
class HistoryVocabulary:
    """All history entries.

    Attributes:
        entries: by id.
        codes: whole codes by system: "snomed" to code to entry ids.
        prefixes: beginnings of codes without dots, by system: "icd10cm" and "atc" to prefix to entry ids.
    """

    entries: Mapping[str, HistoryEntry]
    codes: Mapping[str, Mapping[str, tuple[str, ...]]]
    prefixes: Mapping[str, Mapping[str, tuple[str, ...]]]

    def of_code(self, system: str, code: str) -> tuple[str, ...]:
        """The entries that a code stands for, in the vocabulary's order."""
        found = list(self.codes.get(system, {}).get(code, ()))
        prefixes = self.prefixes.get(system)
        if prefixes:
            bare = code.replace(".", "").upper()
            found += [entry for end in range(1, len(bare) + 1) for entry in prefixes.get(bare[:end], ())]
        return tuple(dict.fromkeys(found))

    def lists(self) -> dict[str, frozenset[str]]:
        """The lists that each entry can be found in, by entry id."""
        return {entry.id: entry.found_in for entry in self.entries.values()}


def merged(facts: Iterable[HistoryFact]) -> dict[str, HistoryFact]:
    """One fact for each concept: present beats uncertain beats denied, then the most recent.

    An undated fact counts as recent, as it does when a rule asks for the last months.
    """
    found: dict[str, HistoryFact] = {}
    for fact in facts:
        held = found.get(fact.concept)
        if held is None or _weight(fact) < _weight(held):
            found[fact.concept] = fact
    return found


def _weight(fact: HistoryFact) -> tuple[int, int, bool]:
    return _RANK[fact.state], fact.age_days or 0, fact.age_days is None
