"""A period is cut into whole months and the days at its edges; each of its days is counted once."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cds_service.audit.console.scope import Scope

days = st.dates(date(2023, 1, 1), date(2027, 12, 31))


@given(days, st.integers(0, 900))
def test_months_and_edges_are_the_days_of_the_period(since: date, length: int) -> None:
    scope = Scope(since, since + timedelta(days=length))
    wanted = [(since + timedelta(days=place)).isoformat() for place in range(length + 1)]
    months = scope.whole_months
    inside = [] if months is None else [day for day in _calendar() if months[0] <= day[:7] <= months[1]]
    edges = [day for first, last in scope.edges for day in _calendar() if first <= day <= last]
    assert sorted([*inside, *edges]) == wanted
    assert months is not None or length < 62


def _calendar() -> list[str]:
    return [(date(2022, 12, 1) + timedelta(days=place)).isoformat() for place in range(3000)]
