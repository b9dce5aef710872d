"""When history began and ended, as the chart says it; read with the service's own reader of texts."""

from functools import cache

import pytest

from cds_service.content.vocabulary import Vocabulary
from cds_service.core.facts import HistoryFact
from cds_service.fhir.chart import read_chart
from cds_service.fhir.request import read_call
from tests.fhir.charts import HOOK, NOW, PATIENT, Json, bundle, condition, patient, request
from tests.shipped import shipped_content


@cache
def vocabulary() -> Vocabulary:
    return shipped_content().vocabulary


def history_of(*resources: Json) -> dict[str, HistoryFact]:
    """The history of a woman of 46 with these resources in her chart."""
    call = read_call(request({"patient": patient(), "all": bundle(*resources)}), "calcification-report-sign", HOOK)
    return dict(read_chart(call, vocabulary().labs, vocabulary().history, NOW, vocabulary().read_history).history)


def medication(kind: str, **more: object) -> Json:
    held = {"resourceType": kind, "id": "m1", "status": "active", "subject": PATIENT}
    return {**held, "medicationCodeableConcept": {"text": "Calcitriol"}, **more}


def years(number: int) -> Json:
    return {"value": number, "unit": "years", "system": "http://unitsofmeasure.org", "code": "a"}


def until(end: str) -> list[Json]:
    return [{"timing": {"repeat": {"boundsPeriod": {"start": "2020-01-01", "end": end}}}}]


@pytest.mark.parametrize(
    ("resource", "concept", "onset", "days", "at_least"),
    [
        (condition("Burn", onsetAge=years(6)), "burn", "at age 6 years", 14610, False),
        (condition("Burn", onsetRange={"low": years(6), "high": years(8)}), "burn", "at age 6 years", 14610, False),
        (condition("Burn", onsetAge={"value": "six"}), "burn", "", None, False),
        (condition("Burn", onsetAge={**years(6), "value": 10**400}), "burn", "", None, False),
        (condition("Burn", onsetString="40 years ago"), "burn", "40 years ago", 14600, False),
        (condition("Burn", onsetString="in 1985"), "burn", "1985", 15300, False),
        (condition("Burn", onsetString="in childhood"), "burn", "in childhood", 10227, True),
        (condition("Burn 3 months ago"), "burn", "3 months ago", 90, False),
        (condition("Burn 3 months ago", recordedDate="2016-11-22"), "burn", "3 months ago", 3742, False),
        (condition("Burn", recordedDate="2016-11-22"), "burn", "2016-11-22", 3652, True),
        (condition("Burn", onsetDateTime="2026-08-01", recordedDate="2026-09-01"), "burn", "2026-08-01", 113, False),
        (medication("MedicationRequest", authoredOn="2026-08-01"), "vitamin-d-supplement", "2026-08-01", 113, False),
        (
            medication("MedicationStatement", dateAsserted="2026-08-01"),
            "vitamin-d-supplement",
            "2026-08-01",
            113,
            True,
        ),
        (
            medication("MedicationAdministration", effectivePeriod={"start": "2026-08-01"}),
            "vitamin-d-supplement",
            "2026-08-01",
            113,
            False,
        ),
    ],
)
def test_the_beginning_is_read_from_every_form_of_date(
    resource: Json, concept: str, onset: str, days: int | None, at_least: bool
) -> None:
    found = history_of(resource)[concept]
    assert (found.onset, found.age_days, found.at_least) == (onset, days, at_least)


def clinical(status: str) -> Json:
    return {"clinicalStatus": {"coding": [{"code": status}]}}


@pytest.mark.parametrize(
    ("resource", "concept", "ended", "days"),
    [
        (condition("Haemodialysis"), "dialysis", None, None),
        (condition("Haemodialysis", **clinical("active")), "dialysis", None, None),
        (condition("Haemodialysis", **clinical("resolved")), "dialysis", "", None),
        (condition("Haemodialysis", **clinical("inactive")), "dialysis", "", None),
        (condition("Haemodialysis", **clinical("remission")), "dialysis", "", None),
        (condition("Haemodialysis", abatementDateTime="2026-08-01"), "dialysis", "2026-08-01", 113),
        (condition("Haemodialysis", abatementDateTime="2030-08-01"), "dialysis", None, None),
        (condition("Haemodialysis", abatementPeriod={"end": "2026-08-01"}), "dialysis", "2026-08-01", 113),
        (condition("Haemodialysis", abatementAge=years(40)), "dialysis", "at age 40 years", 2191),
        (condition("Haemodialysis", abatementString="after the transplant"), "dialysis", "after the transplant", None),
        (condition("Haemodialysis", abatementBoolean=True), "dialysis", "", None),
        (condition("No longer on dialysis"), "dialysis", "", None),
        (condition("Dialysis was stopped in 2020"), "dialysis", "2020", 2517),
        (medication("MedicationRequest", status="stopped"), "vitamin-d-supplement", "", None),
        (
            medication("MedicationRequest", dosageInstruction=until("2026-08-01")),
            "vitamin-d-supplement",
            "2026-08-01",
            113,
        ),
        (
            medication("MedicationRequest", dosageInstruction=[*until("2026-08-01"), {}]),
            "vitamin-d-supplement",
            None,
            None,
        ),
        (
            medication("MedicationStatement", effectivePeriod={"end": "2026-08-01"}),
            "vitamin-d-supplement",
            "2026-08-01",
            113,
        ),
        (
            medication("MedicationAdministration", effectiveDateTime="2026-08-01"),
            "vitamin-d-supplement",
            "2026-08-01",
            113,
        ),
    ],
)
def test_the_end_is_read_from_dates_and_from_the_state(
    resource: Json, concept: str, ended: str | None, days: int | None
) -> None:
    found = history_of(resource)[concept]
    assert (found.ended, found.ended_days) == (ended, days)


def test_what_goes_on_is_kept_before_what_is_over() -> None:
    over = condition("Haemodialysis", abatementDateTime="2026-08-01")
    again = condition("Haemodialysis", id="c2", onsetDateTime="2019-01-01")
    assert history_of(over, again)["dialysis"].resource == "Condition/c2"
    assert history_of(again, over)["dialysis"].resource == "Condition/c2"
