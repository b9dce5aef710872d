"""Sizes in report text, in millimetres."""

from decimal import Decimal

from cds_service.core.findings.text import Tokens

_WIDEST = 12
_MAX_DIGITS = 6


def largest_mm(tokens: Tokens, first: int, stop: int) -> Decimal | None:
    """The largest size stated from token `first` up to `stop` ("7.3 x 6.7 x 8.3 cm" is 83), or None."""
    words, grammar = tokens.words, tokens.grammar
    if grammar.sizes.keys().isdisjoint(words[first:stop]):
        return None
    best: Decimal | None = None
    for index in range(first + 1, stop):
        factor = grammar.sizes.get(words[index])
        if (
            factor is None
            or not words[index - 1][:1].isdigit()
            or (index + 1 < stop and words[index + 1] in grammar.no_size)
        ):
            continue
        for position in range(index - 1, max(first, index - _WIDEST) - 1, -1):
            word = words[position]
            if word[:1].isdigit() and word.isascii() and len(word) <= _MAX_DIGITS:
                size = Decimal(word) * factor
                best = size if best is None or size > best else best
            elif word not in grammar.size_times and word not in grammar.size_links and word not in grammar.sizes:
                break
    return None if best is None else Decimal(format(best.normalize(), "f"))
