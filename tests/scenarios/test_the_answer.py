"""The answer as a whole: whose data it uses, what it sets aside, what its record holds; always the same."""

import json
import zlib
from typing import Any

import pytest

from cds_service.errors import InvalidRequest, ReportMissing
from tests.bench.payload import hook_request as large_request
from tests.scenarios.asking import CONTENT, DOMAIN, ask, bundle, hook_request, observation, report

TEXT = "Large lobulated periarticular calcified masses about both hips with fluid-calcium levels."
EGFR = "mL/min/{1.73_m2}"
Json = dict[str, Any]


def set_aside(request: Json) -> list[list[Any]]:
    aside: list[list[Any]] = ask(request).record.body["reports"][0]["facts"]["setAside"]
    return aside


def test_the_same_call_gives_the_same_answer_and_the_same_record() -> None:
    request = hook_request(TEXT, [("egfr", 8, EGFR)])
    first, second = ask(request), ask(json.loads(json.dumps(request)))
    assert json.dumps(first.cards) == json.dumps(second.cards)
    assert first.record == second.record


def test_the_order_of_resources_and_keys_does_not_matter() -> None:
    labs = [observation("egfr", 8, EGFR), observation("phosphate", 8.2, "mg/dL")]
    one = ask(hook_request(TEXT, prefetch={"calcium": bundle(labs), "renal": None}))
    other = ask(hook_request(TEXT, prefetch={"renal": None, "calcium": bundle(labs[::-1])}))
    assert one.ranked == other.ranked


def corrected_calcium(value: float) -> Json:
    held = observation("calcium", value, "mg/dL", id="corrected-1")
    return {**held, "code": {"text": "Calcium, corrected for albumin"}}


@pytest.mark.parametrize("value", [7.0, 9.8, 12.4, 14.0])
def test_corrected_calcium_alone_moves_no_tier_and_no_score(value: float) -> None:
    labs = [observation("egfr", 90, EGFR), observation("pth", 5, "pg/mL")]
    without, with_it = (
        ask(hook_request(TEXT, prefetch={"calcium": bundle(sent)}))
        for sent in (labs, [*labs, corrected_calcium(value)])
    )
    assert with_it.ranked == without.ranked
    assert with_it.record.body["reports"][0]["outcomes"] == without.record.body["reports"][0]["outcomes"]


@pytest.mark.parametrize(("conditions", "said"), [(["On haemodialysis"], True), ([], False)])
def test_a_rate_of_a_patient_on_dialysis_comes_with_a_remark(conditions: list[str], said: bool) -> None:
    kept = ask(hook_request(TEXT, [("egfr", 9, EGFR)], conditions)).record.body["reports"][0]["facts"]["labs"][0]
    assert ("on dialysis" in kept.get("conversion", "")) is said


def test_patterns_of_several_labs_are_kept_as_context() -> None:
    labs = [("calcium", 12.0, "mg/dL"), ("pth", 5, "pg/mL")]
    assert "patterns" not in ask(hook_request(TEXT)).record.body["reports"][0]
    kept = ask(hook_request(TEXT, labs)).record.body["reports"][0]["patterns"]
    assert [label.partition(" (")[0] for label in kept] == ["PTH suppressed by high calcium"]


def test_of_two_results_of_one_instant_the_corrected_one_counts_whichever_was_sent_first() -> None:
    first = observation("phosphate", 3.0, "mg/dL")
    second = observation("phosphate", 8.0, "mg/dL", id="phosphate-2", status="corrected")
    answers = [
        ask(hook_request(TEXT, prefetch={"phosphate": bundle(labs)})) for labs in ([first, second], [second, first])
    ]
    assert answers[0].ranked == answers[1].ranked
    assert [lab["resource"] for lab in answers[0].record.body["reports"][0]["facts"]["labs"]] == [
        "Observation/phosphate-2"
    ]


@pytest.mark.parametrize(
    "resource",
    [
        observation("egfr", 8, EGFR, subject={"reference": "Patient/other"}),
        {
            "resourceType": "Condition",
            "id": "c9",
            "code": {"text": "End-stage renal disease"},
            "subject": {"reference": "Patient/other"},
        },
    ],
    ids=["a lab", "a condition"],
)
def test_data_of_another_patient_is_set_aside_and_changes_nothing(resource: Json) -> None:
    key = "renal" if resource["resourceType"] == "Observation" else "conditions"
    request = hook_request(TEXT, prefetch={key: bundle([resource])})
    assert ask(request).ranked == ask(hook_request(TEXT)).ranked
    assert any(resource["id"] in name for name, _, _ in set_aside(request))


def test_what_cannot_be_read_is_set_aside_with_its_reason_and_the_rest_goes_on() -> None:
    odd: list[Any] = [{"resourceType": "Foo", "id": "x"}, {"resourceType": "Bar's <name>"}, None, 5]
    good = observation("egfr", 8, EGFR)
    request = hook_request(TEXT, prefetch={"renal": bundle([*odd, good])})
    assert ask(request).names[0] == "secondary-hyperparathyroidism"
    assert set_aside(request) == [
        ["Foo", "resources of this type are not read", 1],
        ["an unnamed type", "resources of this type are not read", 1],
        ["Bundle.entry", "it holds no resource", 2],
    ]


