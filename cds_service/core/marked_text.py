"""A text cut into pieces wherever something begins or ends to be said in it, so that marks may overlap."""

import itertools
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cds_service.core.facts import Assertion

# Of several statements of the same words, the one that gives the piece its look.
_LOUDEST = {str(assertion): place for place, assertion in enumerate(Assertion)}


class Mark(NamedTuple):
    """What some words say.

    Attributes:
        start, end: their characters in the text.
        label: the finding's name.
        assertion: how it is said.
        why: why it does not count; empty where it does.
        row: the number of the statement among all rows of the report.
    """

    start: int
    end: int
    label: str
    assertion: str
    why: str
    row: int


class Piece(NamedTuple):
    """A run of text of which the same is said throughout; `assertion` is empty for the words between."""

    text: str
    assertion: str
    marks: tuple[Mark, ...]

    @property
    def row(self) -> int:
        """The row of the statement that gives the piece its look; 0 for the words between."""
        return _loudest(self.marks).row if self.marks else 0

    @property
    def told(self) -> str:
        """What these words say, in one line: "lobulated: present; mature bone: historical, does not count: ..."."""
        return "; ".join(
            dict.fromkeys(
                f"{mark.label}: {mark.assertion}" + (f", does not count: {mark.why}" if mark.why else "")
                for mark in self.marks
            )
        )


def pieces_of(text: str, marks: Iterable[Mark]) -> tuple[Piece, ...]:
    """The whole text in pieces; a mark that lies beyond it is left out."""
    inside = sorted(mark for mark in marks if 0 <= mark.start < mark.end <= len(text))
    return tuple(_pieces(text, inside))


def _pieces(text: str, marks: list[Mark]) -> Iterator[Piece]:
    cuts = sorted({0, len(text), *(mark.start for mark in marks), *(mark.end for mark in marks)})
    open_now: list[Mark] = []
    coming = iter(marks)
    after = next(coming, None)
    for begin, end in itertools.pairwise(cuts):
        open_now = [mark for mark in open_now if mark.end > begin]
        while after is not None and after.start == begin:
            open_now.append(after)
            after = next(coming, None)
        yield Piece(text[begin:end], _loudest(open_now).assertion if open_now else "", tuple(open_now))


def _loudest(marks: Iterable[Mark]) -> Mark:
    return min(marks, key=lambda mark: _LOUDEST[mark.assertion])
