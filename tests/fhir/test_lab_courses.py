"""What a chart of many results says: earlier results, age, samples after dialysis, children's kidneys, products."""

from decimal import Decimal

import pytest

from cds_service.core.facts import LabResult, Missing
from cds_service.core.quantity import Interval
from tests.fhir.charts import Json, chart_of, observation, patient, quantity, reasons, result

MAN = patient(sex="male")


def exactly(value: str) -> Interval:
    return Interval.exactly(Decimal(value))


def taken(lab: str, value: float, unit: str, date: str, **more: object) -> Json:
    """A result of its own id at a date."""
    return observation(lab, quantity(value, unit), id=f"{lab}-{date}", effectiveDateTime=date, **more)


def rate(value: float, date: str, **more: object) -> Json:
    return taken("egfr", value, "mL/min/{1.73_m2}", date, **more)


def creatinine(value: float, date: str = "2026-11-21", **more: object) -> Json:
    return taken("creatinine", value, "mg/dL", date, **more)


def points(found: LabResult | None) -> list[tuple[str, int, str]]:
    """The earlier results: date, age in days, value."""
    assert found is not None
    return [(point.effective, point.age_days, str(point.value.exact)) for point in found.series]


# ---- earlier results ---------------------------------------------------------------------------------------------


def test_earlier_results_are_kept_newest_first_in_the_lab_s_unit() -> None:
    older = observation("alp", quantity(2.0, "ukat/L"), id="o", effectiveDateTime="2026-09-01T08:00:00+02:00")
    found = result("alp", older, taken("alp", 150, "U/L", "2026-11-01"), taken("alp", 180, "U/L", "2026-11-21"))
    assert points(found) == [("2026-11-01", 21, "150"), ("2026-09-01", 82, "120")]


@pytest.mark.parametrize(
    "unusable",
    [
        taken("alp", 150, "furlongs", "2026-10-01"),
        taken("alp", 150, "U/L", "2026-10"),
        taken("alp", 150, "U/L", "2026-10-01", status="cancelled"),
        taken("alp", 150, "U/L", "2026-10-01", subject={"reference": "Patient/p2"}),
        taken("alp", 150, "U/L", "2026-11-20"),
        observation("alp", {"valueString": "high"}, id="w", effectiveDateTime="2026-10-01"),
    ],
    ids=["unit", "date without a day", "cancelled", "another patient's", "too close to the newest", "a bare word"],
)
def test_what_cannot_be_compared_is_no_earlier_result(unusable: Json) -> None:
    found = result("alp", unusable, taken("alp", 180, "U/L", "2026-11-21"), taken("alp", 90, "U/L", "2026-08-13"))
    assert points(found) == [("2026-08-13", 101, "90")]


def test_a_chart_of_daily_results_still_reaches_back_more_than_ninety_days() -> None:
    daily = [rate(25, f"2026-{month:02d}-{day:02d}") for month in (5, 6, 7, 8, 9, 10) for day in range(1, 31)]
    found = result("egfr", *daily)
    assert found is not None
    assert len(found.series) == 8
    assert found.age_days is not None
    assert found.series[-1].age_days - found.age_days >= 90


def test_labs_whose_course_nobody_follows_keep_none() -> None:
    assert points(result("ck", taken("ck", 90, "U/L", "2026-11-21"), taken("ck", 80, "U/L", "2026-09-01"))) == []


def test_a_computed_rate_has_the_course_of_its_creatinines() -> None:
    found = result("egfr", creatinine(5.0), creatinine(4.0, "2026-06-01"), who=MAN)
    assert found is not None
    assert found.value == exactly("14")
    assert points(found) == [("2026-06-01", 174, "18")]


# ---- newest, whatever the form of its date -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "dated",
    [
        {"effectiveDateTime": "2026-11-21T23:30:00-05:00"},
        {"effectiveDateTime": "2026-11-22T06:00:00+02:00"},
        {"effectiveInstant": "2026-11-22T04:30:00.123Z"},
        {"effectivePeriod": {"start": "2026-11-20", "end": "2026-11-22T04:30:00Z"}},
        {"effectivePeriod": {"start": "2026-11-22T04:00:00Z"}},
        {"effectiveTiming": {"event": ["2026-11-22T04:30:00Z"]}},
        {"issued": "2026-11-22T04:30:00Z"},
    ],
    ids=["west of UTC", "east of UTC", "instant", "end of a period", "period going on", "timing", "issued alone"],
)
def test_the_newest_is_told_by_every_form_of_date_and_zone(dated: Json) -> None:
    newest = {**observation("phosphate", quantity(7, "mg/dL"), id="new", effectiveDateTime=None), **dated}
    other = observation("phosphate", quantity(4, "mg/dL"), effectiveDateTime="2026-11-22T03:59:00Z")
    found = result("phosphate", newest, other)
    assert found is not None
    assert found.resource == "Observation/new"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"status": "preliminary"}, {"status": "final"}, "other"),
        ({"status": "final"}, {"status": "corrected"}, "other"),
        ({"status": "amended"}, {"status": "final"}, "one"),
        ({"status": "final", "issued": "2026-11-21T10:00:00Z"}, {"issued": "2026-11-21T12:00:00Z"}, "other"),
        ({"status": "cancelled"}, {"status": "final"}, "other"),
        ({"status": "entered-in-error"}, {"status": "preliminary"}, "other"),
    ],
)
def test_of_one_instant_the_corrected_one_counts(one: Json, other: Json, expected: str) -> None:
    sent = [
        observation("phosphate", quantity(value, "mg/dL"), id=name, **more)
        for name, value, more in (("one", 4, one), ("other", 7, other))
    ]
    for order in (sent, sent[::-1]):
        found = result("phosphate", *order)
        assert found is not None
        assert found.resource == f"Observation/{expected}"


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_a_withdrawn_result_does_not_come_back_by_an_older_copy_of_itself(status: str) -> None:
    copies = [observation("phosphate", quantity(9, "mg/dL"), status=each) for each in ("final", status)]
    read = chart_of([*copies, observation("phosphate", quantity(4, "mg/dL"), id="o", effectiveDateTime="2026-11-01")])
    assert read.labs["phosphate"].value == exactly("4")
    assert reasons(read)