def test_thousands_of_bad_results_are_counted_and_leave_the_record_small() -> None:
    bad = [observation("phosphate", 8, "mg/dL", id=f"p{place}", status="cancelled") for place in range(3000)]
    told = ask(hook_request(TEXT, prefetch={"phosphate": bundle(bad)}))
    body = told.record.body
    assert [item[2] for item in body["reports"][0]["facts"]["setAside"]] == [1, 1, 1, 1, 1, 2995]
    assert "3000 (reasons" in told.card("differential")["detail"]
    assert len(zlib.compress(json.dumps(body, separators=(",", ":")).encode())) <= 6_000


def test_a_report_of_another_patient_is_refused_without_saying_whose() -> None:
    with pytest.raises(InvalidRequest) as refused:
        ask(hook_request(reports=[report(TEXT, subject={"reference": "Patient/other"})]))
    assert "other than context.patientId" in refused.value.diagnostics
    assert "Patient/other" not in refused.value.diagnostics


def test_a_call_without_a_report_is_refused() -> None:
    with pytest.raises(ReportMissing):
        ask(hook_request(reports=[]))


def test_two_reports_get_a_card_each_and_at_most_one_must_not_miss_card() -> None:
    growing = "Enlarging calcified soft tissue mass of the thigh, 9 cm, with cortical destruction of the femur."
    drafts = [report(TEXT), report(growing, id="draft-2"), report(growing, id="draft-3")]
    told = ask(hook_request(reports=drafts))
    kinds = [card["extension"][f"{DOMAIN}.kind"] for card in told.cards]
    assert kinds == ["differential"] * 3 + ["must-not-miss"]
    assert len({card["uuid"] for card in told.cards}) == 4


def test_accepting_the_suggestion_and_signing_again_gives_the_same_ranking() -> None:
    first = ask(hook_request(TEXT))
    draft = first.card("differential")["suggestions"][0]["actions"][0]["resource"]
    second = ask(hook_request(reports=[draft]))
    assert second.ranked == first.ranked
    updates = [one for one in second.card("differential")["suggestions"] if one["actions"][0]["type"] == "update"]
    assert updates == []


def test_a_test_that_is_already_on_order_is_not_proposed_again() -> None:
    ordered = {
        "resourceType": "ServiceRequest",
        "id": "s1",
        "status": "active",
        "intent": "order",
        "code": {"coding": [{"system": "http://loinc.org", "code": "2160-0"}]},
        "subject": {"reference": "Patient/p1"},
    }
    labels = [one["label"] for one in ask(hook_request(TEXT)).card("differential")["suggestions"]]
    fewer = [
        one["label"]
        for one in ask(hook_request(TEXT, prefetch={"orders": bundle([ordered])})).card("differential")["suggestions"]
    ]
    assert any("creatinine" in label for label in labels)
    assert not any("creatinine" in label for label in fewer)


def test_what_came_from_report_and_chart_is_escaped_in_the_card() -> None:
    hostile = "Lobulated calcified mass <script>alert(1)</script> | about the right hip."
    told = ask(hook_request(hostile, conditions=["<img src=x> end-stage renal disease"]))
    detail = told.card("differential")["detail"]
    assert "<" not in detail
    assert "&lt;" in detail


def test_a_summary_stays_under_140_characters_and_names_the_likely_etiology() -> None:
    told = ask(hook_request(TEXT, [("egfr", 8, EGFR), ("phosphate", 8.2, "mg/dL"), ("pth", 900, "pg/mL")]))
    summary = told.card("differential")["summary"]
    assert len(summary) < 140
    assert "secondary hyperparathyroidism" in summary


def test_the_record_of_a_large_call_is_at_most_6_kilobytes_compressed() -> None:
    record = ask(large_request(1)).record
    assert len(zlib.compress(json.dumps(record.body, separators=(",", ":")).encode())) <= 6_000


def test_the_record_holds_no_name_no_token_and_of_the_report_only_what_is_quoted() -> None:
    request = hook_request(TEXT + " The patient's neighbour Mrs Quibblethwaite was informed.")
    request["prefetch"]["patient"]["name"] = [{"family": "Quibblethwaite"}]
    request["fhirServer"] = "https://ehr.example.org/fhir"
    request["fhirAuthorization"] = {
        "access_token": "secret-token",
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "user/Observation.read",
        "subject": "calcification-cds",
    }
    kept = json.dumps([ask(request).record.body, ask(request).record.patient_key])
    assert "Quibblethwaite" not in kept
    assert "secret-token" not in kept


def test_every_rule_of_every_call_is_on_record_with_every_item() -> None:
    outcomes = ask(hook_request(TEXT)).record.body["reports"][0]["outcomes"]
    assert len(outcomes) == 18
    rules = {rule.ref: rule for rule in CONTENT.engine.rules.rules}
    for outcome in outcomes:
        rule = rules[outcome["rule"]]
        assert len(outcome["supports"]) == len(rule.supports)
        assert set(outcome["supports"] + outcome["argues_against"] + outcome["excludes"]) <= set("mnusM")
