"""Rows of an export: they say what the record says, and without identifiers they say nothing of who it was."""

import json
from datetime import date

import pytest
from jsonschema import Draft202012Validator

from cds_service.export.disguise import Dates, DeIdentified, Disguise, Identified
from cds_service.export.resources import resources_of
from cds_service.export.rows import Recorded, Row, rows_of
from cds_service.export.tables import TABLES, row_schema
from tests.export.recorded import SECRETS, alarming, answered, refused, silent

KEY, OTHER_KEY = bytes(32), bytes(range(32))
DISGUISED = DeIdentified(KEY)
CALLS = {"answered": answered, "silent": silent, "refused": refused, "alarming": alarming}


def rows(table: str, one: Recorded, disguise: Disguise = DISGUISED) -> list[Row]:
    return list(rows_of(table, one, disguise))


def everything(one: Recorded, disguise: Disguise) -> str:
    """All that leaves of a call, in every form."""
    told = [row for table in TABLES for row in rows(table, one, disguise)]
    return json.dumps([told, list(resources_of(one, disguise))], ensure_ascii=False)


@pytest.mark.parametrize("what", SECRETS)
def test_an_identified_export_holds(what: str) -> None:
    assert SECRETS[what] in everything(answered(), Identified())


@pytest.mark.parametrize("dates", Dates)
@pytest.mark.parametrize("what", SECRETS)
def test_a_de_identified_export_does_not_hold(what: str, dates: Dates) -> None:
    assert SECRETS[what] not in everything(answered(), DeIdentified(KEY, dates))


def test_an_age_of_ninety_and_more_is_told_as_ninety() -> None:
    assert [row["age_years"] for row in rows("reports", answered())] == [90]
    assert [row["age_years"] for row in rows("reports", answered(), Identified())] == [93]


def test_of_a_date_its_year_is_left() -> None:
    (row,) = rows("calls", answered())
    assert row["received"] == "2026"


def test_shifted_dates_keep_what_lies_between_them_for_one_patient_and_not_for_two() -> None:
    shifted = DeIdentified(KEY, Dates.SHIFTED)

    def day(patient: str, received: str) -> date:
        (row,) = rows("calls", answered(patient=patient, received=received), shifted)
        return date.fromisoformat(row["received"])

    first, later = day("p1", "2026-03-09T12:00:00.000Z"), day("p1", "2026-03-19T12:00:00.000Z")
    assert (later - first).days == 10
    assert abs((first - date(2026, 3, 9)).days) <= 182
    assert day("p2", "2026-03-09T12:00:00.000Z") != first


def test_one_patient_is_one_pseudonym_in_an_export_and_another_in_the_next() -> None:
    same = {rows("calls", answered(name))[0]["patient"] for name in ("one", "two")}
    assert len(same) == 1
    assert same != {rows("calls", answered(), DeIdentified(OTHER_KEY))[0]["patient"]}


def test_a_reason_that_the_card_offered_leaves_as_it_is() -> None:
    one = answered()
    offered = one.call.record.body["cards"][0]["overrideReasons"][0]
    one.feedback[0].body["reason"].update(offered)
    assert rows("feedback", one)[0]["reason"] == offered["code"]
    assert rows("feedback", answered())[0]["reason"] == "other"


def test_every_rule_of_a_call_has_its_row_and_the_first_its_rank() -> None:
    told = rows("outcomes", answered())
    assert len(told) == 18
    (first,) = [row for row in told if row["rank"] == 1]
    assert first["rule"] == answered().call.record.leading_etiology
    assert first["tier"] in ("likely", "possible")
    assert "*" in first["met"]


def test_a_result_leaves_with_its_number_unit_and_range_and_a_missing_one_with_its_reason() -> None:
    by_lab = {row["lab"]: row for row in rows("labs", answered())}
    phosphate = by_lab["phosphate"]
    assert (phosphate["low"], phosphate["high"], phosphate["unit"]) == (8.2, 8.2, "mg/dL")
    assert (phosphate["range_low"], phosphate["range_high"], phosphate["age_days"]) == (2.5, 4.6, 1)
    assert by_lab["fgf23"]["missing"] == "not provided"


def test_a_silent_call_says_why() -> None:
    (row,) = rows("reports", silent())
    assert row["silent"].startswith("no soft tissue calcification")


def test_a_refused_call_says_why() -> None:
    (row,) = rows("calls", refused())
    assert (row["outcome"], row["refused"], row["patient"]) == ("refused", "hook is missing.", "")


@pytest.mark.parametrize("identified", [True, False])
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("call", CALLS)
def test_rows_are_as_their_schema_says(call: str, table: str, identified: bool) -> None:
    check = Draft202012Validator(row_schema(table, identified=identified))
    for row in rows(table, CALLS[call](), Identified() if identified else DISGUISED):
        check.validate(row)


def test_an_id_of_another_call_in_a_reason_does_not_leave() -> None:
    said = "its card was answered before, in call 14f1e64e-2cec-54ab-83b5-543d139b4a66, and the report"
    assert DISGUISED.sentence(said) == "its card was answered before, in call …, and the report"
