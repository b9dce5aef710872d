"""What leaves: cards as CDS Hooks JSON, and the resources in their suggestions."""

from typing import Any
from uuid import UUID

import pytest

from cds_service.core.cards import Card
from cds_service.core.labels import LabOrder
from cds_service.fhir.outgoing import CallIdentity, Subject, appended, card_json, service_request
from tests.scenarios.asking import CONTENT, report

ATTRIBUTES = "http://127.0.0.1:8080/rules/source-attributes"
IDS = CallIdentity(
    UUID("790d3c85-8a49-5089-963d-c563d0c02d9f"), "org.example", "http://127.0.0.1:8080", source_url=ATTRIBUTES
)
EGFR = LabOrder("egfr", "creatinine with eGFR", "2160-0", "Creatinine [Mass/volume] in Serum or Plasma")
WHO = Subject("p1", "e1")
LISTED = [{"etiology": "x", "tier": "likely", "rule": "x@1.0.0", "score": {"low": 1, "value": 4, "high": 6}}]


def built(
    card: Card, draft: dict[str, Any] | None = None, listed: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    given = report("Calcified.") if draft is None else draft
    return card_json(card, given, LISTED if listed is None else listed, WHO, IDS, CONTENT.words)


CARD = Card("differential", "summary", "detail", "info", "Appended.", (EGFR,))


def test_a_card_carries_everything_that_the_hook_fixes() -> None:
    card = built(CARD)
    assert card["extension"] == {
        "org.example.kind": "differential",
        "org.example.call": "http://127.0.0.1:8080/calls/790d3c85-8a49-5089-963d-c563d0c02d9f",
        "org.example.differential": LISTED,
    }
    assert card["source"]["topic"]["code"] == "soft-tissue-calcification"
    assert card["source"]["url"] == ATTRIBUTES
    assert card["selectionBehavior"] == "any"
    assert [suggestion["actions"][0]["type"] for suggestion in card["suggestions"]] == ["update", "create"]
    assert all(set(reason) == {"code", "system", "display"} for reason in card["overrideReasons"])


def test_every_card_and_suggestion_has_a_uuid_of_its_own_that_is_the_same_each_time() -> None:
    first, second = built(CARD), built(CARD)
    ids = [first["uuid"], *(suggestion["uuid"] for suggestion in first["suggestions"])]
    assert len({UUID(each) for each in ids}) == 3
    assert second == first


def test_half_a_character_in_a_report_s_id_loses_no_card() -> None:
    draft = {**report("Calcified."), "id": "draft-\ud800"}
    assert UUID(built(CARD, draft)["uuid"])


def test_the_update_grows_the_conclusion_and_leaves_everything_else_as_it_came() -> None:
    draft = report("Calcified.", issued="2026-01-01T00:00:00.000Z", extension=[{"url": "x", "valueDecimal": 1.50}])
    assert appended(draft, "Appended.") == {**draft, "conclusion": "Calcified.\n\nAppended."}


def test_a_report_without_a_conclusion_gets_one() -> None:
    assert appended({"resourceType": "DiagnosticReport"}, "Appended.")["conclusion"] == "Appended."


@pytest.mark.parametrize(
    ("card", "draft", "types"),
    [
        (CARD, report("Calcified.\n\nAppended."), ["create"]),
        (CARD, {key: value for key, value in report("x").items() if key != "id"}, ["create"]),
        (Card("differential", "s", "d", "info", "", ()), report("x"), []),
    ],
    ids=["the text stands there already", "the draft has no id", "nothing to suggest"],
)
def test_suggestions_are_left_out_where_they_would_do_harm_or_nothing(
    card: Card, draft: dict[str, Any], types: list[str]
) -> None:
    made = built(card, draft)
    assert [suggestion["actions"][0]["type"] for suggestion in made.get("suggestions", [])] == types
    assert ("selectionBehavior" in made) == bool(types)


def test_a_card_without_a_ranked_list_has_no_empty_extension() -> None:
    assert "org.example.differential" not in built(CARD, listed=[])["extension"]


def test_a_proposed_order_is_a_valid_service_request_for_the_patient_and_encounter_of_the_call() -> None:
    assert service_request(EGFR, WHO, "Because.") == {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "proposal",
        "code": {
            "coding": [{"system": "http://loinc.org", "code": "2160-0", "display": EGFR.display}],
            "text": "creatinine with eGFR",
        },
        "subject": {"reference": "Patient/p1"},
        "encounter": {"reference": "Encounter/e1"},
        "reasonCode": [{"text": "Because."}],
    }


def test_where_no_pages_are_served_a_card_links_to_none() -> None:
    unpaged = CallIdentity(IDS.call_id, IDS.domain, "", source_url=ATTRIBUTES)
    card = card_json(CARD, report("Calcified."), LISTED, WHO, unpaged, CONTENT.words)
    assert "links" not in card
    assert card["source"]["url"] == ATTRIBUTES
    assert card["extension"]["org.example.call"] == f"urn:uuid:{IDS.call_id}"


def test_a_source_without_an_address_is_named_all_the_same() -> None:
    unserved = CallIdentity(IDS.call_id, IDS.domain, "")
    card = card_json(CARD, report("Calcified."), LISTED, WHO, unserved, CONTENT.words)
    assert card["source"].keys() == {"label", "topic"}
