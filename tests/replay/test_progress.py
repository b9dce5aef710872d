"""The bar of long work."""

from io import StringIO
from itertools import count

import pytest

from cds_service.replay.progress import Progress, bar


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ((0, 60, 0.0, 0), f"[{'·' * 30}] 0 of 60"),
        ((30, 60, 10.0, 30), f"[{'█' * 15}{'·' * 15}] 30 of 60, 3/s, 0:10 left"),
        ((40, 700, 1.0, 10), f"[{'█' * 1}{'·' * 29}] 40 of 700, 10/s, 1:06 left"),
        ((60, 60, 20.0, 60), f"[{'█' * 30}] 60 of 60, 3/s, 0:00 left"),
        ((0, 0, 0.0, 0), f"[{'█' * 30}] 0 of 0"),
    ],
)
def test_the_bar_says_how_far_it_is_how_fast_and_how_long_it_takes(
    line: tuple[int, int, float, int], told: str
) -> None:
    assert bar(*line) == told


def test_what_was_done_before_does_not_make_it_look_fast() -> None:
    out, seconds = StringIO(), count(step=2)
    progress = Progress(out, lambda: float(next(seconds)), shown=True)
    progress.tell(1000, 1100)
    progress.tell(1020, 1100)
    progress.end()
    assert "1020 of 1100, 10/s, 0:08 left" in out.getvalue()
    assert out.getvalue().endswith("\n")


def test_where_nobody_looks_nothing_is_written() -> None:
    out = StringIO()
    progress = Progress(out, lambda: 1.0, shown=False)
    progress.tell(1, 2)
    progress.end()
    assert out.getvalue() == ""
