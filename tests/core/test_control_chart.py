"""The control chart and the intervals of shares hold what statistics promises, on every input."""

from math import comb
from random import Random  # noqa: TID251 - seeded, so the same in each run

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.core.control_chart import LEAST_WEEKS, Week, judged, share_between
from cds_service.core.latency import bucket_of, percentile_us, upper_end_us

weeks = st.lists(
    st.integers(0, 3000).flatmap(lambda calls: st.integers(0, calls).map(lambda fired: Week(calls, fired))), max_size=40
)


@given(weeks)
def test_limits_lie_around_the_centre_and_within_nothing_and_all(history: list[Week]) -> None:
    for week, one in zip(history, judged(history), strict=True):
        if one is not None:
            assert 0 <= one.low <= one.centre <= one.high <= 1
            assert one.outside == (not one.low <= week.fired / week.calls <= one.high)


@given(weeks, weeks)
def test_what_was_said_of_a_week_stays_whatever_comes_later(history: list[Week], later: list[Week]) -> None:
    assert judged([*history, *later])[: len(history)] == judged(history)


@given(weeks)
def test_a_week_is_judged_by_eight_weeks_with_calls_or_not_at_all(history: list[Week]) -> None:
    for place, one in enumerate(judged(history)):
        before = sum(1 for week in history[max(place - 26, 0) : place] if week.calls)
        assert (one is None) == (before < LEAST_WEEKS or not history[place].calls)


@pytest.mark.parametrize(
    ("history", "week", "outside"),
    [
        ([Week(200, 40)] * 10, Week(200, 40), False),
        ([Week(200, 40)] * 10, Week(200, 56), False),
        ([Week(200, 40)] * 10, Week(200, 58), True),
        ([Week(200, 40)] * 10, Week(200, 22), True),
        ([Week(200, 0)] * 10, Week(200, 0), False),
        ([Week(200, 0)] * 10, Week(200, 1), True),
        ([Week(200, 200)] * 10, Week(200, 200), False),
        ([Week(200, 200)] * 10, Week(200, 199), True),
        ([Week(10, 2)] * 10, Week(5, 5), True),
        ([Week(10, 2)] * 10, Week(5, 3), False),
        ([Week(100, 1)] * 10, Week(100, 6), True),
        ([Week(100, 1)] * 10, Week(100, 5), False),
        ([Week(2000, 200), Week(2000, 400)] * 5, Week(2000, 410), False),
        ([Week(2000, 300)] * 10, Week(2000, 410), True),
    ],
)
def test_a_week_is_marked_when_chance_does_not_explain_it(history: list[Week], week: Week, outside: bool) -> None:
    last = judged([*history, week])[-1]
    assert last is not None
    assert last.outside is outside


@given(st.integers(1, 40), st.integers(1, 99))
def test_where_few_are_expected_the_limit_is_the_binomial_one(calls: int, percent: int) -> None:
    if calls * percent >= 900:
        return
    last = judged([*[Week(100, percent)] * 10, Week(calls, 0)])[-1]
    assert last is not None
    share = percent / 100
    most = round(last.high * calls)
    beyond = sum(comb(calls, n) * share**n * (1 - share) ** (calls - n) for n in range(most + 1, calls + 1))
    below = sum(comb(calls, n) * share**n * (1 - share) ** (calls - n) for n in range(most, calls + 1))
    assert beyond <= 0.00135 + 1e-9
    assert below > 0.00135 - 1e-9 or most == 0


def test_of_weeks_that_differ_by_chance_alone_few_are_marked() -> None:
    lot = Random(5)
    history = [Week(300, sum(lot.random() < 0.12 for _ in range(300))) for _ in range(1000)]
    marked = [one.outside for one in judged(history) if one is not None]
    assert sum(marked) / len(marked) < 0.01


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_interval_of_a_share_holds_the_share(part: int, more: int) -> None:
    low, high = share_between(part, part + more)
    assert 0 <= low <= high <= 1
    if part + more:
        assert low - 1e-12 <= part / (part + more) <= high + 1e-12


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)]
)
def test_the_interval_is_wilsons(part: int, whole: int, low: float, high: float) -> None:
    """The third is Newcombe's example (Statistics in Medicine 1998, 17: 857)."""
    assert share_between(part, whole) == pytest.approx((low, high), abs=5e-5)


@given(st.lists(st.integers(1, 10**8), min_size=1, max_size=200), st.sampled_from((0.5, 0.95, 0.99, 1.0)))
def test_a_percentile_is_right_to_a_fifth(durations: list[int], share: float) -> None:
    counts: dict[int, int] = {}
    for duration in durations:
        counts[bucket_of(duration)] = counts.get(bucket_of(duration), 0) + 1
    found = percentile_us(counts, share)
    within = sorted(durations)[max(-int(-share * len(durations) // 1) - 1, 0)]
    assert found is not None
    assert within <= found * (1 + 1e-9) <= within * 2**0.25 * (1 + 1e-6)


def test_without_calls_there_is_no_percentile() -> None:
    assert percentile_us({}, 0.5) is None
    assert upper_end_us(bucket_of(0)) > 1
