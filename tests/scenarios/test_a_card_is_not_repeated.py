"""A second call for an unchanged report does not repeat its card; everything else is said again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cds_service.answer import Setting, answer, call_id_of
from cds_service.audit import tables
from cds_service.audit.engine import open_engine
from cds_service.audit.memory import Memory
from cds_service.audit.record import Arrival, fingerprint
from cds_service.audit.store import Store
from cds_service.fhir.request import read_call
from cds_service.hooks import SERVICES
from tests.audit.stores import store_on
from tests.scenarios.asking import AS_OF, CONTENT, DOMAIN, Told, bundle, hook_request, observation, report

HIPS = "Large lobulated periarticular calcified masses about both hips with fluid-calcium levels."
SARCOMA = "Aggressive calcified soft tissue mass of the thigh, 12 cm, growing, destroying the femur."
EGFR = "mL/min/{1.73_m2}"
SETTING = Setting(CONTENT, DOMAIN, "", lambda text: f"key of {text}")
Json = dict[str, Any]


class Installation:
    """A service with a store, and a clock that each call moves on by a minute."""

    def __init__(self, store: Store, hours: int = 24) -> None:
        self._store = store
        self._memory = Memory(store, SETTING.patient_key, hours)
        self.now = AS_OF

    def asked(self, request: Json, instance: int, as_of: datetime | None = None, client: str = "tests") -> Told:
        self.now += timedelta(minutes=1)
        named = {**request, "hookInstance": f"00000000-0000-4000-8000-{instance:012d}"}
        service = next(one for one in SERVICES.values() if one.hook_name(DOMAIN) == named["hook"])
        call = read_call(named, service.id, named["hook"])
        arrival = Arrival(self.now, as_of or self.now, client, fingerprint(named), lambda: 0)
        call_id = str(call_id_of(call, arrival, CONTENT))
        before = self._memory.of(service.id, call.user_id, call.patient_id, arrival, call_id)
        given = answer(service, call, arrival, SETTING, before)
        self._store.append(given.record)
        return Told(given.cards, given.record)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    engine = open_engine(f"sqlite:///{tmp_path}/calls.sqlite3", "NORMAL")
    tables.create(engine)
    store = store_on(engine, AS_OF)
    yield store
    store.close()


@pytest.fixture
def installation(store: Store) -> Installation:
    return Installation(store)


def reason(told: Told) -> str:
    said: str = told.record.body["reports"][0].get("silent", "")
    return said


def test_the_second_call_is_silent_and_its_record_names_the_first(installation: Installation) -> None:
    first, second = (installation.asked(hook_request(HIPS), number) for number in (1, 2))
    assert len(first.cards) == 1
    assert second.cards == []
    assert reason(second) == (
        f"its card was answered before, in call {first.record.call_id}, and the report has not changed since"
    )
    assert second.record.leading_etiology == "tumoral-calcinosis"


def test_the_same_call_delivered_again_gets_its_card_again(installation: Installation) -> None:
    first = installation.asked(hook_request(HIPS), 1)
    at = datetime.fromisoformat(first.record.received_at)
    installation.asked(hook_request(HIPS), 2)
    assert installation.asked(hook_request(HIPS), 1, as_of=at).cards == first.cards


OWN_WORDS = "what an earlier card of this service appended is not read"
SENTENCES = [
    HIPS,
    "Peripheral ossification zonal around the elbow after trauma.",
    "Chondrocalcinosis of both knees.",
    "Mature ossification within the quadriceps with a peripheral rim after trauma.",
    "Mass of the forearm with phleboliths in vascular channels.",
    "Calcified fingertips with acro-osteolysis. Sheet-like calcification of the forearm.",
    "Fat-containing mass of the thigh with calcifications.",
    "Numerous rice-grain calcifications in the thigh muscles.",
]


@pytest.mark.parametrize("text", SENTENCES)
def test_taking_the_cards_own_suggestion_neither_changes_the_ranking_nor_brings_it_back(
    text: str, installation: Installation
) -> None:
    first = installation.asked(hook_request(text), 1)
    edited = first.cards[0]["suggestions"][0]["actions"][0]["resource"]
    second = installation.asked(hook_request(reports=[edited]), 2)
    (report_read,) = second.record.body["reports"]
    assert report_read["ranked"] == first.record.body["reports"][0]["ranked"]
    assert ["report", OWN_WORDS, 1] in report_read["facts"]["setAside"]
    assert not second.card("differential")


@pytest.mark.parametrize(
    "stored",
    [{"meta": {"versionId": "2"}}, {"issued": "2026-06-30T12:00:00Z"}, {"status": "final"}],
    ids=lambda stored: next(iter(stored)),
)
def test_what_a_server_rewrites_is_no_change(stored: Json, installation: Installation) -> None:
    installation.asked(hook_request(HIPS), 1)
    assert installation.asked(hook_request(reports=[report(HIPS, **stored)]), 2).cards == []


def test_the_same_user_by_a_longer_reference_is_the_same_user(installation: Installation) -> None:
    request = hook_request(HIPS)
    users = ("Practitioner/1", "https://ehr.example.org/fhir/Practitioner/1/_history/3")
    told = [
        installation.asked({**request, "context": {**request["context"], "userId": user}}, number)
        for number, user in enumerate(users)
    ]
    assert [len(one.cards) for one in told] == [1, 0]


def test_white_space_at_the_end_is_no_change(installation: Installation) -> None:
    told = [installation.asked(hook_request(text), number) for number, text in enumerate((HIPS, HIPS + " \n"))]
    assert [len(one.cards) for one in told] == [1, 0]


def _other_user(request: Json) -> Json:
    return {**request, "context": {**request["context"], "userId": "Practitioner/2"}}


NEW_LAB = hook_request(HIPS, [("egfr", 8, EGFR), ("pth", 900, "pg/mL"), ("phosphate", 8.2, "mg/dL")])


@pytest.mark.parametrize(
    ("what", "second"),
    [
        ("the report has changed", hook_request(HIPS + " The sacroiliac joints are normal.")),
        ("it is another examination with the same words", hook_request(reports=[report(HIPS, id="draft-2")])),
        ("a lab has changed the ranking", NEW_LAB),
        ("another user asks", _other_user(hook_request(HIPS))),
    ],
)
def test_whatever_is_new_is_said(what: str, second: Json, installation: Installation) -> None:
    installation.asked(hook_request(HIPS), 1)
    assert len(installation.asked(second, 2).cards) == 1, what


def test_what_one_client_was_told_another_was_not(installation: Installation) -> None:
    told = [installation.asked(hook_request(HIPS), number, client=f"client-{number}") for number in (1, 2)]
    assert [len(one.cards) for one in told] == [1, 1]


def test_who_asks_for_help_again_is_helped_again(installation: Installation) -> None:
    assist = {**hook_request(HIPS), "hook": "report-assist"}
    assert [len(installation.asked(assist, number).cards) for number in (1, 2)] == [1, 1]


def test_must_not_miss_is_said_again(installation: Installation) -> None:
    first, second = (installation.asked(hook_request(SARCOMA), number) for number in (1, 2))
    assert first.card("must-not-miss")
    assert second.card("must-not-miss")
    assert not second.card("differential")


def test_an_alarm_at_an_opened_chart_is_said_each_time_and_when_a_lab_raises_it(installation: Installation) -> None:
    stored = report(HIPS, id="r1", status="final", effectiveDateTime="2026-06-01")

    def opened(calcium: float, instance: int) -> Told:
        chart = {"imaging": bundle([stored]), "calcium": bundle([observation("calcium", calcium, "mg/dL")])}
        return installation.asked({**hook_request(prefetch=chart), "hook": "patient-view"}, instance)

    calm, repeated, alarmed, again = (opened(value, place) for place, value in enumerate((10.9, 10.9, 14.0, 14.0), 1))
    assert [len(told.cards) for told in (calm, repeated, alarmed, again)] == [1, 0, 1, 1]
    assert "calc" in alarmed.cards[0]["summary"].lower()
    assert "suggestions" not in alarmed.cards[0]


def test_another_service_has_its_own_say(installation: Installation) -> None:
    installation.asked(hook_request(HIPS), 1)
    review = {**hook_request(HIPS), "hook": "report-review"}
    assert len(installation.asked(review, 2).cards) == 1


@pytest.mark.parametrize(("hours", "later", "cards"), [(24, 23, 0), (24, 25, 1), (0, 0, 1), (1, 2, 1)])
def test_it_is_kept_quiet_for_as_long_as_the_setting_says(hours: int, later: int, cards: int, store: Store) -> None:
    installation = Installation(store, hours)
    installation.asked(hook_request(HIPS), 1)
    installation.now += timedelta(hours=later)
    assert len(installation.asked(hook_request(HIPS), 2).cards) == cards


def test_of_two_reports_only_the_unchanged_one_is_silent(installation: Installation) -> None:
    one, other = report(HIPS), report(HIPS, id="draft-2")
    installation.asked(hook_request(reports=[one]), 1)
    told = installation.asked(hook_request(reports=[one, other]), 2)
    assert len(told.cards) == 1
    assert [bool(item.get("silent")) for item in told.record.body["reports"]] == [True, False]


def test_a_chart_that_is_opened_again_is_silent_too(installation: Installation) -> None:
    stored = report(HIPS, id="r1", status="final", effectiveDateTime="2026-06-01")
    chart = {"imaging": bundle([stored])}
    request = {**hook_request(prefetch=chart), "hook": "patient-view"}
    assert [len(installation.asked(request, number).cards) for number in (1, 2)] == [1, 0]
    newer = {**chart, "renal": bundle([observation("egfr", 8, EGFR), observation("pth", 900, "pg/mL")])}
    assert len(installation.asked({**hook_request(prefetch=newer), "hook": "patient-view"}, 3).cards) == 1


def test_where_nothing_is_remembered_nothing_is_kept_for_it(store: Store) -> None:
    assert "answered" not in Installation(store, 0).asked(hook_request(HIPS), 1).record.body
