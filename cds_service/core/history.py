"""The history entries that rules may ask for: which lists hold them, and the codes that stand for them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from cds_service.core.facts import HistoryFact, SetAside, State

LISTS = ("conditions", "procedures", "medications", "family")
"""The lists of a chart that history is read from."""

FAMILY = "family-"
"""What the id of an entry begins with that speaks of relatives; the rest is the entry that they have."""

_RANK = {State.PRESENT: 0, State.UNCERTAIN: 1, State.DENIED: 2}
_DAYS_OF_YEAR = Decimal("365.25")
_CONTRADICTED = "it denies what another statement says; that one was used"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One history entry of the vocabulary.

    Attributes:
        label: its name.
        found_in: the lists of a chart in which it can be found.
        counts_after_end: for how many days it counts once it is over; None where what it caused stays.
    """

    id: str
    label: str
    found_in: frozenset[str]
    counts_after_end: int | None = None


@dataclass(frozen=True)
class HistoryVocabulary:
    """All history entries.

    Attributes:
        entries: by id.
        codes: whole codes by system: "snomed" and "rxnorm" to code to entry ids.
        prefixes: beginnings of codes without dots, by system: "icd10cm" and "atc" to prefix to entry ids.
        not_related: words, and codes of HL7 v3 RoleCode, of a relationship that is not one by blood.
    """

    entries: Mapping[str, HistoryEntry]
    codes: Mapping[str, Mapping[str, tuple[str, ...]]]
    prefixes: Mapping[str, Mapping[str, tuple[str, ...]]]
    not_related: frozenset[str] = frozenset()

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

    def lapses(self) -> dict[str, int]:
        """For how many days an entry counts after its end, by entry id; entries that count for ever are left out."""
        return {
            entry.id: entry.counts_after_end for entry in self.entries.values() if entry.counts_after_end is not None
        }


def merged(facts: Iterable[HistoryFact]) -> dict[str, HistoryFact]:
    """One fact for each concept: present beats uncertain beats denied, what goes on what is over, then the most recent.

    An undated fact counts as recent, as it does when a rule asks for the last months.
    """
    found: dict[str, HistoryFact] = {}
    for fact in facts:
        held = found.get(fact.concept)
        if held is None or _weight(fact) < _weight(held):
            found[fact.concept] = fact
    return found


def contradicted(facts: Iterable[HistoryFact], kept: Mapping[str, HistoryFact]) -> Iterator[SetAside]:
    """The statements that deny what is kept as present or uncertain: both sides of a conflict stay visible."""
    for fact in facts:
        held = kept[fact.concept]
        if fact.state is State.DENIED and held.state is not State.DENIED and fact.resource != held.resource:
            yield SetAside(fact.resource, _CONTRADICTED)


def dated(fact: HistoryFact, as_of: date, age_years: Decimal | None, written_days: int = 0) -> HistoryFact:
    """The fact with the age that its words give it.

    Args:
        fact: as a text tells it: its dates in the words of the text.
        as_of: the day of the call.
        age_years: the patient's age on that day.
        written_days: how long ago the text was written, from where "3 months ago" counts.
    """
    if not fact.onset and fact.ended is None:
        return fact
    days, at_least = _days_since(fact.onset, fact.age_days, as_of, written_days), fact.at_least
    if fact.by_age is not None and age_years is not None and age_years > fact.by_age:
        days, at_least = int((age_years - fact.by_age) * _DAYS_OF_YEAR), True
    ended = None if fact.ended is None else _days_since(fact.ended, fact.ended_days, as_of, written_days)
    return replace(fact, age_days=days, at_least=at_least and days is not None, ended_days=ended, by_age=None)


def _days_since(told: str, days: int | None, as_of: date, written_days: int) -> int | None:
    if days is not None:
        return days + written_days
    parts = told.split("-")
    if not all(part.isdigit() for part in parts):
        return None
    year, month, day = (*map(int, parts), 1, 1)[:3]
    try:
        since = (as_of - date(year, month, day)).days
    except ValueError:
        return None
    return since if since >= 0 else None


def _weight(fact: HistoryFact) -> tuple[int, bool, int, bool, str, str]:
    # The last two only keep the order of resources from deciding.
    ended = fact.ended is not None
    recent = (fact.ended_days if ended else fact.age_days) or 0
    return _RANK[fact.state], ended, recent, fact.age_days is None, fact.resource, fact.label
