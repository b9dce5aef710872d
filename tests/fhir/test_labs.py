from decimal import Decimal
from typing import Any

import pytest

from cds_service.core.facts import Missing
from cds_service.core.quantity import Interval
from tests.fhir.charts import Json, bundle, chart, chart_of, exactly, observation, patient, quantity, reasons, result

INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
UCUM = {"system": "http://unitsofmeasure.org"}
MAN, CHILD = patient(sex="male"), patient("2021-11-22")


def flag(code: str) -> list[Json]:
    return [{"coding": [{"system": INTERPRETATION, "code": code}]}]


def own_range(low: object = None, high: object = None, unit: str | None = "mg/dL", **more: object) -> list[Json]:
    ends = {
        name: {"value": end, **({"unit": unit} if unit else {})}
        for name, end in (("low", low), ("high", high))
        if end is not None
    }
    return [{**ends, **more}]


def interval_of(lab: str, held: Json, **more: object) -> Interval | None:
    found = result(lab, observation(lab, held, **more))
    assert found is not None
    return found.value


# The same patient's chart as laboratories of different countries write it, at limits of rules and ranges.
SAME_CHART = [
    ("phosphate", (4.6, "mg/dL"), (1.49, "mmol/L")),
    ("phosphate", (2.5, "mg/dL"), (0.81, "mmol/L")),
    ("calcium", (10.2, "mg/dL"), (2.55, "mmol/L")),
    ("calcium", (13.0, "mg/dL"), (3.24, "mmol/L")),
    ("calcium", (10.0, "mg/dL"), (5.0, "mEq/L")),
    ("pth", (65, "pg/mL"), (6.9, "pmol/L")),
    ("pth", (900, "pg/mL"), (95.5, "pmol/L")),
    ("creatinine", (1.27, "mg/dL"), (112, "\u00b5mol/L")),
    ("vitamin-d-25", (150, "ng/mL"), (375, "nmol/L")),
    ("vitamin-d-25", (20, "ng/mL"), (50, "nmol/L")),
    ("urea", (20, "mg/dL"), (7.1, "mmol/L")),
    ("albumin", (3.5, "g/dL"), (35, "g/L")),
    ("alp", (130, "U/L"), (2.17, "\u00b5kat/L")),
    ("eosinophils", (0.5, "10*9/L"), (500, "/uL")),
    ("eosinophils", (0.5, "K/uL"), (500, "cells/\u00b5L")),
    ("calcium-ionised", (1.32, "mmol/L"), (5.3, "mg/dL")),
    ("egfr", (60, "mL/min/{1.73_m2}"), (60, "mL/min/1.73 m2")),
]


@pytest.mark.parametrize(("lab", "one", "other"), SAME_CHART)
def test_the_unit_of_the_laboratory_changes_nothing_at_a_limit(
    lab: str, one: tuple[Any, str], other: tuple[Any, str]
) -> None:
    assert interval_of(lab, quantity(*one)) == interval_of(lab, quantity(*other))


