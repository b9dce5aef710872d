"""Facts survive storing: what comes back is what was judged, to the digit."""

import json
from dataclasses import replace
from decimal import Decimal

from cds_service.core.facts import Missing, Patient, SetAside
from cds_service.core.facts_json import facts_from_json, facts_to_json
from tests.building import PHOSPHATE, facts, lab, lesion


def test_facts_come_back_from_json_as_they_went() -> None:
    known = facts(
        lesion("soft-tissue-calcification", "?lobulated", "-mass", size="73.5"),
        lesion("fingertip", at=None),
        labs=[
            lab("phosphate", "7.40", PHOSPHATE),
            lab("pth", ">900"),
            lab("ana", "positive"),
            lab("egfr", "8", age_days=None),
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
