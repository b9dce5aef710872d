"""Shares in words. What was never met has none; an interval is rounded outwards, and never looks surer than it is."""

from math import ceil, floor

from cds_service.core.control_chart import share_between

NONE_MET = "none met"
_THOUSAND = 1000


def per_thousand(part: int, whole: int) -> str:
    """How many of 1,000."""
    return f"{_THOUSAND * part / whole:.1f}" if whole else NONE_MET


def between_per_thousand(part: int, whole: int) -> str:
    """The 95 % interval of how many of 1,000."""
    low, high = share_between(part, whole)
    return f"{floor(10 * _THOUSAND * low) / 10:.1f} to {ceil(10 * _THOUSAND * high) / 10:.1f}"


def between_percent(part: int, whole: int) -> str:
    """The 95 % interval of a share."""
    if not whole:
        return NONE_MET
    low, high = share_between(part, whole)
    return f"{floor(100 * low)} to {ceil(100 * high)} %"
