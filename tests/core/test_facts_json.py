"""Facts survive storing: what comes back is what was judged, to the digit."""

import json
from dataclasses import replace
from decimal import Decimal

from cds_service.core.facts import (
    Aside,
    Assertion,
    EarlierResult,
    Finding,
    Missing,
    Outweighed,
    Patient,
    SetAside,
    Span,
    State,
)
from cds_service.core.facts_json import facts_from_json, facts_to_json
from cds_service.core.quantity import Interval
from tests.building import PHOSPHATE, facts, lab, lesion

_SPAN = Span(3, 9, "a clause of words", quote_start=1)
_CODED = Span(0, 0, "calcification", "Observation/7")


def test_facts_come_back_from_json_as_they_went() -> None:
    known = facts(
        lesion("soft-tissue-calcification", "?lobulated", "-mass", size="73.5"),
        lesion("fingertip", at=None),
        labs=[
            lab("phosphate", "7.40", PHOSPHATE),
            lab("pth", ">900"),
            lab("ana", "positive"),
            lab("egfr", "8", age_days=None),
            replace(
                lab("alp", "90"),
                series=(EarlierResult("2025-06-01", 214, Interval(None, Decimal(80), high_open=True)),),
                unused="too old",
            ),
        ],
        missing={"calcium": Missing.NONE_ON_FILE, "alp": Missing.SET_ASIDE, "ck": Missing.NONE_ON_FILE},
        history=["dialysis", "-burn"],
        findings=["multiple-sites"],
    )
    known = replace(
        known,
        patient=Patient(Decimal("0.036"), "female"),
        set_aside=(SetAside("Observation/9", "no value"), SetAside("and 3 more", "no value", 3)),
    )
    stored = json.loads(json.dumps(facts_to_json(known)))
    assert facts_from_json(stored) == known


def test_a_record_of_before_earlier_results_were_kept_still_reads() -> None:
    known = facts(labs=[lab("alp", "90")])
    stored = facts_to_json(known)
    assert not {"series", "unused"} & stored["labs"][0].keys(), "what is empty is not stored, then as before"
    assert facts_from_json(json.loads(json.dumps(stored))) == known


def test_attributes_disputes_and_asides_come_back_as_they_went() -> None:
    disputed = Finding("phlebolith", State.PRESENT, (_SPAN,), (Outweighed(State.DENIED, _CODED),))
    spoken = replace(lesion("lobulated"), findings={"phlebolith": disputed}, side="left", number="3", course="growing")
    aside = Aside("lobulated", Assertion.SOMEONE_ELSE, "family", "hip", None, _SPAN)
    known = replace(facts(spoken), asides=(aside,))
    assert facts_from_json(json.loads(json.dumps(facts_to_json(known)))) == known


def test_facts_of_a_record_from_before_statements_are_still_read() -> None:
    known = facts(lesion("lobulated"), findings=["multiple-sites"])
    stored = facts_to_json(known)
    del stored["quotesAt"]
    stored["lesions"][0]["findings"][0][2][0].append("report")
    assert facts_from_json(json.loads(json.dumps(stored))) == known
