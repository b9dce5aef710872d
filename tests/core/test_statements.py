"""What a report says of each finding: how, of which lesion, in which words, and why a mention does not count."""

from decimal import Decimal

import pytest

from cds_service.core.facts import Assertion, Reading, State
from cds_service.core.findings import read_report
from cds_service.core.statements import Attributes, Statement, statements_of
from tests.core.test_reading_lines import reader

_ATTRIBUTES = Attributes(frozenset({"lobulated", "coarse"}), frozenset({"subcutaneous", "intramuscular"}))
_SOFT = "soft-tissue-calcification"


def said(text: str) -> tuple[Statement, ...]:
    read = read_report(text, reader())
    return statements_of(read.lesions, read.findings, read.asides, _ATTRIBUTES)


@pytest.mark.parametrize(
    ("text", "concept", "assertion", "reason"),
    [
        ("Calcification of the right calf muscles.", _SOFT, Assertion.PRESENT, ""),
        ("No calcification of the calf muscles.", _SOFT, Assertion.ABSENT, ""),
        ("Possible calcification of the calf muscles.", _SOFT, Assertion.UNCERTAIN, ""),
        ("Family history of tumoral calcinosis.", "named-tumoral-calcinosis", Assertion.SOMEONE_ELSE, "family"),
        (
            "History of calcific tendinitis of the shoulder.",
            "named-calcific-tendinitis",
            Assertion.HISTORICAL,
            "historical",
        ),
        ("Recommend CT to exclude calcification of the thigh.", _SOFT, Assertion.HYPOTHETICAL, "advice"),
        ("Please assess for calcification of the thigh.", _SOFT, Assertion.HYPOTHETICAL, "hypothetical"),
        ("Streaks resembling calcification of the thigh.", _SOFT, Assertion.HYPOTHETICAL, "comparison"),
        ("No suspicious calcifications in the breast.", "breast-calcification", Assertion.ABSENT, "qualified"),
        ("Calcification of the calf, none of the thigh.", _SOFT, Assertion.ABSENT, ""),
        ("INDICATION: calcified mass of the thigh.\nFINDINGS: Normal.", _SOFT, Assertion.HISTORICAL, "history"),
        ("INDICATION: possible calcified mass.\nFINDINGS: Normal.", _SOFT, Assertion.HYPOTHETICAL, "history"),
        ("INDICATION: no calcified mass.\nFINDINGS: Normal.", _SOFT, Assertion.ABSENT, "negation"),
        ("COMPARISON: CT with calcified thigh muscles.\nFINDINGS: Normal.", _SOFT, Assertion.HISTORICAL, "ignored"),
        (
            "No calcification of the thigh. Later: calcification of the thigh muscles.",
            _SOFT,
            Assertion.ABSENT,
            "outweighed",
        ),
    ],
)
def test_a_mention_has_its_assertion_and_the_reason_why_it_does_not_count(
    text: str, concept: str, assertion: Assertion, reason: str
) -> None:
    assert (concept, assertion, reason) in {(each.concept, each.assertion, each.reason) for each in said(text)}


def test_only_statements_without_a_reason_are_findings() -> None:
    text = "Family history of tumoral calcinosis. Recommend CT to exclude calcification of the thigh."
    read = read_report(text, reader())
    assert (read.lesions, dict(read.findings)) == ((), {})
    assert len(read.asides) == 2


def test_a_statement_has_its_lesion_the_attributes_of_that_and_the_exact_words() -> None:
    text = "FINDINGS: Three coarse subcutaneous calcifications of the left thigh, 3 x 4 x 5 cm, which have grown."
    statement = next(each for each in said(text) if each.concept == _SOFT)
    assert statement[:10] == (
        _SOFT,
        Assertion.PRESENT,
        "thigh:left",
        "thigh",
        "left",
        ("subcutaneous",),
        ("coarse",),
        Decimal(50),
        "3",
        "growing",
    )
    span = statement.span
    assert text[span.start : span.end] == "calcifications"
    assert span.quote[span.start - span.quote_start : span.end - span.quote_start] == "calcifications"


@pytest.mark.parametrize(
    ("text", "number", "course"),
    [
        ("A calcified mass of the left thigh, new since the previous examination.", "one", "new"),
        ("Solitary calcified nodule of the left thigh, unchanged.", "one", "stable"),
        ("Multiple calcified nodules of the left thigh.", "several", ""),
        ("Calcified nodules of the left thigh.", "several", ""),
        ("Calcified masses of the left thigh.", "several", ""),
        ("3 calcified masses of the left thigh.", "3", ""),
        ("Two calcified nodules of the left thigh.", "2", ""),
        ("4 calcified nodules of the left thigh.", "4", ""),
        ("1. Calcified mass of the left thigh.", "", ""),
        ("T2 bright calcified mass of the left thigh.", "", ""),
        ("The calcification of the left thigh has resolved.", "", "resolved"),
        ("Calcified mass of the left thigh has grown.", "", "growing"),
    ],
)
def test_a_lesion_says_how_many_and_how_it_has_changed(text: str, number: str, course: str) -> None:
    read = read_report(text, reader())
    assert [(lesion.side, lesion.number, lesion.course) for lesion in read.lesions] == [("left", number, course)]


