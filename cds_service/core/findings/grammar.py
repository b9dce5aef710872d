"""The small words and marks that steer the reading: they name nothing, but say what belongs to what."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Grammar:
    """The small words and marks, by what they do; `rules/vocabulary/cues.yaml` explains each list.

    Attributes:
        sides: word to side, see `Side`.
    """

    affirming: frozenset[str]
    abbreviations: frozenset[str]
    sides: Mapping[str, str]
    before_side: frozenset[str]
    place_links: frozenset[str]
    articles: frozenset[str]
    target_links: frozenset[str]
    companions: frozenset[str]
    adjective_ends: frozenset[str]
    last_of_list: frozenset[str]
    within_list: frozenset[str]
    statement_starts: frozenset[str]
    openings: frozenset[tuple[str, ...]]
    reporting: frozenset[str]
    known: frozenset[str]
    before_value: frozenset[str]
    of_it: frozenset[str]
    plural_letters: frozenset[str]

    def folded(self, fold: Callable[[str], str]) -> "Grammar":
        """The same with every word as it stands among the tokens of a text."""
        return Grammar(**{field.name: _folded(getattr(self, field.name), fold) for field in fields(self)})

    def __iter__(self) -> Iterator[str]:
        """Every single word and mark in it."""
        for field in fields(self):
            yield from (word for word in getattr(self, field.name) if isinstance(word, str))


def _folded(words: Any, fold: Callable[[str], str]) -> Any:
    if isinstance(words, Mapping):
        return {fold(word): meaning for word, meaning in words.items()}
    return frozenset(fold(word) if isinstance(word, str) else tuple(map(fold, word)) for word in words)