@pytest.mark.parametrize(
    ("lab", "held", "expected"),
    [
        ("pth", quantity(710, "pg/mL", comparator=">"), Interval(Decimal(710), None, low_open=True)),
        ("phosphate", quantity(1.0, "mg/dL", comparator="<="), Interval(None, Decimal(1))),
        ("egfr", {"valueString": ">60"}, Interval(Decimal(60), None, low_open=True)),
        ("egfr", {"valueString": "> 90 mL/min/1.73m2"}, Interval(Decimal(90), None, low_open=True)),
        ("egfr", {"valueInteger": 55}, exactly("55")),
        ("pth", {"valueString": "<0.5 pg/mL"}, Interval(None, Decimal(0), high_open=True)),
        ("pth", {"valueString": "greater than 400 pg/mL"}, Interval(Decimal(400), None, low_open=True)),
        ("phosphate", {"valueString": "7.4 mg/dL"}, exactly("7.4")),
        ("phosphate", {"valueString": "7,4 mg/dl H"}, exactly("7.4")),
        ("phosphate", {"valueString": "2.4 mmol/l (H)"}, exactly("7.4")),
        ("ck", {"valueString": "12,345.0 U/L"}, exactly("12345")),
        (
            "phosphate",
            {"valueRange": {"low": {"value": 7, "unit": "mg/dL"}, "high": {"value": 8, "unit": "mg/dL"}}},
            Interval(Decimal(7), Decimal(8)),
        ),
        ("phosphate", quantity(7.4, **UCUM, code="mg/dL"), exactly("7.4")),
        ("phosphate", quantity("7.4", "mg/dL"), exactly("7.4")),
        ("phosphate", quantity(7.4, " mg/dL ", extra="x"), exactly("7.4")),
        ("ana", {"valueString": "1:320 speckled"}, exactly("320")),
        ("ana", {"valueString": "Positive, >1:640"}, Interval(Decimal(640), None, low_open=True)),
        ("ana", {"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 160}}}, exactly("160")),
        ("ana", quantity(80, "{titer}"), exactly("80")),
    ],
)
def test_values_are_read_in_every_form(lab: str, held: Json, expected: Interval) -> None:
    assert interval_of(lab, held) == expected


@pytest.mark.parametrize(
    ("lab", "held", "word"),
    [
        ("phosphate", {"valueString": "within normal limits"}, "normal"),
        ("phosphate", {"valueString": "dangerously high"}, "high"),
        ("pth", {"valueString": "undetectable"}, "low"),
        ("ck", {"valueCodeableConcept": {"text": "Raised"}}, "high"),
        ("alp", {"interpretation": flag("N")}, "normal"),
        ("phosphate", {"interpretation": flag("HH")}, "high"),
        ("phosphate", {"interpretation": {"coding": [{"code": "L"}]}}, "low"),
        ("phosphate", {"interpretation": [{"text": "High"}], "dataAbsentReason": {"text": "masked"}}, "high"),
        ("phosphate", {**quantity(1179), "interpretation": flag("H")}, "high"),
        ("phosphate", {**quantity(9, "furlongs"), "referenceRange": own_range(1, 5, "furlongs")}, "high"),
        ("phosphate", {**quantity(9), "referenceRange": own_range(1, 15, None)}, "normal"),
        ("ana", {"valueString": "negative"}, "negative"),
        ("ana", {"valueString": "1:40"}, "negative"),
        ("ana", {"valueString": "1:80"}, "positive"),
        ("ana", {"valueString": "<1:80"}, "negative"),
        (
            "ana",
            quantity(120, "[arb'U]/mL", code="[arb'U]/mL", **UCUM)
            | {"referenceRange": own_range(None, 20, "[arb'U]/mL")},
            "positive",
        ),
        (
            "anti-jo-1",
            {"valueCodeableConcept": {"coding": [{"system": "http://snomed.info/sct", "code": "10828004"}]}},
            "positive",
        ),
        ("anti-jo-1", {"valueCodeableConcept": {"coding": [{"display": "Not detected"}]}}, "negative"),
        ("anti-jo-1", {"valueBoolean": True}, "positive"),
        ("anti-jo-1", {"interpretation": flag("A")}, "positive"),
        ("anti-jo-1", quantity(3, "U/mL") | {"referenceRange": own_range(None, 20, "U/mL")}, "negative"),
        ("anti-jo-1", quantity(35, "U/mL") | {"referenceRange": [{"text": "< 20"}]}, "positive"),
    ],
)
def test_words_and_flags_are_results(lab: str, held: Json, word: str) -> None:
    found = result(lab, observation(lab, held))
    assert found is not None
    assert found.word == word


UNUSABLE = [
    ("calcium", quantity(2.4, "furlongs"), "unit is not understood"),
    ("calcium", quantity(9.8), "no unit"),
    ("calcium", quantity(2.45, "mg/dL"), "no patient has such a value"),
    ("creatinine", quantity(88, "mg/dL"), "no patient has such a value"),
    ("calcium", quantity(9.8, "mg/dL", code="mmol/L", **UCUM), "contradict"),
    ("calcium", quantity(float("nan"), "mg/dL"), "not of its FHIR type"),
    ("calcium", quantity(float("inf"), "mg/dL"), "not of its FHIR type"),
    ("calcium", quantity(-3, "mg/dL"), "negative"),
    ("calcium", quantity(True, "mg/dL"), "not"),
    ("calcium", quantity(9.8, "mg/dL", comparator="~"), "comparator"),
    ("calcium", quantity(None, "mg/dL"), "no number"),
    ("calcium", {"valueQuantity": "9.8"}, "FHIR type"),
    ("calcium", {"valueString": "see comment"}, "worded result"),
    ("pth", {"valueString": "1,200 pg/mL"}, "two ways"),
    ("calcium", {"valueString": "pending"}, "worded result"),
    ("ana", {"valueString": "equivocal"}, "worded result"),
    ("anti-jo-1", quantity(35, "U/mL"), "unit"),
    ("calcium", {"dataAbsentReason": {"text": "unknown"}}, "absent"),
    ("calcium", {}, "no value"),
    ("calcium", {**quantity(9.8, "mg/dL"), "status": "entered-in-error"}, "entered in error"),
    ("calcium", {**quantity(9.8, "mg/dL"), "status": "cancelled"}, "cancelled"),
    ("calcium", {**quantity(9.8, "mg/dL"), "status": "registered"}, "no result yet"),
    ("calcium", {**quantity(9.8, "mg/dL"), "status": "weird"}, "status"),
    ("calcium", {**quantity(9.8, "mg/dL"), "subject": {"reference": "Patient/p2"}}, "not the call's patient"),
    ("calcium", {**quantity(9.8, "mg/dL"), "effectiveDateTime": 1_700_000_000}, "date"),
    ("calcium", {**quantity(9.8, "mg/dL"), "effectiveDateTime": "2026-11-25"}, "future"),
]


@pytest.mark.parametrize(("lab", "held", "reason"), UNUSABLE)
def test_what_cannot_be_used_is_set_aside_with_the_reason(lab: str, held: Json, reason: str) -> None:
    read = chart_of([observation(lab, held), observation("alp", quantity(90, "U/L"))])
    assert lab not in read.labs
    assert read.missing_labs[lab] is Missing.SET_ASIDE
    assert any(reason in said for said in reasons(read))
    assert "alp" in read.labs, "the others go on"


def test_an_older_usable_result_stands_in_for_a_newer_unusable_one() -> None:
    newer = observation("phosphate", quantity(7.4, "furlongs"))
    older = observation("phosphate", quantity(6.0, "mg/dL"), id="older", effectiveDateTime="2026-10-01")
    oldest = observation("phosphate", quantity(2.0, "mg/dL"), id="oldest", effectiveDateTime="2020-10-01")
    found = result("phosphate", oldest, newer, older)
    assert found is not None
    assert (found.value, found.resource, found.age_days) == (exactly("6"), "Observation/older", 52)


def test_an_undated_result_is_used_when_there_is_no_dated_one() -> None:
    undated = observation("phosphate", quantity(7, "mg/dL"), effectiveDateTime=None)
    found = result("phosphate", undated)
    assert found is not None
    assert (found.effective, found.age_days) == ("", None)
    dated = result("phosphate", undated, observation("phosphate", quantity(6, "mg/dL"), effectiveDateTime="2024"))
    assert dated is not None
    assert dated.value == exactly("6")


def test_a_preliminary_result_is_used_and_said_to_be_so() -> None:
    found = result("phosphate", observation("phosphate", quantity(7, "mg/dL"), status="preliminary"))
    assert found is not None
    assert found.sent == "7 mg/dL (preliminary)"


def test_the_conversion_is_told_with_its_source() -> None:
    found = result("phosphate", observation("phosphate", quantity(2.4, "MMOL/L")))
    assert found is not None
    assert found.sent == "2.4 MMOL/L"
    assert "MMOL/L read as mmol/L" in found.conversion
    assert "x 3.0974 = mg/dL (molar mass 30.974 g/mol" in found.conversion


@pytest.mark.parametrize(
    ("unit", "sent", "value", "masses"),
    [("mmol/L", 10.0, "28", ["28.014"]), ("mg/dL", 60, "28", ["60.06", "28.014"])],
)
def test_urea_is_compared_as_its_nitrogen(unit: str, sent: float, value: str, masses: list[str]) -> None:
    found = result("urea", {**observation("urea", quantity(sent, unit)), "code": {"text": "Urea"}})
    assert found is not None
    assert found.value == exactly(value)
    assert found.conversion.count("molar mass") == len(masses)
    assert all(mass in found.conversion for mass in masses)


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        (own_range(2.6, 4.9), ("2.6", "4.9")),
        (own_range(0.84, 1.58, "mmol/L"), ("2.6", "4.9")),
        (own_range(2.6, 4.9, None), ("2.6", "4.9")),
        ([{"text": "2.6 - 4.9"}], ("2.6", "4.9")),
        ([{"text": "2.6-4.9 mg/dL"}], ("2.6", "4.9")),
        ([{"text": "< 4.9"}], (None, "4.9")),
        (own_range(2.6, 4.9) + own_range(1.0, 9.0, type={"coding": [{"code": "critical"}]}), ("2.6", "4.9")),
        (
            own_range(2.6, 4.9, appliesTo=[{"text": "Female"}]) + own_range(2.3, 4.7, appliesTo=[{"text": "Male"}]),
            ("2.6", "4.9"),
        ),
        (own_range(2.6, 4.9) + own_range(3.7, 5.8, age={"high": {"value": 12, "unit": "years"}}), ("2.6", "4.9")),
        (own_range(2.6, 4.9) + own_range(2.0, 6.0), ("2.5", "4.6")),
        (own_range(4.9, 2.6), ("2.5", "4.6")),
        ([{"text": "see report"}], ("2.5", "4.6")),
        ("none", ("2.5", "4.6")),
        ([{"low": {"value": "x"}}], ("2.5", "4.6")),
    ],
)
def test_the_laboratory_s_own_range_comes_first_if_it_is_for_this_patient(
    ranges: object, expected: tuple[str | None, str]
) -> None:
    found = result("phosphate", observation("phosphate", quantity(4.0, "mg/dL"), referenceRange=ranges))
    assert found is not None
    assert found.range is not None
    low = None if expected[0] is None else Decimal(expected[0])
    assert (found.range.low, found.range.high) == (low, Decimal(expected[1]))


