"""The forms in which laboratories send values, ranges, codes and panels, each beside what it must be read as."""

from decimal import Decimal

import pytest

from cds_service.core.quantity import Interval
from tests.fhir.charts import Json, bundle, chart, chart_of, observation, patient, quantity, reasons, result

MAN = patient(sex="male")
TO_17 = {"low": {"value": 1, "code": "a"}, "high": {"value": 17, "code": "a"}}
WOMEN = {"coding": [{"code": "248152002", "display": "Female"}]}
GIRL = patient("2016-11-22", "female")


def text(value: str) -> Json:
    return {"valueString": value}


def above(value: str) -> Interval:
    return Interval(Decimal(value), None, low_open=True)


def below(value: str) -> Interval:
    return Interval(None, Decimal(value), high_open=True)


def exactly(value: str) -> Interval:
    return Interval.exactly(Decimal(value))


@pytest.mark.parametrize(
    ("lab", "sent", "value", "word"),
    [
        ("phosphate", "4.1 H", None, "high"),
        ("phosphate", "7.4 mg/dL H", exactly("7.4"), "high"),
        ("phosphate", "7.4 mg/dL*", exactly("7.4"), None),
        ("phosphate", "7.4* mg/dL", exactly("7.4"), None),
        ("phosphate", "7.4mg/dL", exactly("7.4"), None),
        ("phosphate", "*7.4 mg/dL", exactly("7.4"), None),
        ("phosphate", "H 7.4 mg/dL", exactly("7.4"), "high"),
        ("phosphate", "7.4 mg/dL (high)", exactly("7.4"), "high"),
        ("phosphate", "7.4 mg/dL (ref 2.5-4.5)", exactly("7.4"), None),
        ("egfr", "4.1 L", exactly("4"), "low"),
        ("egfr", "41*", exactly("41"), None),
        ("egfr", "> 90", above("90"), None),
        ("egfr", ">90 mL/min", above("90"), None),
        ("egfr", "more than 60", above("60"), None),
        ("egfr", "15-20", Interval(Decimal(15), Decimal(20)), None),
        ("pth", "< 3 pg/mL", below("3"), None),
        ("pth", "up to 40 pg/mL", Interval(None, Decimal(40)), None),
        ("pth", "1200 ng/L", exactly("1200"), None),
        ("ana", "1:320", exactly("320"), "positive"),
        ("ana", ">1:1280", above("1280"), "positive"),
        ("ana", "> 1/1280", above("1280"), "positive"),
        ("ana", "positive 1:640", exactly("640"), "positive"),
        ("ana", "negative (<1:80)", below("80"), "negative"),
        ("phosphate", "within normal limits", None, "normal"),
        ("calcium", "raised", None, "high"),
    ],
)
def test_a_result_as_text(lab: str, sent: str, value: Interval | None, word: str | None) -> None:
    found = result(lab, observation(lab, text(sent)))
    if value is None and word is None:
        assert found is None
        return
    assert found is not None
    assert (found.value, found.word) == (value, word)


