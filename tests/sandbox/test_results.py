"""The lines of the table of results: the newest of each test, in both unit systems, and its course."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from cds_service.core.facts import Patient
from cds_service.fhir.subject import Identity
from cds_service.fhir.systems import LOINC
from cds_service.sandbox.results import LabLine, Whose, lab_lines
from cds_service.synthetic.world import Sent
from tests.shipped import shipped_content

LABS = shipped_content().labs
UNITS = {
    "phosphate": {
        "conventional": Sent("mg/dL", "mg/dL", 1, 1.0, ("2777-1", "")),
        "si": Sent("mmol/L", "mmol/L", 2, 3.0974, ("14879-1", "")),
    }
}
ADULT = Patient(Decimal(40), "female")


def observation(day: str, value: Any, unit: str = "mg/dL", code: str = "2777-1", **more: Any) -> dict[str, Any]:
    """A phosphate, unless another code is given."""
    measured = {"valueQuantity": {"value": value, "unit": unit, "code": unit}}
    told = {
        "code": {"coding": [{"system": LOINC, "code": code}], "text": "A test"},
        "effectiveDateTime": f"{day}T08:00:00+00:00",
    }
    return {"resourceType": "Observation", "id": day, "status": "final", **told, **measured, **more}


def lines(*observations: Any) -> list[LabLine]:
    return lab_lines(observations, LABS, UNITS, Whose(ADULT, Identity("example")), datetime(2026, 3, 1, tzinfo=UTC))


def test_the_newest_is_shown_and_the_others_are_its_course() -> None:
    (line,) = lines(observation("2026-01-02", 7.4), observation("2024-01-02", 4.0), observation("2025-01-02", 6.2))
    assert line.points == (("2024-01-02", 4.0), ("2025-01-02", 6.2), ("2026-01-02", 7.4))
    assert (line.row.effective, line.row.flag) == ("2026-01-02", "high")


@pytest.mark.parametrize(("value", "unit"), [(7.4, "mg/dL"), (2.389, "mmol/L")])
def test_a_result_is_written_in_both_systems_whichever_was_sent(value: float, unit: str) -> None:
    (line,) = lines(observation("2026-01-02", value, unit))
    assert line.value == {"conventional": "7.4 mg/dL", "si": "2.39 mmol/L"}


def test_a_comparator_stays_and_opens_the_value() -> None:
    sent = {"value": 12, "comparator": ">", "unit": "mg/dL", "code": "mg/dL"}
    (line,) = lines(observation("2026-01-02", 0, valueQuantity=sent))
    assert line.value["conventional"] == ">12.0 mg/dL"
    assert line.row.value is not None
    assert (line.row.value.low, line.row.value.high) == (Decimal(12), None)


def test_the_range_that_was_sent_goes_before_the_usual_one_and_the_usual_one_is_said_to_be() -> None:
    sent = {"low": {"value": 8.0}, "high": {"value": 9.0}}
    (own,) = lines(observation("2026-01-02", 7.4, referenceRange=[sent]))
    (usual,) = lines(observation("2026-01-02", 7.4))
    assert (own.row.flag, own.range["conventional"], own.note) == ("low", "8.0–9.0", "")
    assert (usual.row.flag, usual.note) == ("high", "no range was sent; the usual one is drawn")


def test_what_was_cancelled_is_no_result_and_what_is_preliminary_says_so() -> None:
    gone = observation("2026-02-02", 1.0, status="cancelled")
    (line,) = lines(gone, observation("2026-01-02", 7.4, status="preliminary"))
    assert (line.row.effective, line.note.partition(";")[0]) == ("2026-01-02", "preliminary")


def test_a_test_that_no_rule_knows_is_shown_as_it_was_sent() -> None:
    (line,) = lines(observation("2026-01-02", 131.1, "cm", code="8302-2"))
    assert (line.name, line.lab, line.value["si"]) == ("A test", "", "131.1 cm")