def test_a_child_has_a_child_s_range_as_of_the_day_of_the_result() -> None:
    held = observation("phosphate", quantity(5.5, "mg/dL"), effectiveDateTime="2022-06-01")
    found = result("phosphate", held, who=CHILD)
    assert found is not None
    assert found.range is not None
    assert (found.range.low, found.range.high) == (Decimal("4.5"), Decimal("7.5"))


@pytest.mark.parametrize(
    ("value", "word"),
    [(9.0, "high"), (5.0, None), (0.9, "low"), (4.0, None)],
)
def test_without_an_age_only_what_holds_at_every_age_is_said(value: float, word: str | None) -> None:
    found = result("phosphate", observation("phosphate", quantity(value, "mg/dL")), who=patient(None))
    assert found is not None
    assert (found.word, found.range) == (word, None)


@pytest.mark.parametrize(
    ("word", "low", "high"), [("normal", "2.5", "8.2"), ("high", None, "4.6"), ("low", "4.8", None)]
)
def test_a_bare_word_without_an_age_allows_what_some_age_allows(word: str, low: str | None, high: str | None) -> None:
    found = result("phosphate", observation("phosphate", {"valueString": word}), who=patient(None))
    assert found is not None
    assert found.range is not None
    expected = tuple(None if end is None else Decimal(end) for end in (low, high))
    assert (found.range.low, found.range.high) == expected


