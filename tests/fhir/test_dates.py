from datetime import date
from decimal import Decimal

import pytest

from cds_service.fhir.dates import UnreadableDateError, first_moment, read_moment
from cds_service.fhir.patient import age_years, read_patient
from cds_service.fhir.subject import Identity, Whose, whose
from tests.fhir.charts import NOW


@pytest.mark.parametrize(
    ("sent", "text", "days"),
    [
        ("2026-11-21", "2026-11-21", 1),
        ("2026-11-22", "2026-11-22", 0),
        ("2026-11-22T23:30:00+14:00", "2026-11-22", 0),
        ("2026-11-21T08:00:00Z", "2026-11-21", 1),
        ("2026-11-21T08:00:00.123-05:00", "2026-11-21", 0),
        ("2026-11-21T08:00:00", "2026-11-21", 1),
        ("2026-11-21T08:00", "2026-11-21", 1),
        ("2026-11", "2026-11", 21),
        ("2025", "2025", 690),
        (" 2026-11-21 ", "2026-11-21", 1),
    ],
)
def test_dates_of_any_precision_are_read(sent: str, text: str, days: int) -> None:
    moment = read_moment(sent)
    assert (moment.text, moment.age_days(NOW)) == (text, days)


@pytest.mark.parametrize(
    "sent", [1_700_000_000, "1700000000", "21/11/2026", "2026-13-01", "2026-02-30", "", True, [], "0000"]
)
def test_what_is_no_date_is_not_guessed(sent: object) -> None:
    with pytest.raises(UnreadableDateError):
        read_moment(sent)


@pytest.mark.parametrize(
    ("resource", "text"),
    [
        ({"effectivePeriod": {"start": "2026-01-01", "end": "2026-01-03"}}, "2026-01-03"),
        ({"effectivePeriod": {"start": "2026-01-01"}}, "2026-01-01"),
        ({"effectiveTiming": {"event": ["2026-01-05"]}}, "2026-01-05"),
        ({"effectivePeriod": {}, "issued": "2026-01-06T00:00:00Z"}, "2026-01-06"),
    ],
)
def test_a_period_counts_by_its_end(resource: dict[str, object], text: str) -> None:
    moment = first_moment(resource, "effectivePeriod", "effectiveTiming", "issued")
    assert moment is not None
    assert moment.text == text


TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("born", "years"),
    [
        ("2016-11-22", "10"),
        ("2016-11-23", "9.99"),
        ("2016-11-21", "10"),
        ("2026-11-22", "0"),
        ("2026-11-09", "0.03"),
        ("2026-07-22", "0.33"),
        ("2000-02-29", "26.72"),
        ("1980", "46.39"),
        ("1980-06", "46.43"),
        ("1932-01-01T00:00:00", "94.89"),
    ],
)
def test_age_is_in_completed_years_with_the_running_one_in_hundredths(born: str, years: str) -> None:
    assert age_years(born, TODAY) == Decimal(years)


@pytest.mark.parametrize("born", ["2027-01-01", "1800-01-01", "yesterday", "2000-13-01", "", "9999999999"])
def test_a_birth_date_that_makes_no_sense_leaves_age_unknown(born: str) -> None:
    assert age_years(born, TODAY) is None


@pytest.mark.parametrize(
    ("gender", "sex"), [("male", "male"), ("female", "female"), ("other", None), ("unknown", None), (1, None)]
)
def test_sex_is_male_female_or_unknown(gender: object, sex: str | None) -> None:
    assert read_patient({"gender": gender, "birthDate": 1980}, NOW).sex == sex
    assert read_patient({}, NOW).age_years is None


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ({"reference": "Patient/p1"}, Whose.THIS_PATIENT),
        ({"reference": "https://ehr.example/fhir/Patient/p1"}, Whose.THIS_PATIENT),
        ({"reference": "Patient/p1/_history/3"}, Whose.THIS_PATIENT),
        ({"reference": "urn:uuid:known"}, Whose.THIS_PATIENT),
        ({"reference": "Patient/p2"}, Whose.ANOTHER),
        ({"reference": "Patient/P1"}, Whose.ANOTHER),
        ({"reference": "p1"}, Whose.ANOTHER),
        ({"reference": "Group/p1"}, Whose.ANOTHER),
        ({"reference": "urn:uuid:other"}, Whose.ANOTHER),
        ({"reference": 1}, Whose.ANOTHER),
        ({"identifier": {"value": "mrn"}}, Whose.ANOTHER),
        ("Patient/p1", Whose.ANOTHER),
        (None, Whose.NOBODY),
    ],
)
def test_whose_a_resource_is(subject: object, expected: Whose) -> None:
    assert whose({"subject": subject}, Identity("p1", frozenset({"urn:uuid:known"}))) is expected
