"""The wording of the cards, as content gives it: sentences with placeholders, looked up by a dotted key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Wording:
    """One card file's words. The content check has seen to it that every key and placeholder is right."""

    words: Mapping[str, Any]

    def say(self, key: str, **values: object) -> str:
        """The sentence at a dotted key, with its placeholders filled in; line breaks of the file become spaces."""
        return " ".join(str(self.get(key)).split()).format_map(values)

    def get(self, key: str) -> Any:
        """Whatever stands at a dotted key: a sentence, a list, or a group of sentences."""
        found: Any = self.words
        for part in key.split("."):
            found = found[part]
        return found


@dataclass(frozen=True, slots=True)
class CardWords:
    """The wording of every kind of card, and what all cards share."""

    common: Wording
    differential: Wording
    must_not_miss: Wording
    work_up: Wording
    missing_tests: Wording