# ---- too old -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lab", "unit", "date", "unused"),
    [
        ("phosphate", "mg/dL", "2024-11-22", ""),
        ("phosphate", "mg/dL", "2024-11-21", "too old, more than 730 days"),
        ("alp", "U/L", "2025-11-22", ""),
        ("alp", "U/L", "2025-11-21", "too old, more than 365 days"),
    ],
)
def test_a_result_that_is_too_old_is_shown_and_counts_as_unknown(lab: str, unit: str, date: str, unused: str) -> None:
    read = chart_of([taken(lab, 7, unit, date)])
    assert read.labs[lab].unused == unused
    assert read.missing_labs.get(lab) == (Missing.TOO_OLD if unused else None)


def test_an_antibody_does_not_grow_old() -> None:
    found = result("ana", observation("ana", {"valueString": "1:320"}, effectiveDateTime="2010-01-01"))
    assert found is not None
    assert found.unused == ""


def test_a_rate_from_an_old_creatinine_is_as_old() -> None:
    found = result("egfr", creatinine(5.0, "2025-01-01"), who=MAN)
    assert found is not None
    assert found.unused.startswith("too old")


def test_a_rate_from_a_much_newer_creatinine_comes_before_the_reported_one() -> None:
    reported = rate(90, "2026-09-01")
    assert getattr(result("egfr", reported, creatinine(5.0), who=MAN), "value", None) == exactly("14")
    assert getattr(result("egfr", reported, creatinine(5.0, "2026-09-20"), who=MAN), "value", None) == exactly("90")


# ---- after dialysis ----------------------------------------------------------------------------------------------

AFTER_DIALYSIS = [
    {"note": [{"text": "Sample drawn post-dialysis."}]},
    {"note": [{"text": "collected after haemodialysis"}]},
    {"specimen": {"display": "Serum, post"}},
    {"specimen": {"display": "Blood (post-dialysis)"}},
    {"method": {"text": "post HD"}},
]


@pytest.mark.parametrize("said", AFTER_DIALYSIS)
@pytest.mark.parametrize("lab", ["creatinine", "phosphate", "calcium", "urea"])
def test_a_sample_after_dialysis_is_shown_and_judges_nothing(lab: str, said: Json) -> None:
    read = chart_of([observation(lab, quantity(6.0, "mg/dL"), **said)], MAN)
    assert read.labs[lab].unused == "it was taken after dialysis"
    assert read.missing_labs[lab] is Missing.SET_ASIDE
    assert "egfr" not in read.labs


def test_the_test_s_own_words_say_so_too() -> None:
    held = creatinine(2.0)
    held["code"]["text"] = "Creatinine post-dialysis"
    assert "egfr" not in chart_of([held], MAN).labs


def test_a_sample_before_dialysis_comes_first_and_the_other_is_set_aside() -> None:
    read = chart_of([creatinine(2.0, note=[{"text": "post dialysis"}]), creatinine(5.0, "2026-11-20")], MAN)
    assert (read.labs["creatinine"].value, read.labs["egfr"].value) == (exactly("5"), exactly("14"))
    assert "creatinine: it was taken after dialysis" in reasons(read)


@pytest.mark.parametrize(
    "said",
    [
        {"note": [{"text": "pre-dialysis sample"}]},
        {"specimen": {"display": "Serum"}},
        {"note": [{"text": "post prandial"}]},
    ],
)
def test_other_notes_change_nothing(said: Json) -> None:
    assert "egfr" in chart_of([creatinine(5.0, **said)], MAN).labs


def test_what_dialysis_does_not_change_is_judged() -> None:
    found = result("alp", observation("alp", quantity(90, "U/L"), note=[{"text": "post dialysis"}]))
    assert found is not None
    assert found.unused == ""


# ---- a child's kidneys -------------------------------------------------------------------------------------------

CHILD = patient("2018-11-22")


