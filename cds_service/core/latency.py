"""Latencies in buckets: four to each doubling, so that days add up and a percentile is right to a fifth."""

from collections.abc import Mapping
from math import floor, log2

_TO_A_DOUBLING = 4


def bucket_of(duration_us: int) -> int:
    """The bucket of a duration in microseconds; below one microsecond the first."""
    return floor(log2(max(duration_us, 1)) * _TO_A_DOUBLING)


def upper_end_us(bucket: int) -> float:
    """Where a bucket ends, in microseconds."""
    return float(2 ** ((bucket + 1) / _TO_A_DOUBLING))


def percentile_us(counts: Mapping[int, int], share: float) -> float | None:
    """The duration that this share of calls stays within: the end of the bucket that holds it; None without calls.

    Args:
        counts: calls by bucket.
        share: above 0, at most 1.
    """
    total = sum(counts.values())
    passed = 0
    for bucket in sorted(counts):
        passed += counts[bucket]
        if total and passed >= share * total:
            return upper_end_us(bucket)
    return None
