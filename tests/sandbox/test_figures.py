"""What patients add to the figures, one by one."""

import pytest

from cds_service.sandbox.figures import (
    Figures,
    Kind,
    Named,
    Spoken,
    There,
    alarmed,
    called_wrongly,
    counted,
    needless,
    passed_over,
)
from cds_service.sandbox.shares import between_per_thousand, between_percent, per_thousand
from cds_service.sandbox.signing import Signed

REPORTS = 1000
LIPOMA, CPPD, WORM, GUINEA = "lipoma", "cppd", "worm", "guinea"


def signed(there: str = "", said: str = "", right: str = "", alarms: str = "", title: str = "XR knee") -> Signed:
    """A patient who has `there` and was told `said`: names in their order, those called likely with a "!"."""
    names = [(name.rstrip("!"), "likely" if name.endswith("!") else "possible") for name in said.split()]
    own = set(there.split()) | set(right.split())
    return Signed(
        patient="s1-000001",
        story="story",
        title=title,
        grade="background",
        there=tuple(there.split()),
        speaks=bool(said or alarms),
        ranked=tuple(names),
        right=tuple(name for name, _ in names if name in own),
        alarms=tuple(alarms.split()),
    )


def figures(*patients: Signed) -> Figures:
    return counted(patients, REPORTS)


@pytest.mark.parametrize(
    ("said", "right", "place"),
    [
        ("lipoma!", "", "likely_first"),
        ("lipoma! cppd!", "", "likely_first"),
        ("lipoma", "", "first_three"),
        ("cppd! lipoma!", "", "first_three"),
        ("cppd worm lipoma", "", "first_three"),
        ("cppd worm guinea lipoma", "", "further_down"),
        ("cppd!", "", "not_named"),
        ("", "", "silent"),
        ("worm!", "worm", "likely_first"),
    ],
)
def test_a_patient_with_an_etiology_stands_in_one_column(said: str, right: str, place: str) -> None:
    (there,) = figures(signed(LIPOMA, said, right)).there.values()
    columns = {column: getattr(there, column) for column in There.__slots__ if column != "patients"}
    assert there.patients == 1
    assert {column for column, count in columns.items() if count} == {place}


def test_an_alarm_without_a_name_is_a_card_that_does_not_name_it() -> None:
    assert figures(signed(LIPOMA, alarms="fever")).there[LIPOMA].not_named == 1


def test_who_has_two_etiologies_counts_with_the_first_and_may_be_told_either() -> None:
    assert figures(signed("lipoma cppd", "cppd!")).there == {LIPOMA: There(1, 1, 0, 0, 0, 0)}


@pytest.mark.parametrize(
    ("patient", "named"),
    [
        (signed(LIPOMA, "lipoma!"), Named(times=1, right=1, another=0, none=0)),
        (signed(CPPD, "lipoma!"), Named(times=1, right=0, another=1, none=0)),
        (signed("", "lipoma!"), Named(times=1, right=0, another=0, none=1)),
        (signed(CPPD, "cppd! lipoma!"), Named(times=1, right=0, another=1, none=0)),
    ],
)
def test_a_likely_name_is_right_or_wrong_with_another_or_with_none(patient: Signed, named: Named) -> None:
    assert figures(patient).named[LIPOMA] == named


def test_a_possible_name_is_no_likely_one() -> None:
    assert figures(signed("", "lipoma")).named == {}


def test_what_was_never_met_has_no_line() -> None:
    found = figures(signed(LIPOMA, "lipoma!"))
    assert (set(found.there), set(found.named)) == ({LIPOMA}, {LIPOMA})
    assert figures().likely == Named(0, 0, 0, 0)


def test_likely_names_add_up() -> None:
    found = figures(signed(LIPOMA, "lipoma! cppd!"), signed("", "cppd!"), signed(CPPD, "cppd!"))
    assert found.likely == Named(times=4, right=2, another=1, none=1)


def test_reports_are_counted_once_and_those_of_nobody_apart() -> None:
    found = figures(
        signed(LIPOMA, "lipoma! cppd!"),
        signed(CPPD),
        signed("", "cppd"),
        signed("", "cppd!"),
        signed("", "", "", "fever"),
    )
    assert found.spoken == Spoken(reports=REPORTS, cards=4, likely=2, alarms=1)
    assert found.spoken_of_none == Spoken(reports=REPORTS - 2, cards=3, likely=1, alarms=1)


ALIKE = [
    signed("", "cppd!"),
    signed("", "cppd!"),
    signed("", "cppd!", title="XR hand"),
    signed(LIPOMA, "cppd! lipoma!"),
]


def kinds(found: tuple[Kind, ...]) -> list[tuple[str, tuple[str, ...], tuple[str, ...], int]]:
    return [(kind.title, kind.there, kind.said, len(kind.patients)) for kind in found]


def test_what_was_called_wrongly_is_told_by_kind_the_most_frequent_first() -> None:
    hand, lipoma = ("XR hand", (), (CPPD,), 1), ("XR knee", (LIPOMA,), (CPPD,), 1)
    assert kinds(called_wrongly(ALIKE)) == [("XR knee", (), (CPPD,), 2), hand, lipoma]


def test_needless_cards_are_those_on_nothing() -> None:
    assert kinds(needless([signed("", "cppd lipoma"), signed(CPPD, "lipoma"), signed()])) == [
        ("XR knee", (), (CPPD, LIPOMA), 1)
    ]


def test_passed_over_is_what_no_card_names() -> None:
    told = [signed(CPPD, "lipoma"), signed(CPPD), signed(CPPD, "lipoma cppd"), signed("", "lipoma")]
    assert kinds(passed_over(told)) == [("XR knee", (CPPD,), (LIPOMA,), 1), ("XR knee", (CPPD,), (), 1)]


def test_alarms_are_told_right_or_not() -> None:
    assert kinds(alarmed([signed(CPPD, "cppd", alarms="fever"), signed(CPPD, "cppd")])) == [
        ("XR knee", (CPPD,), ("fever",), 1)
    ]


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [
        (0, 0, "none met"),
        (1, 1, "20 to 100 %"),
        (0, 1, "0 to 80 %"),
        (14, 14, "78 to 100 %"),
        (65, 69, "86 to 98 %"),
        (999, 1000, "99 to 100 %"),
    ],
)
def test_a_share_of_few_is_wide_and_one_of_none_is_no_share(part: int, whole: int, told: str) -> None:
    assert between_percent(part, whole) == told


@pytest.mark.parametrize(
    ("part", "whole", "told", "between"),
    [(0, 0, "none met", "0.0 to 1000.0"), (0, 5000, "0.0", "0.0 to 0.8"), (233, 5000, "46.6", "41.0 to 52.8")],
)
def test_what_never_happened_may_happen_in_the_next_thousand(part: int, whole: int, told: str, between: str) -> None:
    assert (per_thousand(part, whole), between_per_thousand(part, whole)) == (told, between)