@pytest.mark.parametrize(
    ("size", "millimetres"),
    [
        ("3 x 4 x 5 cm", "50"),
        ("3x4x5 cm", "50"),
        ("3.5x4.2cm", "42"),
        ("7.3 \u00d7 6.7 \u00d7 8.3 cm", "83"),
        ("12 by 9 mm", "12"),
        ("4 mm x 6 mm", "6"),
        ("up to 4 cm", "40"),
        ("4,5 cm", "45"),
        ("2-3 cm", "30"),
        ("3 to 4.5 cm", "45"),
        ("3, 4 and 5 cm", "50"),
        ("12-mm", "12"),
        ("0.8 centimetres", "8"),
        ("previously 8 cm, now 3 cm", "30"),
        ("L4/5 level, 8 mm", "8"),
        ("flow of 60 cm/s", None),
        ("3 cm above the joint", None),
        ("1,200 mm", None),
        ("several", None),
    ],
)
def test_the_size_of_a_lesion_is_the_largest_number_of_it_now(size: str, millimetres: str | None) -> None:
    read = read_report(f"Calcified mass of the left thigh, {size}.", reader())
    assert [lesion.size_mm for lesion in read.lesions] == [Decimal(millimetres) if millimetres else None]


def test_a_size_in_the_indication_is_not_that_of_the_lesion() -> None:
    read = read_report("INDICATION: 9 cm mass of the thigh.\nFINDINGS: Calcified mass of the thigh, 4 cm.", reader())
    assert [lesion.size_mm for lesion in read.lesions] == [Decimal(40)]


@pytest.mark.parametrize(
    ("density", "is_fat"),
    [
        ("attenuation of -90 HU", True),
        ("a mean of \u221290 Hounsfield units", True),
        ("Hounsfield units of -110", True),
        ("minus 90 HU", True),
        ("-65 HU", True),
        ("-64 HU", False),
        ("-125 HU", True),
        ("-126 HU", False),
        ("90 HU", False),
        ("40-90 HU", False),
        ("HU not measured", False),
    ],
)
def test_fat_is_known_by_its_attenuation(density: str, is_fat: bool) -> None:
    read = read_report(f"Mass of the right thigh with calcification, {density}.", reader())
    assert ("fat-containing" in read.lesions[0].findings) is is_fat


def _at(read: Reading, lesion: str) -> set[str]:
    return {concept for found in read.lesions if found.id == lesion for concept in found.findings}


@pytest.mark.parametrize(
    ("text", "one", "of_one", "other", "of_other"),
    [
        (
            "Lobulated calcified mass about the right hip. Punctate calcification of the fingers of the left hand.",
            "hip:right",
            "lobulated",
            "hand:left",
            "punctate",
        ),
        (
            "Right thigh: serpiginous calcification. Left thigh: coarse calcification.",
            "thigh:right",
            "serpiginous",
            "thigh:left",
            "coarse",
        ),
    ],
)
def test_two_lesions_keep_their_signs_apart(text: str, one: str, of_one: str, other: str, of_other: str) -> None:
    read = read_report(text, reader())
    assert {lesion.id for lesion in read.lesions} == {one, other}
    assert (of_one in _at(read, one), of_one in _at(read, other)) == (True, False)
    assert (of_other in _at(read, one), of_other in _at(read, other)) == (False, True)


@pytest.mark.parametrize(
    ("text", "calcification", "name"),
    [
        ("Calcified mass of the hip, may represent tumoral calcinosis.", Assertion.PRESENT, Assertion.UNCERTAIN),
        ("Possible calcification of the hip.", Assertion.UNCERTAIN, None),
        ("Calcification of the hip cannot be excluded.", Assertion.UNCERTAIN, None),
    ],
)
def test_doubt_about_the_cause_is_no_doubt_about_the_calcification(
    text: str, calcification: Assertion, name: Assertion | None
) -> None:
    told = {each.concept: each.assertion for each in said(text)}
    assert (told[_SOFT], told.get("named-tumoral-calcinosis")) == (calcification, name)


@pytest.mark.parametrize(
    ("text", "sites"),
    [
        ("Calcification of the calf, none of the thigh.", {"leg": State.PRESENT, "thigh": State.DENIED}),
        ("Calcification of the calf, not of the hip.", {"leg": State.PRESENT, "hip": State.DENIED}),
        ("Calcification of the calf, no stranding of the knee.", {"leg": State.PRESENT}),
        ("Calcification without stranding of the knee.", {"knee": State.PRESENT}),
        ("Calcified mass, no erosion, in the thigh.", {"thigh": State.PRESENT}),
    ],
)
def test_a_denial_after_the_word_speaks_of_its_own_place(text: str, sites: dict[str, State]) -> None:
    read = read_report(text, reader())
    told = {lesion.id: lesion.findings[_SOFT].state for lesion in read.lesions if _SOFT in lesion.findings}
    assert told == sites


def test_new_bone_along_a_cortex_is_the_bones_own() -> None:
    assert read_report("New bone formation along the tibial cortex.", reader()).lesions == ()


def test_mentions_beyond_a_number_are_counted_and_set_aside() -> None:
    read = read_report("Please assess for calcification of the thigh. " * 60, reader())
    assert len(read.asides) == 40
    assert [item.count for item in read.set_aside] == [20]
