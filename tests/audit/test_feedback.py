"""Feedback is read strictly, kept once, and joined to its call (assertions F1 to F6 of CDS Hooks feedback)."""

from dataclasses import replace
from typing import Any

import pytest

from cds_service.audit.feedback import MOST_ITEMS, Reception, read_feedback
from cds_service.audit.store import Store
from cds_service.errors import BodyTooLarge, InvalidRequest
from tests.audit.records import RECORD, accepted, overridden

CLIENT = RECORD.client
REASON = {"code": "action-completed", "system": "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"}


@pytest.mark.parametrize(
    "item",
    [
        accepted("card-1"),
        overridden("card-1"),
        overridden("card-1", overrideReason={"reason": REASON}),
        overridden("card-1", overrideReason={"userComment": "seen last week"}),
        overridden("card-1", overrideReason={"reason": {**REASON, "display": "Done"}, "userComment": "seen last week"}),
        overridden("card-1", outcomeTimestamp="2026-01-01T12:05:00.123-05:00"),
        accepted("card-1", extension={"org.example.seat": 4}),
    ],
)
def test_feedback_as_the_standard_has_it_is_read(item: dict[str, Any]) -> None:
    (read,) = read_feedback({"feedback": [item]}, CLIENT)
    assert (read.card, read.outcome) == ("card-1", item["outcome"])


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ([], "`feedback`"),
        ({}, "`feedback`"),
        ({"feedback": {}}, "`feedback`"),
        ({"feedback": []}, "`feedback`"),
        ({"feedback": ["card-1"]}, r"feedback\[0\] must be an object"),
        ({"feedback": [accepted("card-1", outcome="banana")]}, r"feedback\[0\].outcome"),
        ({"feedback": [accepted("")]}, r"feedback\[0\].card"),
        ({"feedback": [accepted("card\x00")]}, r"feedback\[0\].card"),
        ({"feedback": [accepted("c" * 201)]}, r"feedback\[0\].card"),
        ({"feedback": [accepted("card-1"), {"outcome": "accepted"}]}, r"feedback\[1\]"),
        ({"feedback": [accepted("card-1", outcomeTimestamp=None)]}, "outcomeTimestamp"),
        ({"feedback": [accepted("card-1", outcomeTimestamp="2026-01-01T12:05:00")]}, "outcomeTimestamp"),
        ({"feedback": [accepted("card-1", outcomeTimestamp="2026-01-01")]}, "outcomeTimestamp"),
        ({"feedback": [accepted("card-1", outcomeTimestamp="2026-13-01T12:05:00Z")]}, "outcomeTimestamp"),
        ({"feedback": [accepted("card-1", outcomeTimestamp=1767268800)]}, "outcomeTimestamp"),
        ({"feedback": [accepted("card-1", acceptedSuggestions=None)]}, "acceptedSuggestions"),
        ({"feedback": [accepted("card-1", acceptedSuggestions=[])]}, "acceptedSuggestions"),
        ({"feedback": [accepted("card-1", acceptedSuggestions="x")]}, "acceptedSuggestions"),
        ({"feedback": [accepted("card-1", acceptedSuggestions=[{}])]}, r"acceptedSuggestions\[0\].id"),
        ({"feedback": [accepted("card-1", acceptedSuggestions=["x"])]}, r"acceptedSuggestions\[0\].id"),
        ({"feedback": [overridden("card-1", overrideReason={})]}, "overrideReason"),
        ({"feedback": [overridden("card-1", overrideReason="no")]}, "overrideReason"),
        ({"feedback": [overridden("card-1", overrideReason={"reason": {}})]}, "overrideReason.reason"),
        ({"feedback": [overridden("card-1", overrideReason={"reason": "no"})]}, "overrideReason.reason"),
        ({"feedback": [overridden("card-1", overrideReason={"userComment": 4})]}, "userComment"),
        ({"feedback": [overridden("card-1", overrideReason={"reason": {**REASON, "display": 4}})]}, "strings"),
        ({"feedback": [overridden("card-1", overrideReason={"reason": {"code": "c" * 501}})]}, "500 characters"),
        ({"feedback": [overridden("card-1", overrideReason={"userComment": "c" * 4001})]}, "at most 4000 characters"),
        ({"feedback": [accepted("card-1", acceptedSuggestions=[{"id": "s"}] * 51)]}, "more than 50 suggestions"),
    ],
)
def test_feedback_of_another_shape_is_refused_with_its_place(body: object, place: str) -> None:
    with pytest.raises(InvalidRequest, match=place):
        read_feedback(body, CLIENT)


def test_one_request_tells_of_so_many_cards_and_no_more() -> None:
    assert len(read_feedback({"feedback": [accepted(f"card-{n}") for n in range(MOST_ITEMS)]}, CLIENT)) == MOST_ITEMS
    with pytest.raises(BodyTooLarge, match="Send the others in requests of their own"):
        read_feedback({"feedback": [accepted(f"card-{n}") for n in range(MOST_ITEMS + 1)]}, CLIENT)


def test_feedback_on_a_card_of_a_call_is_found_with_the_call(store: Store) -> None:
    store.append(RECORD)
    items = read_feedback(
        {"feedback": [overridden("card-1", overrideReason={"userComment": "seen last week"})]}, CLIENT
    )
    assert store.add_feedback(RECORD.service, items) == [Reception.KEPT]
    (found,) = store.feedback_for("call-1")
    assert (found.outcome, found.body["comment"], found.received_at) == (
        "overridden",
        "seen last week",
        "2026-01-01T12:00:00.000Z",
    )


