"""Results that follow from others: the filtration rate from creatinine, one calcium from another."""

import pytest

from tests.fhir.charts import Json, chart_of, exactly, observation, patient, quantity, result

MAN, CHILD = patient(sex="male"), patient("2021-11-22")


def creatinine(value: float, date: str = "2026-11-21", code: str = "2160-0") -> Json:
    held = observation("creatinine", quantity(value, "mg/dL"), effectiveDateTime=date)
    held["code"]["coding"][0]["code"] = code
    return held


def test_the_filtration_rate_is_computed_for_an_adult() -> None:
    found = result("egfr", creatinine(5.0), who=MAN)
    assert found is not None
    assert found.value == exactly("14")
    assert found.conversion.startswith("CKD-EPI 2021 from creatinine 5.0 mg/dL, age 46, male")


@pytest.mark.parametrize(
    ("observations", "expected"),
    [
        ([observation("egfr", quantity(50, "mL/min")), creatinine(1.0)], "50"),
        ([observation("egfr", quantity(50, "mL/min"), effectiveDateTime="2025-01-01"), creatinine(5.0)], "14"),
        (
            [
                observation("egfr", quantity(50, "mL/min"), effectiveDateTime="2025-01-01"),
                creatinine(5.0, "2024-01-01"),
            ],
            "50",
        ),
    ],
)
def test_a_recent_reported_rate_comes_before_a_computed_one(observations: list[Json], expected: str) -> None:
    found = result("egfr", *observations, who=MAN)
    assert found is not None
    assert found.value == exactly(expected)


def test_creatinine_after_dialysis_says_nothing_of_the_kidney() -> None:
    read = chart_of([creatinine(2.0, code="11041-1")], MAN)
    assert "creatinine" in read.labs
    assert "egfr" not in read.labs
    earlier = chart_of([creatinine(2.0, code="11041-1"), creatinine(5.0, "2026-11-20")], MAN)
    assert earlier.labs["egfr"].value == exactly("14")


@pytest.mark.parametrize("who", [CHILD, patient(None)])
def test_no_rate_is_computed_for_a_child_or_without_an_age(who: Json) -> None:
    assert result("egfr", creatinine(0.5), who=who) is None


CALCIUMS = {
    "total": observation("calcium", quantity(9.8, "mg/dL")),
    "old total": observation("calcium", quantity(9.8, "mg/dL"), effectiveDateTime="2026-01-01"),
    "ionised": observation("calcium-ionised", quantity(1.6, "mmol/L")),
    "old ionised": observation("calcium-ionised", quantity(1.6, "mmol/L"), effectiveDateTime="2026-01-01"),
    "corrected": observation("calcium-corrected", quantity(8.0, "mg/dL")),
}


@pytest.mark.parametrize(
    ("sent", "value", "word", "has_range"),
    [
        (("total",), "9.8", None, True),
        (("total", "ionised"), "9.8", "high", False),
        (("old total", "ionised"), "9.8", "high", False),
        (("total", "old ionised"), "9.8", None, True),
        (("ionised",), None, "high", False),
        (("total", "corrected"), "9.8", None, True),
        (("corrected", "ionised"), None, "high", False),
    ],
)
def test_ionised_calcium_lends_its_word_and_never_its_number(
    sent: tuple[str, ...], value: str | None, word: str | None, has_range: bool
) -> None:
    found = result("calcium", *(CALCIUMS[name] for name in sent))
    assert found is not None
    assert found.value == (None if value is None else exactly(value))
    assert (found.word, found.range is not None) == (word, has_range)
