"""Shares with their uncertainty, as the tables of this package print them."""

from math import sqrt

Z = 1.96
"""Standard deviations to either side that hold 95 % of a normal distribution."""


def wilson_ends(hits: int, of: int) -> tuple[float, float]:
    """The ends of the 95 % Wilson interval of a share; the whole range where nothing was counted."""
    if not of:
        return 0.0, 1.0
    share = hits / of
    middle, spread = share + Z * Z / (2 * of), Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of))
    return (middle - spread) / (1 + Z * Z / of), (middle + spread) / (1 + Z * Z / of)


def wilson(hits: int, of: int) -> str:
    """A share with its 95 % Wilson interval; "-" where nothing was counted."""
    if not of:
        return f"{'-':>7}"
    low, high = wilson_ends(hits, of)
    places = 1 if of >= 1000 else 0
    return f"{hits:3d}/{of:<3d} {hits / of:5.{places}%}  ({low:.{places}%} to {high:.{places}%})"
