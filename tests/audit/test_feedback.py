"""Feedback is read strictly, kept once, and joined to its call (assertions F1 to F6 of CDS Hooks feedback)."""

from typing import Any

import pytest

from cds_service.audit.feedback import Reception, read_feedback
from cds_service.audit.store import Store
from cds_service.errors import InvalidRequest
from tests.audit.records import RECORD, accepted, overridden

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
    (read,) = read_feedback({"feedback": [item]})
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
    ],
)
def test_feedback_of_another_shape_is_refused_with_its_place(body: object, place: str) -> None:
    with pytest.raises(InvalidRequest, match=place):
        read_feedback(body)


def test_feedback_on_a_card_of_a_call_is_found_with_the_call(store: Store) -> None:
    store.append(RECORD)
    items = read_feedback({"feedback": [overridden("card-1", overrideReason={"userComment": "seen last week"})]})
    assert store.add_feedback(RECORD.service, items) == [Reception.KEPT]
    (found,) = store.feedback_for("call-1")
    assert (found.outcome, found.body["comment"], found.received_at) == (
        "overridden",
        "seen last week",
        "2026-01-01T12:00:00.000Z",
    )


def test_feedback_on_a_card_that_was_never_sent_is_kept_and_flagged(store: Store) -> None:
    assert store.add_feedback(RECORD.service, read_feedback({"feedback": [accepted("card-9")]})) == [
        Reception.UNKNOWN_CARD
    ]


def test_a_card_of_another_service_is_unknown_to_this_one(store: Store) -> None:
    store.append(RECORD)
    items = read_feedback({"feedback": [accepted("card-1")]})
    assert store.add_feedback("calcification-patient-view", items) == [Reception.UNKNOWN_CARD]


def test_feedback_that_is_delivered_twice_is_kept_once(store: Store) -> None:
    store.append(RECORD)
    items = read_feedback({"feedback": [accepted("card-1"), accepted("card-1")]})
    assert store.add_feedback(RECORD.service, items) == [Reception.KEPT, Reception.REPEATED]
    assert store.add_feedback(RECORD.service, items) == [Reception.REPEATED, Reception.REPEATED]
    assert len(store.feedback_for("call-1")) == 1


def test_a_second_thought_is_kept_beside_the_first(store: Store) -> None:
    store.append(RECORD)
    store.add_feedback(RECORD.service, read_feedback({"feedback": [accepted("card-1"), overridden("card-1")]}))
    assert [item.outcome for item in store.feedback_for("call-1")] == ["accepted", "overridden"]