@pytest.mark.parametrize(
    ("who", "ranges", "low", "high"),
    [
        (MAN, [{"text": "3.5-5.1 mg/dL"}], "3.5", "5.1"),
        (MAN, [{"text": "3.5 to 5.1"}], "3.5", "5.1"),
        (MAN, [{"text": "(3.5 \u2013 5.1)"}], "3.5", "5.1"),
        (MAN, [{"text": "<5.1"}], None, "5.1"),
        (MAN, [{"text": "up to 5.1"}], None, "5.1"),
        (MAN, [{"text": ">= 3.5 mg/dL"}], "3.5", None),
        (MAN, [{"text": "1.13-1.65 mmol/L"}], "3.5", "5.1"),
        (MAN, [{"text": "Adult male: 3.5-5.1"}], "3.5", "5.1"),
        (MAN, [{"text": "Normal range: 3.5-5.1 mg/dL"}], "3.5", "5.1"),
        (MAN, [{"text": "Female: 3.5-5.1"}], "2.5", "4.6"),
        (MAN, [{"text": "Child: 3.5-5.1"}], "2.5", "4.6"),
        (MAN, [{"text": "Male: 3.5-5.1, female: 2.9-4.9"}], "3.5", "5.1"),
        (MAN, [{"text": "Women 3.5-5.1"}], "2.5", "4.6"),
        (MAN, [{"text": "Fasting: 3.5-5.1"}], "2.5", "4.6"),
        (GIRL, [{"text": "Adult: 3.5-5.1"}], "3.7", "5.8"),
        (GIRL, [{"text": "3.5-5.1", "age": {"low": {"value": 18, "unit": "a"}}}], "3.7", "5.8"),
        (GIRL, [{"text": "3.5-5.1", "age": TO_17}], "3.5", "5.1"),
        (GIRL, [{"text": "3.5-5.1", "age": {"high": {"value": 132, "unit": "months"}}}], "3.5", "5.1"),
        (MAN, [{"text": "3.5-5.1", "appliesTo": [WOMEN]}], "2.5", "4.6"),
        (MAN, [{"text": "3.5-5.1", "appliesTo": [{"coding": [{"code": "M"}]}]}], "3.5", "5.1"),
    ],
)  # fmt: skip
def test_a_range_is_read_as_text_and_for_whom_it_is(
    who: Json, ranges: list[Json], low: str | None, high: str | None
) -> None:
    found = result("phosphate", observation("phosphate", quantity(4.0, "mg/dL"), referenceRange=ranges), who=who)
    assert found is not None
    assert found.range is not None
    assert [None if end is None else str(end) for end in (found.range.low, found.range.high)] == [low, high]


# ---- panels ------------------------------------------------------------------------------------------------------


def panel(**more: object) -> Json:
    return {
        "resourceType": "Observation",
        "id": "panel-1",
        "status": "final",
        "code": {"text": "Bone profile"},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-11-21",
        **more,
    }


def test_members_that_came_beside_the_panel_are_read() -> None:
    member = observation("phosphate", quantity(7.7, "mg/dL"))
    held = panel(hasMember=[{"reference": "Observation/phosphate-1"}])
    assert chart_of([held, member]).labs["phosphate"].value == exactly("7.7")


def test_members_that_the_panel_contains_are_read() -> None:
    member = {**observation("phosphate", quantity(7.7, "mg/dL")), "id": "m1"}
    found = chart_of([panel(contained=[member], hasMember=[{"reference": "#m1"}])]).labs["phosphate"]
    assert (found.value, found.resource) == (exactly("7.7"), "Observation/panel-1#m1")


def test_a_contained_member_without_date_patient_or_status_has_those_of_its_panel() -> None:
    whole = observation("phosphate", quantity(7.7, "mg/dL"))
    member = {key: held for key, held in whole.items() if key not in ("subject", "effectiveDateTime", "status")}
    found = chart_of([panel(contained=[{**member, "id": "m1"}], hasMember=[{"reference": "#m1"}])]).labs["phosphate"]
    assert found.effective == "2026-11-21"


def test_a_contained_member_of_a_withdrawn_panel_is_withdrawn() -> None:
    member = {**observation("phosphate", quantity(7.7, "mg/dL")), "id": "m1"}
    read = chart_of([panel(status="entered-in-error", contained=[member], hasMember=[{"reference": "#m1"}])])
    assert "phosphate" not in read.labs
    assert "phosphate: it was entered in error" in reasons(read)


def test_results_that_a_report_contains_are_read() -> None:
    member = {**observation("phosphate", quantity(7.7, "mg/dL")), "id": "m1"}
    report = {
        "resourceType": "DiagnosticReport",
        "id": "labs-1",
        "status": "final",
        "code": {"text": "Bone profile"},
        "subject": {"reference": "Patient/p1"},
        "contained": [member],
        "result": [{"reference": "#m1"}],
    }
    assert "phosphate" in chart({"calcium": bundle(report)}).labs


def test_components_of_one_observation_share_its_date_and_status() -> None:
    parts = [
        {"code": {"text": "Calcium"}, **quantity(9.1, "mg/dL")},
        {"code": {"text": "Phosphate"}, "dataAbsentReason": {"text": "error"}},
    ]
    read = chart_of([panel(component=parts, status="amended")])
    assert read.labs["calcium"].effective == "2026-11-21"
    assert "phosphate: the result is said to be absent" in reasons(read)
