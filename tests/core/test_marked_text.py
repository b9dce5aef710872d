"""A text is cut wherever something begins or ends to be said in it; nothing of it is lost, and marks may overlap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.core.marked_text import Mark, Piece, pieces_of

TEXT = "No mature ossification seen."


def mark(start: int, end: int, assertion: str = "present", label: str = "x", why: str = "", row: int = 1) -> Mark:
    return Mark(start, end, label, assertion, why, row)


@pytest.mark.parametrize(
    ("marks", "cut"),
    [
        ([], [(TEXT, "")]),
        ([mark(3, 22, "absent")], [("No ", ""), ("mature ossification", "absent"), (" seen.", "")]),
        ([mark(0, len(TEXT))], [(TEXT, "present")]),
        (
            [mark(3, 22, "uncertain"), mark(10, 22, "present")],
            [("No ", ""), ("mature ", "uncertain"), ("ossification", "present"), (" seen.", "")],
        ),
        (
            [mark(3, 14, "absent"), mark(10, 22, "historical")],
            [("No ", ""), ("mature ", "absent"), ("ossi", "absent"), ("fication", "historical"), (" seen.", "")],
        ),
        (
            [mark(3, 9), mark(9, 22, "absent")],
            [("No ", ""), ("mature", "present"), (" ossification", "absent"), (" seen.", "")],
        ),
        ([mark(20, 40), mark(-3, 2), mark(5, 5)], [(TEXT, "")]),
    ],
    ids=["nothing", "one", "all", "one within another", "two that overlap", "neighbours", "beyond the text"],
)  # fmt: skip
def test_each_piece_looks_as_the_loudest_of_what_is_said_of_it(marks: list[Mark], cut: list[tuple[str, str]]) -> None:
    assert [(piece.text, piece.assertion) for piece in pieces_of(TEXT, marks)] == cut


def test_a_piece_tells_everything_that_is_said_of_it_once() -> None:
    marks = [
        mark(0, 2, "present", "lobulated"),
        mark(0, 2, "absent", "mass", "denied"),
        mark(0, 2, "present", "lobulated"),
    ]
    (piece,) = pieces_of("ab", marks)
    assert piece.told == "lobulated: present; mass: absent, does not count: denied"


def test_a_piece_leads_to_the_row_of_the_loudest() -> None:
    (piece,) = pieces_of("ab", [mark(0, 2, "absent", row=1), mark(0, 2, "present", row=2)])
    assert piece.row == 2


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(-2, 32), st.integers(-2, 32)), max_size=8))
def test_no_letter_is_lost_or_doubled_and_each_piece_knows_its_marks(text: str, places: list[tuple[int, int]]) -> None:
    marks = [mark(start, end, row=row) for row, (start, end) in enumerate(places)]
    pieces = pieces_of(text, marks)
    assert "".join(piece.text for piece in pieces) == text
    at = 0
    for piece in pieces:
        inside = [one for one in marks if 0 <= one.start <= at < one.end <= len(text)]
        assert sorted(piece.marks) == sorted(inside)
        assert bool(piece.assertion) == bool(inside)
        at += len(piece.text)
    assert all(isinstance(piece, Piece) for piece in pieces)