def test_the_laboratory_s_flag_outranks_a_default_range() -> None:
    found = result("calcium", observation("calcium", quantity(10.1, "mg/dL"), interpretation=flag("H")))
    assert found is not None
    assert (found.word, found.range) == ("high", None)


@pytest.mark.parametrize(
    ("code", "lab"),
    [
        ({"coding": [{"system": "https://loinc.org/", "code": "2777-1"}]}, "phosphate"),
        (
            {"coding": [{"system": "urn:local", "code": "PHOS"}, {"system": "http://loinc.org", "code": "2777-1 "}]},
            "phosphate",
        ),
        ({"text": "Phosphorus"}, "phosphate"),
        ({"coding": [{"system": "urn:local", "code": "1", "display": "Serum phosphate"}]}, "phosphate"),
        (
            {
                "coding": [
                    {
                        "system": "http://loinc.org",
                        "code": "99999-9",
                        "display": "Phosphate [Mass/volume] in Serum or Plasma",
                    }
                ]
            },
            "phosphate",
        ),
        ({"coding": [{"system": "http://loinc.org", "code": "99999-9"}], "text": "Serum phosphate"}, "phosphate"),
        ({"coding": [{"system": "http://loinc.org", "code": "38230-9"}], "text": "Ionised calcium"}, "calcium-ionised"),
        ({"coding": [{"system": "http://loinc.org", "code": "38230-9"}], "text": "Phosphate"}, None),
        ({"coding": [{"system": "http://loinc.org", "code": "99999-9"}], "text": "Phosphate"}, None),
        (
            {
                "coding": [
                    {"system": "http://loinc.org", "code": "2778-9", "display": "Phosphate [Mass/volume] in Urine"}
                ],
                "text": "Phosphate",
            },
            None,
        ),
        ({"text": "Urine phosphate"}, None),
        ({"coding": "2777-1"}, None),
        ("2777-1", None),
        (None, None),
    ],
)
def test_a_lab_is_known_by_its_code_or_else_by_its_name(code: object, lab: str | None) -> None:
    read = chart_of([{**observation("phosphate", quantity(5, "mg/dL")), "code": code}])
    found = [name for name in read.labs if name != "calcium"]
    assert found == ([lab] if lab else [])