def test_feedback_on_a_card_that_was_never_sent_is_kept_and_flagged(store: Store) -> None:
    assert store.add_feedback(RECORD.service, read_feedback({"feedback": [accepted("card-9")]}, CLIENT)) == [
        Reception.UNKNOWN_CARD
    ]


def test_a_card_of_another_service_is_unknown_to_this_one(store: Store) -> None:
    store.append(RECORD)
    items = read_feedback({"feedback": [accepted("card-1")]}, CLIENT)
    assert store.add_feedback("calcification-patient-view", items) == [Reception.UNKNOWN_CARD]


def test_feedback_that_is_delivered_twice_is_kept_once(store: Store) -> None:
    store.append(RECORD)
    items = read_feedback({"feedback": [accepted("card-1"), accepted("card-1")]}, CLIENT)
    assert store.add_feedback(RECORD.service, items) == [Reception.KEPT, Reception.REPEATED]
    assert store.add_feedback(RECORD.service, items) == [Reception.REPEATED, Reception.REPEATED]
    assert len(store.feedback_for("call-1")) == 1


def test_a_second_thought_is_kept_beside_the_first(store: Store) -> None:
    store.append(RECORD)
    store.add_feedback(RECORD.service, read_feedback({"feedback": [accepted("card-1"), overridden("card-1")]}, CLIENT))
    assert [item.outcome for item in store.feedback_for("call-1")] == ["accepted", "overridden"]


def test_feedback_without_a_call_is_counted_and_shown_to_the_operator(store: Store) -> None:
    store.append(RECORD)
    store.add_feedback(RECORD.service, read_feedback({"feedback": [accepted("card-1")]}, CLIENT))
    assert (store.count_unjoined_feedback(), store.unjoined_feedback(5)) == (0, [])
    for card in ("card-8", "card-9"):
        store.add_feedback(RECORD.service, read_feedback({"feedback": [accepted(card)]}, CLIENT))
    assert store.count_unjoined_feedback() == 2
    assert [(item.card, item.body["client"]) for item in store.unjoined_feedback(1)] == [("card-9", CLIENT)]


def test_a_card_that_was_sent_to_another_client_is_unknown_to_this_one(store: Store) -> None:
    store.append(RECORD)
    items = read_feedback({"feedback": [accepted("card-1")]}, "stranger")
    assert store.add_feedback(RECORD.service, items) == [Reception.UNKNOWN_CARD]
    assert store.feedback_for("call-1") == []


def test_what_another_client_said_before_keeps_nobody_s_word_out(store: Store) -> None:
    store.append(RECORD)
    for client in ("stranger", CLIENT):
        store.add_feedback(RECORD.service, read_feedback({"feedback": [accepted("card-1")]}, client))
    assert [item.body["client"] for item in store.feedback_for("call-1")] == [CLIENT]


def test_a_suggestion_that_is_none_of_the_card_s_is_kept_and_flagged(store: Store) -> None:
    store.append(RECORD)
    taken = [{"id": "suggestion-1"}, {"id": "suggestion-9"}]
    items = read_feedback({"feedback": [accepted("card-1", acceptedSuggestions=taken)]}, CLIENT)
    assert store.add_feedback(RECORD.service, items) == [Reception.UNKNOWN_SUGGESTION]
    (found,) = store.feedback_for("call-1")
    assert found.body["accepted"] == ["suggestion-1", "suggestion-9"]
    assert found.body["unknownSuggestions"] == ["suggestion-9"]


def test_a_suggestion_of_a_card_that_had_none_is_flagged(store: Store) -> None:
    store.append(replace(RECORD, body={"cards": [{"uuid": "card-1"}], "reports": []}))
    items = read_feedback({"feedback": [accepted("card-1")]}, CLIENT)
    assert store.add_feedback(RECORD.service, items) == [Reception.UNKNOWN_SUGGESTION]
    assert store.add_feedback(RECORD.service, items) == [Reception.REPEATED]


def test_one_batch_may_tell_of_cards_of_several_calls(store: Store) -> None:
    store.append(RECORD)
    cards = {"cards": [{"uuid": "card-2"}, {"uuid": "card-3"}], "reports": []}
    store.append(replace(RECORD, call_id="call-2", body=cards))
    said = [
        overridden("card-1"),
        overridden("card-3"),
        overridden("card-9"),
        overridden("card-2"),
        overridden("card-3"),
    ]
    assert store.add_feedback(RECORD.service, read_feedback({"feedback": said}, CLIENT)) == [
        Reception.KEPT,
        Reception.KEPT,
        Reception.UNKNOWN_CARD,
        Reception.KEPT,
        Reception.REPEATED,
    ]
    assert [item.card for item in store.feedback_for("call-2")] == ["card-3", "card-2"]


def test_a_card_of_a_call_that_was_delivered_twice_is_one_card(store: Store) -> None:
    for _ in range(2):
        store.append(RECORD)
    items = read_feedback({"feedback": [accepted("card-1")]}, CLIENT)
    assert store.add_feedback(RECORD.service, items) == [Reception.KEPT]
    assert len(store.feedback_for("call-1")) == 1
