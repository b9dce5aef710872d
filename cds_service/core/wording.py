"""The wording of the cards, as content gives it: sentences with placeholders, looked up by a dotted key."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

_FILLED = r"[^.:()\n]{1,2000}"


@dataclass(frozen=True, slots=True)
class Wording:
    """One card file's words. The content check has seen to it that every key and placeholder is right."""

    words: Mapping[str, Any]

    def say(self, key: str, **values: object) -> str:
        """The sentence at a dotted key, with its placeholders filled in; line breaks of the file become spaces."""
        return " ".join(str(self.get(key)).split()).format_map(values)

    def pattern(self, key: str) -> str:
        """A regular expression of the sentence at a key, whatever fills its placeholders within a line.

        What fills one holds no full stop, colon or bracket, so that no letter is looked at twice.
        """
        parts = Formatter().parse(" ".join(str(self.get(key)).split()))
        return "".join(re.escape(text) + (_FILLED if name is not None else "") for text, name, _, _ in parts)

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
