"""The texts of one chart, read up to a limit: reading is what costs most, and a chart can hold any number of them."""

from collections.abc import Callable

from cds_service.core.facts import HistoryFact, SetAside

LONGEST_TEXT = 2_000
"""Characters of one text. Names of problems, procedures and medicines have some dozens."""
MOST_CHARACTERS = 200_000
"""Of all texts of one call; each counts for its length and for the work of beginning it."""
_BEGINNING = 100
_TOO_MUCH = "the chart holds more text than is read; the rest was not read"


class LimitedTexts:
    """Reads texts as long as the limit allows, and notes what it left out. For one call.

    Args:
        read: what a text says of the history: (text, resource name) to facts.
    """

    def __init__(self, read: Callable[[str, str], tuple[HistoryFact, ...]]) -> None:
        self._read = read
        self._left = MOST_CHARACTERS
        self._passed_over = 0

    def __call__(self, text: str, resource: str) -> tuple[HistoryFact, ...]:
        """The facts of one text, of its beginning where it is very long, or none when the limit is reached."""
        self._left -= min(len(text), LONGEST_TEXT) + _BEGINNING
        if self._left < 0 or len(text) > LONGEST_TEXT:
            self._passed_over += 1
        return () if self._left < 0 else self._read(text[:LONGEST_TEXT], resource)

    @property
    def set_aside(self) -> tuple[SetAside, ...]:
        """What was not read, or not to its end; empty where all of it was."""
        return (SetAside("history", _TOO_MUCH, self._passed_over),) if self._passed_over else ()
