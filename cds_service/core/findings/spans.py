"""Where a clause says something: the words' positions and a quotation of the clause."""

from cds_service.core.facts import Span
from cds_service.core.findings.context import Clause
from cds_service.core.findings.lexicon import Mention
from cds_service.core.findings.text import Tokens

_QUOTE = 160
REPORT = "report"


class Quoting:
    """Makes the spans of one clause; the quotation is cut once."""

    def __init__(self, clause: Clause, tokens: Tokens) -> None:
        self._tokens = tokens
        self._first, self._last = tokens.starts[clause.first], tokens.ends[clause.stop - 1]
        said = tokens.text[self._first : self._last]
        self._whole = " ".join(said.split())
        self._begin = self._first if len(self._whole) == len(said) else -1
        self._fits = len(self._whole) <= _QUOTE

    def __call__(self, mention: Mention) -> Span:
        start, end = self._tokens.starts[mention.first], self._tokens.ends[mention.stop - 1]
        if self._fits:
            return Span(start, end, self._whole, REPORT, self._begin)
        quote = self._around(start, end)
        words = self._tokens.text[start:end]
        at = quote.find(words) if quote.count(words) == 1 else -1
        return Span(start, end, quote, REPORT, start - at if at >= 0 else -1)

    def _around(self, start: int, end: int) -> str:
        """The words around the mention, cut at word ends."""
        text = self._tokens.text
        room = max(0, _QUOTE - (end - start)) // 2
        first = max(self._first, start - room)
        last = min(self._last, end + room)
        cut = text[first:last]
        if self._first < first < start:
            cut = cut.partition(" ")[2]
        if end < last < self._last:
            cut = cut.rpartition(" ")[0]
        return " ".join(cut.split())[:_QUOTE]
