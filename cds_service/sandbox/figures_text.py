"""A measurement as a terminal shows it."""

from collections.abc import Iterator, Mapping, Sequence

from cds_service.sandbox.figures import Kind, Spoken, alarmed, called_wrongly, needless, passed_over
from cds_service.sandbox.measurement import Measurement
from cds_service.sandbox.shares import NONE_MET, between_per_thousand, between_percent, per_thousand

_GAP = "  "
_MOST_KINDS = 12

Names = Mapping[str, str]


def as_lines(measurement: Measurement, names: Names) -> Iterator[str]:
    """The tables.

    Args:
        measurement: what was measured.
        names: what etiologies are called, by id; each of them has a line.
    """
    made, figures = measurement.made, measurement.figures
    yield f"{made.patients} reports of the {made.mix} mix, seed {made.seed}, {made.as_of}, content {made.content}."
    yield "Regression, not accuracy: the authors of the rules made these patients, too."
    spoken = (
        ("of 1,000 reports", figures.spoken),
        ("of 1,000 in whom none of the list is there", figures.spoken_of_none),
    )
    rows = [[name, str(one.reports), *_rates(one)] for name, one in spoken]
    yield from _table(["", "reports", "with a card", "with a likely name", "with an alarm"], rows)
    yield from _there(measurement, names)
    yield from _named(measurement, names)
    lists = {
        "Called likely, and not there": called_wrongly(measurement.signed),
        "A card, and none of the list is there": needless(measurement.signed),
        "There, and not named": passed_over(measurement.signed),
        "Must not be missed, said": alarmed(measurement.signed),
    }
    for title, kinds in lists.items():
        yield from ["", title, *_kinds(kinds, names)]


def _rates(one: Spoken) -> list[str]:
    parts = (one.cards, one.likely, one.alarms)
    return [f"{per_thousand(part, one.reports)} ({between_per_thousand(part, one.reports)})" for part in parts]


def _there(measurement: Measurement, names: Names) -> Iterator[str]:
    rows = []
    for etiology, name in names.items():
        one = measurement.figures.there.get(etiology)
        if one is None:
            rows.append([name, NONE_MET, *[""] * 6])
            continue
        counts = (one.patients, one.likely_first, one.first_three, one.further_down, one.not_named, one.silent)
        rows.append([name, *map(str, counts), between_percent(one.likely_first, one.patients)])
    heads = [
        "patients",
        "likely, first",
        "else in first 3",
        "further down",
        "not named",
        "silent",
        "likely first, 95 %",
    ]
    yield from _table(["where it is there", *heads], rows)


def _named(measurement: Measurement, names: Names) -> Iterator[str]:
    rows = []
    for etiology, name in names.items():
        one = measurement.figures.named.get(etiology)
        if one is None:
            rows.append([name, NONE_MET, *[""] * 4])
            continue
        counts = (one.times, one.right, one.another, one.none)
        rows.append([name, *map(str, counts), between_percent(one.right, one.times)])
    yield from _table(
        ["where it is called likely", "times", "right", "another is there", "none is", "right, 95 %"], rows
    )


def _kinds(kinds: Sequence[Kind], names: Names) -> Iterator[str]:
    for kind in kinds[:_MOST_KINDS]:
        said, there = (", ".join(names.get(one, one) for one in ids) for ids in (kind.said, kind.there))
        example = kind.patients[0]
        told = f"{said or 'no card'}; there: {there or 'none of the list'}"
        yield f"  {len(kind.patients):4}  {kind.title}: {told} ({example.patient}, {example.story})"
    if len(kinds) > _MOST_KINDS:
        yield f"        and {len(kinds) - _MOST_KINDS} kinds more"
    if not kinds:
        yield "  nothing"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A blank line and a table: words to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    yield ""
    for first, *others in (heads, *rows):
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        yield _GAP.join([first.ljust(widths[0]), *cells]).rstrip()
