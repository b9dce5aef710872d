"""A result is drawn where it lies against its range; what has no number or no range is not drawn."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.core.facts import EarlierResult, ReferenceRange
from cds_service.core.lab_rows import LabRow
from cds_service.core.quantity import Interval
from cds_service.web.lab_drawing import WIDTH, range_bar, trend

BOTH, UP_TO, FROM = ("2.5", "4.5"), (None, "5"), ("60", None)


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def row(value: Interval | None, limits: tuple[str | None, str | None] | None, *earlier: tuple[str, int]) -> LabRow:
    reference = None if limits is None else ReferenceRange(number(limits[0]), number(limits[1]), "test")
    series = tuple(EarlierResult("", days, Interval.exactly(Decimal(told))) for told, days in earlier)
    return LabRow(
        "phosphate", "", "", "", "range", "2026-01-01", "", "", unit="mg/dL", value=value, limits=reference,
        series=series, age_days=1,
    )  # fmt: skip


def exactly(value: str) -> Interval:
    return Interval.exactly(Decimal(value))


@pytest.mark.parametrize(
    ("value", "limits", "begin", "end", "beyond"),
    [
        ("2.5", BOTH, 50, 50, ""),
        ("3.5", BOTH, 75, 75, ""),
        ("4.5", BOTH, 100, 100, ""),
        ("0", BOTH, 0, 0, ""),
        ("45", BOTH, 150, 150, "right"),
        ("2.5", UP_TO, 50, 50, ""),
        ("5", UP_TO, 100, 100, ""),
        ("30", FROM, 25, 25, ""),
        ("60", FROM, 50, 50, ""),
    ],
)
def test_an_exact_value_is_one_place(
    value: str, limits: tuple[str | None, str | None], begin: float, end: float, beyond: str
) -> None:
    drawn = range_bar(row(exactly(value), limits))
    assert drawn is not None
    assert (drawn.begin, drawn.end, drawn.beyond) == (begin, end, beyond)


@pytest.mark.parametrize(
    ("value", "begin", "end", "beyond"),
    [
        (Interval(Decimal("4.5"), None, low_open=True), 100, 150, "right"),
        (Interval(None, Decimal("2.5"), high_open=True), 0, 50, "left"),
        (Interval(Decimal("2.5"), Decimal("4.5")), 50, 100, ""),
    ],
    ids=["more than", "less than", "between"],
)
def test_a_value_that_is_open_is_as_wide_as_what_it_allows(
    value: Interval, begin: float, end: float, beyond: str
) -> None:
    drawn = range_bar(row(value, BOTH))
    assert drawn is not None
    assert (drawn.begin, drawn.end, drawn.beyond) == (begin, end, beyond)


@pytest.mark.parametrize(
    ("value", "limits"),
    [(None, BOTH), (exactly("4"), None), (exactly("4"), (None, None))],
    ids=["word", "none", "open"],
)
def test_what_cannot_be_compared_is_not_drawn(
    value: Interval | None, limits: tuple[str | None, str | None] | None
) -> None:
    assert range_bar(row(value, limits)) is None


@given(
    st.lists(st.decimals(0, 5000, places=2), min_size=2, max_size=2).map(sorted),
    st.sampled_from([BOTH, UP_TO, FROM, ("0", "10"), ("0", "0"), ("3", "3"), (None, "0")]),
)
def test_a_larger_value_never_lies_further_left_and_all_stay_inside(
    values: list[Decimal], limits: tuple[str | None, str | None]
) -> None:
    low, high = (range_bar(row(Interval.exactly(value), limits)) for value in values)
    assert low is not None
    assert high is not None
    assert 0 <= low.begin <= high.begin <= WIDTH
    assert 0 <= low.band[0] <= low.band[1] <= WIDTH


def test_a_course_runs_from_old_to_new_with_its_range_behind_it() -> None:
    drawn = trend(row(exactly("8"), BOTH, ("6", 31), ("4", 91)))
    assert drawn is not None
    assert drawn.label == "phosphate over 90 days, from old to new: 4, 6, 8 mg/dL"
    assert [x for x, _, _ in drawn.dots] == [5.0, 78.3, 115.0]
    heights = [y for _, y, _ in drawn.dots]
    assert heights == sorted(heights, reverse=True)
    assert drawn.band is not None


@pytest.mark.parametrize("earlier", [(), (("8", 1),)], ids=["none", "of the same day"])
def test_a_course_needs_an_earlier_result(earlier: tuple[tuple[str, int], ...]) -> None:
    assert (trend(row(exactly("8"), BOTH, *earlier)) is None) == (not earlier)