def height(value: object, unit: str = "cm", date: str = "2026-11-01", code: str = "8302-2", **more: object) -> Json:
    coded = {"coding": [{"system": "http://loinc.org", "code": code}]}
    held = observation("alp", quantity(value, unit), id="height-1", effectiveDateTime=date, **more)
    return {**held, "code": coded}


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        (height(120), "99"),
        (height(1.2, "m"), "99"),
        (height(47.24, "[in_i]"), "99"),
        (height(120, code="3137-7"), "99"),
        ({**height(120), "code": {"text": "Body height"}}, "99"),
        (height(120, date="2026-05-26"), "99"),
        (height(120, date="2026-05-24"), None),
        (height(120, date="2024-11-01"), None),
        (height(12), None),
        (height(120, "furlongs"), None),
        (height(120, status="entered-in-error"), None),
        (height(120, subject={"reference": "Patient/p2"}), None),
        ({**height(120), "effectiveDateTime": None}, None),
        (height(120, code="29463-7"), None),
    ],
    ids=[
        "centimetres", "metres", "inches", "measured", "by name", "half a year before", "more than half a year before",
        "two years before", "not plausible", "unit", "entered in error", "another patient's", "undated", "a weight",
    ],
)  # fmt: skip
def test_a_child_s_rate_needs_a_height_of_that_time(measured: Json, expected: str | None) -> None:
    found = result("egfr", creatinine(0.5), measured, who=CHILD)
    assert (None if found is None else found.value) == (None if expected is None else exactly(expected))


def test_a_child_s_rate_says_how_it_was_worked_out() -> None:
    found = result("egfr", creatinine(0.5), height(120), who=CHILD)
    assert found is not None
    assert found.conversion == "bedside Schwartz 2009 from creatinine 0.5 mg/dL, age 8, height 120 cm"


def test_a_height_that_cannot_be_used_is_set_aside_with_the_reason() -> None:
    read = chart_of([creatinine(0.5), height(12)], CHILD)
    assert any(said.startswith("height: no patient has such a value") for said in reasons(read))


@pytest.mark.parametrize("born", ["2026-03-01", "2008-11-21"])
def test_the_children_s_equation_is_for_one_to_eighteen_years(born: str) -> None:
    found = result("egfr", creatinine(0.5), height(120), who=patient(born))
    assert found is None or found.conversion.startswith("CKD-EPI")


# ---- several labs of one sample ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("calcium", "phosphate", "expected"),
    [
        (("mg/dL", 10.0, "2026-11-21T08:00:00Z"), ("mg/dL", 6.0, "2026-11-21T08:00:00Z"), "60"),
        (("mmol/L", 2.495, "2026-11-21T08:00:00Z"), ("mmol/L", 1.937, "2026-11-21T09:00:00+01:00"), "60"),
        (("mg/dL", 10.0, "2026-11-21"), ("mg/dL", 6.0, "2026-11-21"), "60"),
        (("mg/dL", 10.0, "2026-11-21T08:00:00Z"), ("mg/dL", 6.0, "2026-11-21T18:00:00Z"), None),
        (("mg/dL", 10.0, "2026-11-21"), ("mg/dL", 6.0, "2026-11-20"), None),
        (("mg/dL", 10.0, "2020-11-21"), ("mg/dL", 6.0, "2020-11-21"), None),
    ],
    ids=["one sample", "other units and zones", "dates alone", "another hour", "another day", "too old"],
)
def test_calcium_times_phosphate_is_of_one_sample(
    calcium: tuple[str, float, str], phosphate: tuple[str, float, str], expected: str | None
) -> None:
    sent = [
        taken(lab, value, unit, date) for lab, (unit, value, date) in (("calcium", calcium), ("phosphate", phosphate))
    ]
    found = chart_of(sent).labs.get("calcium-phosphate-product")
    assert (None if found is None else found.value) == (None if expected is None else exactly(expected))


def test_a_product_says_what_it_is_made_of() -> None:
    found = chart_of(
        [taken("calcium", 10.0, "mg/dL", "2026-11-21"), taken("phosphate", 6.0, "mg/dL", "2026-11-21")]
    ).labs["calcium-phosphate-product"]
    assert found.conversion == "calcium 10.0 mg/dL x phosphate 6.0 mg/dL, one sample"
    assert found.range is not None
    assert found.range.high == Decimal(55)


# ---- corrected calcium is context --------------------------------------------------------------------------------


def test_corrected_calcium_alone_leaves_calcium_unknown() -> None:
    read = chart_of([observation("calcium-corrected", quantity(12.4, "mg/dL"))])
    assert list(read.labs) == ["calcium-corrected"]


def test_calcium_is_never_corrected_here_so_never_twice() -> None:
    read = chart_of(
        [
            observation("calcium", quantity(9.8, "mg/dL")),
            observation("calcium-corrected", quantity(12.4, "mg/dL")),
            observation("albumin", quantity(2.0, "g/dL")),
        ]
    )
    calcium, corrected = read.labs["calcium"], read.labs["calcium-corrected"]
    assert (calcium.value, calcium.word, calcium.range is not None) == (exactly("9.8"), None, True)
    assert corrected.value == exactly("12.4")