@pytest.mark.parametrize(
    ("name", "held", "lab", "word"),
    [
        ("hypercalcaemia", {"valueString": "present"}, "calcium", "high"),
        ("Hypercalcemia", {}, "calcium", "high"),
        ("Hyperphosphataemia", {"valueBoolean": True}, "phosphate", "high"),
        ("hypercalcaemia", {"valueString": "absent"}, "calcium", None),
        ("eosinophilia", {"valueString": "see comment"}, "eosinophils", None),
    ],
)
def test_a_name_can_be_the_result(name: str, held: Json, lab: str, word: str | None) -> None:
    found = chart_of([{**observation("phosphate", held), "code": {"text": name}}]).labs.get(lab)
    assert (found.word if found else None) == word


def test_a_percentage_of_eosinophils_is_no_count() -> None:
    held = observation("eosinophils", quantity(8, "%"))
    held["code"]["coding"][0]["code"] = "713-8"
    read = chart_of([held])
    assert read.missing_labs["eosinophils"] is Missing.SET_ASIDE
    assert "percentage" in reasons(read)[0]


def test_components_of_a_panel_are_results() -> None:
    panel = observation("calcium", {})
    panel["code"] = {"text": "Bone profile"}
    panel["component"] = [
        {"code": {"text": "Calcium"}, **quantity(9.1, "mg/dL")},
        {"code": {"text": "Phosphate"}, **quantity(7.7, "mg/dL")},
        "nonsense",
    ]
    assert list(chart_of([panel]).labs) == ["calcium", "phosphate", "calcium-phosphate-product"]


def test_a_result_that_names_nobody_is_used_from_prefetch_and_not_from_the_context() -> None:
    nameless = {key: value for key, value in observation("calcium", quantity(9.8, "mg/dL")).items() if key != "subject"}
    assert "calcium" in chart({"calcium": bundle(nameless)}).labs
    read = chart({}, draftReports=bundle(nameless, kind="collection"))
    assert "calcium" not in read.labs
    assert "names no patient" in reasons(read)[0]


def test_results_in_the_draft_reports_are_read_too() -> None:
    read = chart({}, draftReports=bundle(observation("calcium", quantity(9.8, "mg/dL")), kind="collection"))
    assert "calcium" in read.labs
    assert len(read.report_observations) == 1
