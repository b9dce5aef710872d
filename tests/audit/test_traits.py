"""What is counted of a call is what its record says, also of one that an earlier version wrote."""

from typing import Any

import pytest

from cds_service.audit.reason_kinds import LONGEST, kind_of_reason, kind_of_set_aside
from cds_service.audit.traits import Absence, Fired, Mark, traits_of
from tests.scenarios.asking import ask, hook_request


def _report(*tiers: tuple[str, str], ranked: tuple[str, ...] = (), silent: str = "") -> dict[str, Any]:
    outcomes = [{"rule": f"{rule}@1.0.0", "tier": tier} for rule, tier in tiers]
    return {"outcomes": outcomes, "ranked": list(ranked), **({"silent": silent} if silent else {})}


@pytest.mark.parametrize(
    ("outcome", "reports", "fired"),
    [
        ("card", [_report(("a", "likely"), ranked=("a",))], [Fired("a", "likely", False, "first")]),
        (
            "card",
            [_report(("a", "possible"), ("b", "likely"), ranked=("b", "a"))],
            [Fired("a", "possible", False, "further"), Fired("b", "likely", False, "first")],
        ),
        ("card", [_report(("a", "not shown"), ("b", "no entry"), ("c", "excluded"))], []),
        ("card", [_report(("shadow", "likely"))], [Fired("shadow", "likely", True, "")]),
        ("silent", [_report(("a", "likely"), ranked=("a",), silent="told before")], [Fired("a", "likely", False, "")]),
        ("silent", [_report(("a", "likely"), ranked=("a",))], [Fired("a", "likely", False, "")]),
        (
            "card",
            [_report(("a", "possible"), ranked=("a",)), _report(("a", "likely"), ranked=("a",), silent="of another")],
            [Fired("a", "likely", False, "first")],
        ),
        (
            "card",
            [_report(("a", "possible"), ("b", "likely"), ranked=("b", "a")), _report(("a", "possible"), ranked=("a",))],
            [Fired("a", "possible", False, "first"), Fired("b", "likely", False, "first")],
        ),
    ],
)
def test_a_rule_fires_once_in_a_call_at_its_best(outcome: str, reports: list[Any], fired: list[Fired]) -> None:
    assert list(traits_of(outcome, "a", 1, {"reports": reports}).fired) == fired


@pytest.mark.parametrize(
    ("outcome", "body", "marks"),
    [
        ("silent", {"silent": "the user is no clinician"}, [Mark("silent", "the user is no clinician")]),
        ("silent", {}, [Mark("silent", "no reason on record")]),
        (
            "silent",
            {"reports": [{"silent": "x"}, {"silent": "x"}, {"silent": "y"}]},
            [Mark("silent", "x"), Mark("silent", "y")],
        ),
        ("card", {"reports": [{"silent": "x"}, {}]}, []),
        ("refused", {"refused": "no token"}, [Mark("refused", "no token")]),
        ("card", {"setAside": [["A/1", "why"], ["A/2", "why"]]}, [Mark("set aside", "why")]),
        ("card", {"reports": [{"facts": {"setAside": [["A/1", "old", 3]]}}]}, [Mark("set aside", "old")]),
        ("card", {"reports": [{"mustNotMiss": [{"rule": "fop@1", "speaks": True}]}]}, [Mark("alarm", "fop")]),
        ("card", {"reports": [{"mustNotMiss": [{"rule": "fop@1", "speaks": False}]}]}, [Mark("held alarm", "fop")]),
        ("card", {"memory": "away"}, [Mark("away", "what was told before could not be looked up")]),
        ("card", {"amiss": ["detail"]}, [Mark("amiss", "a card was not built as meant")]),
    ],
)
def test_a_call_is_marked_with_what_it_can_be_found_by(outcome: str, body: dict[str, Any], marks: list[Mark]) -> None:
    assert list(traits_of(outcome, "", 1, body).marks) == marks


@pytest.mark.parametrize(("took", "slow"), [(999_999, False), (1_000_000, True)])
def test_a_call_of_a_second_is_slow(took: int, slow: bool) -> None:
    assert any(mark.kind == "slow" for mark in traits_of("card", "", took, {}).marks) is slow


def test_the_traits_of_a_real_answer_are_all_there() -> None:
    record = ask(hook_request("Large lobulated calcified masses about both hips.", [("phosphate", 7, "mg/dL")])).record
    traits = traits_of(record.outcome, record.leading_etiology, record.duration_us, record.body)
    assert traits.tier in ("likely", "possible")
    assert [one.rule for one in traits.fired if one.place == "first"] == [record.body["reports"][0]["ranked"][0]]
    assert Absence("lab", "pth", "not provided") in traits.absences
    assert not any(absence.subject == "phosphate" and absence.kind == "lab" for absence in traits.absences)


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("no report", "no report"),
        (
            "its card was answered before, in call 3f2b8a52-1c3d-5e6f-8a9b-0c1d2e3f4a5b, and it has not changed",
            "its card was answered before, in call …, and it has not changed",
        ),
        ("presentedForm[12] is image/png, which is not read", "presentedForm[…] is image/png, which is not read"),
        ("it is older than 730 days", "it is older than 730 days"),
        ("a number 123456 of the call", "a number … of the call"),
        ("x" * 500, "x" * (LONGEST - 1) + "…"),
    ],
)
def test_reasons_that_differ_only_in_what_is_the_calls_own_are_one_kind(reason: str, kind: str) -> None:
    assert kind_of_reason(reason) == kind


def test_a_servers_trouble_is_one_kind_whatever_was_asked() -> None:
    assert kind_of_set_aside("FHIR server", "no answer in time: calcium, pth") == "FHIR server: no answer in time"
    assert kind_of_set_aside("Observation/1", "pth: the unit is not understood") == "pth: the unit is not understood"
