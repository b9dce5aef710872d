"""What is switched off is judged and recorded, and never shown; the record says why."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from cds_service.answer import Answer, Setting, answer
from cds_service.audit.record import Arrival, fingerprint
from cds_service.audit.switchboard import Subject
from cds_service.audit.switches import Kind, Off
from cds_service.core.explanation import explain
from cds_service.fhir.request import read_call
from cds_service.switching import CLIENT_OFF, SERVICE_OFF, Switching, subjects
from tests.scenarios.asking import AS_OF, CONTENT, DOMAIN, SERVICE, hook_request

TEXT = "Large lobulated periarticular calcified masses about both hips with fluid-calcium levels."
ALARM = "Enlarging painful mineralised soft tissue mass of the thigh with cortical destruction of the femur."
NOBODY_ELSE = [("calcium", 9.5, "mg/dL"), ("phosphate", 8.2, "mg/dL"), ("egfr", 95, "mL/min/{1.73_m2}")]
SETTING = Setting(CONTENT, DOMAIN, "http://127.0.0.1:8080", lambda patient: f"key of {patient}")


def off(*names: str, age_s: int = 0) -> Off:
    """Named as "rule:gout"."""
    found = (name.partition(":") for name in names)
    return Off(frozenset((kind, subject) for kind, _, subject in found), age_s)


def ask(request: Mapping[str, Any], state: Off = Off()) -> Answer:  # noqa: B008  # a frozen value
    arrival = Arrival(AS_OF, AS_OF, "county", fingerprint(request), lambda: 0)
    there = Switching(CONTENT, lambda: state).applied(SERVICE, arrival)
    call = read_call(request, there.service.id, there.service.hook_name(DOMAIN))
    return answer(there.service, call, there.arrival, replace(SETTING, content=there.content))


def names(told: Answer) -> list[str]:
    listed = [card["extension"].get(f"{DOMAIN}.differential", []) for card in told.cards]
    return [one["etiology"] for each in listed for one in each]


def test_a_rule_that_is_off_is_in_no_card_and_stays_in_the_record() -> None:
    request = hook_request(TEXT, NOBODY_ELSE)
    on, without = ask(request), ask(request, off("rule:tumoral-calcinosis"))
    assert names(on)[0] == "tumoral-calcinosis"
    assert "tumoral-calcinosis" not in names(without)
    assert "tumoral calcinosis" not in str(without.cards).lower()
    assert without.record.leading_etiology != "tumoral-calcinosis"
    assert without.record.body["switchedOff"] == ["tumoral-calcinosis"]
    outcomes = [
        {one["rule"].partition("@")[0]: one for one in told.record.body["reports"][0]["outcomes"]}
        for told in (on, without)
    ]
    assert outcomes[1].pop("tumoral-calcinosis") == {**outcomes[0].pop("tumoral-calcinosis"), "shadow": True}
    assert outcomes[1] == outcomes[0]


def test_a_must_not_miss_rule_that_is_off_says_nothing_and_its_record_says_that_it_would_have() -> None:
    rule = "aggressive-mineralised-mass"
    request = hook_request(ALARM)
    on, without = ask(request), ask(request, off(f"rule:{rule}"))
    kinds = [[card["extension"][f"{DOMAIN}.kind"] for card in told.cards] for told in (on, without)]
    assert "must-not-miss" in kinds[0]
    assert "must-not-miss" not in kinds[1]
    (spoken,) = on.record.body["reports"][0]["mustNotMiss"]
    assert without.record.body["reports"][0]["mustNotMiss"] == []
    assert without.record.body["reports"][0]["shadowMustNotMiss"] == [spoken]
    (row,) = explain(without.record.body, CONTENT.snapshot).reports[0].alarms
    assert (row.status, row.speaks) == ("switched off", True)


def test_where_everything_that_would_be_shown_is_off_the_silence_says_so() -> None:
    request = hook_request(TEXT, NOBODY_ELSE)
    told = ask(request, off(*(f"rule:{name}" for name in CONTENT.engine.rules.active())))
    assert told.cards == []
    assert told.record.body["reports"][0]["silent"] == "what would be shown or said is in shadow or switched off"


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (off("client:county"), CLIENT_OFF),
        (off("service:calcification-report-sign"), SERVICE_OFF),
        (off("client:county", "service:calcification-report-sign"), CLIENT_OFF),
    ],
)
def test_a_client_or_service_that_is_off_gets_no_card_and_a_record_that_says_why(state: Off, reason: str) -> None:
    told = ask(hook_request(ALARM, NOBODY_ELSE), state)
    assert (told.cards, told.record.outcome) == ([], "silent")
    assert told.record.body["silent"] == reason
    assert explain(told.record.body, CONTENT.snapshot).silent == reason


@pytest.mark.parametrize("state", [off("client:other"), off("service:other"), off("rule:unheard-of")])
def test_what_is_off_for_others_changes_nothing(state: Off) -> None:
    request = hook_request(TEXT, NOBODY_ELSE)
    assert ask(request, state) == ask(request)


def test_the_same_call_under_other_switches_is_another_call_with_other_cards() -> None:
    request = hook_request(TEXT, NOBODY_ELSE)
    states = [off(), off("rule:lipoma"), off("rule:cppd"), off("rule:cppd", "rule:lipoma"), off("client:county")]
    told = [ask(request, state) for state in states]
    assert len({one.record.call_id for one in told}) == len(states)
    uuids = [card["uuid"] for one in told for card in one.cards]
    assert len(set(uuids)) == len(uuids) > 0
    assert ask(request, states[3]).record == told[3].record


def test_a_record_that_was_made_with_switches_read_too_long_ago_says_so() -> None:
    told = ask(hook_request(TEXT), off(age_s=7))
    assert told.record.body["switchesReadSecondsAgo"] == 7
    assert explain(told.record.body, CONTENT.snapshot).switches_age_s == 7
    assert "switchesReadSecondsAgo" not in ask(hook_request(TEXT)).record.body


def test_the_content_is_made_anew_only_when_the_switches_have_changed() -> None:
    states = [off("rule:cppd"), off("rule:cppd", "client:other"), off("rule:lipoma"), off(), off("rule:unheard-of")]
    waiting = iter(states)
    switching = Switching(CONTENT, lambda: next(waiting))
    arrival = Arrival(AS_OF, AS_OF, "county", "", lambda: 0)
    made = [switching.applied(SERVICE, arrival).content for _ in states]
    assert made[0] is made[1] is not made[2]
    assert made[3] is made[4] is CONTENT


def test_everything_that_can_be_switched_is_named_for_people() -> None:
    found = subjects(CONTENT, (), [SERVICE], demo=True)
    assert {one.id for one in found if one.kind is Kind.RULE} == CONTENT.engine.rules.active()
    assert [one.id for one in found if one.must_not_miss] == [alarm.id for alarm in CONTENT.engine.rules.alarms]
    assert found[-2:] == [
        Subject(Kind.CLIENT, "loopback", "callers on this machine without a token"),
        Subject(Kind.SERVICE, SERVICE.id, SERVICE.title),
    ]
    assert all(one.name for one in found)
