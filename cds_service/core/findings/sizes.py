"""Sizes in report text, in millimetres."""

from decimal import Decimal

from cds_service.core.findings.text import Tokens

_UNITS = {"mm": Decimal(1), "millimeter": Decimal(1), "cm": Decimal(10), "centimeter": Decimal(10)}
_BETWEEN = frozenset({"x", "by", "to", "and", ",", "mm", "cm"})
_WIDEST = 12
_MAX_DIGITS = 6
# What is measured, when it is not a lesion: "about 3 cm shortening", "3 cm above the bifurcation".
_NOT_A_SIZE = frozenset(
    {"shortening", "above", "below", "from", "proximal", "distal", "beyond", "away", "deep", "lateral", "medial", "leg"}
)


def largest_mm(tokens: Tokens, first: int, stop: int) -> Decimal | None:
    """The largest size stated from token `first` up to `stop` ("7.3 x 6.7 x 8.3 cm" is 83), or None."""
    words = tokens.words
    best: Decimal | None = None
    for index in range(first + 1, stop):
        factor = _UNITS.get(words[index])
        if (
            factor is None
            or not words[index - 1][:1].isdigit()
            or (index + 1 < stop and words[index + 1] in _NOT_A_SIZE)
        ):
            continue
        for position in range(index - 1, max(first, index - _WIDEST) - 1, -1):
            word = words[position]
            if word[:1].isdigit() and word.isascii() and len(word) <= _MAX_DIGITS:
                size = Decimal(word) * factor
                best = size if best is None or size > best else best
            elif word not in _BETWEEN:
                break
    return None if best is None else Decimal(format(best.normalize(), "f"))
