"""What a record keeps beside the facts, so that it can be answered again."""

from typing import Any

import pytest

from cds_service.audit.given import ReadReport, given_json, read_again
from cds_service.core.cards import Source
from cds_service.core.facts_json import facts_to_json
from tests.building import facts, lesion

Json = dict[str, Any]

FACTS = facts(lesion("soft-tissue-calcification"))
REPORT = {"resourceType": "DiagnosticReport", "id": "r1", "status": "final"}
HIP = Source("CT of the hip", "2026-01-01", "DiagnosticReport/r1")


def stored(read: ReadReport, earlier: str = "", held: str = "") -> Json:
    """The report as a record holds it, its judgement apart."""
    return {"id": "r1", "status": "final", "facts": facts_to_json(FACTS), "given": given_json(read, earlier, held)}


@pytest.mark.parametrize(
    "read",
    [
        pytest.param(ReadReport(REPORT, FACTS), id="a draft that is being signed"),
        pytest.param(ReadReport(REPORT, FACTS, silent="its category is not imaging"), id="a report that was not read"),
        pytest.param(ReadReport(REPORT, FACTS, unread="no narrative", source=HIP), id="a report without a text"),
        pytest.param(ReadReport(REPORT, FACTS, source=HIP, regions=frozenset()), id="an order for no part of the body"),
        pytest.param(ReadReport(REPORT, FACTS, source=HIP, regions=frozenset({"hip"})), id="an order for the hip"),
    ],
)
def test_a_report_is_read_from_the_record_as_it_was_read_from_the_call(read: ReadReport) -> None:
    assert read_again(stored(read)) == read


def test_of_a_plain_draft_nothing_is_kept_beside_its_facts() -> None:
    assert given_json(ReadReport(REPORT, FACTS), "", "") == {}


def test_a_title_is_kept_as_far_as_cards_print_it() -> None:
    long = ReadReport(REPORT, FACTS, source=Source("title " * 100, "", "DiagnosticReport/r1"))
    again = read_again(stored(long))
    assert again.source is not None
    assert len(again.source.title) <= 80
    assert again.source.said_title == again.source.title


def test_what_was_not_read_is_not_named() -> None:
    assert given_json(ReadReport(REPORT, FACTS, silent="the report is cancelled", source=HIP), "", "") == {
        "silent": "the report is cancelled"
    }


def test_our_own_words_stand_for_the_conclusion_that_held_them() -> None:
    again = read_again(stored(ReadReport(REPORT, FACTS), held="Differential diagnosis: lipoma."))
    assert again.report["conclusion"] == "Differential diagnosis: lipoma."
