"""Properties of whole calls: sentences that do not matter, units, and the order in which resources come."""

import re
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.bench.payload import REPORT
from tests.evaluation.published import PATIENT, PublishedCase, published_cases
from tests.properties.generated import LABS, limits_of, steady, values_of
from tests.scenarios.asking import ask, bundle, hook_request

Json = dict[str, Any]

CALCIFIED = "Large lobulated periarticular soft tissue calcification about the right hip."

UNRELATED = [
    "The lungs are clear.",
    "No pleural effusion.",
    "No pneumothorax.",
    "The heart is not enlarged.",
    "The liver, spleen and pancreas are unremarkable.",
    "No free fluid.",
    "The gallbladder is normal.",
    "The urinary bladder is unremarkable.",
    "No hydronephrosis.",
    "The paranasal sinuses are clear.",
    "The ventricles are of normal size.",
    "No bowel obstruction.",
    "The trachea is midline.",
    "The adrenal glands are normal.",
    "No ascites.",
    "The aorta is of normal calibre.",
    "The thyroid is unremarkable.",
    "The visualised bowel is unremarkable.",
    "Normal bowel gas pattern.",
]
"""Sentences that say something normal of what no rule asks for."""

_ENDS = re.compile(r"(?<=[a-z]{2}\.)(?=\s)")


@cache
def reports() -> list[PublishedCase]:
    """The published cases: reports as radiologists write them."""
    return published_cases()


def standing(request: Json) -> list[Any]:
    """The differential of a call with every rule's tier, scores and verdicts, the next tests and the alarms."""
    told = []
    for report in ask(request).record.body["reports"]:
        # Where a rule is not entered no lesion is looked at, so which one is named for it says nothing.
        outcomes = [
            {key: held for key, held in one.items() if key != "lesion"} if one["tier"] != "no entry" else one["rule"]
            for one in report["outcomes"]
        ]
        told.append((report["ranked"], outcomes, report["nextTests"], report["mustNotMiss"]))
    return told


def with_text(request: Json, text: str) -> Json:
    """The request with another report text."""
    drafts = request["context"]["draftReports"]
    report = {**drafts["entry"][0]["resource"], "conclusion": text}
    context = {**request["context"], "draftReports": bundle([report])}
    return {**request, "context": context}


@steady(300)
@given(st.data(), st.sampled_from(UNRELATED))
def test_an_unrelated_sentence_never_changes_the_differential(data: st.DataObject, sentence: str) -> None:
    cases = [case.request for case in reports()]
    request = data.draw(st.sampled_from([*cases, hook_request(REPORT)]))
    text = request["context"]["draftReports"]["entry"][0]["resource"]["conclusion"]
    places = [match.end() for match in _ENDS.finditer(text)]
    place = data.draw(st.sampled_from([*places, len(text.rstrip())]))
    longer = f"{text[:place]} {sentence}{text[place:]}"
    assert standing(with_text(request, longer)) == standing(request)


def units() -> list[tuple[str, str, Decimal]]:
    """Every lab that has limits, with each accepted unit that is not its own, and the factor to its own."""
    return [
        (lab.id, unit, factor)
        for lab in LABS.values()
        for unit, factor in lab.factors.get(lab.id, {}).items()
        if unit != lab.unit and limits_of(lab.id)
    ]


def observation(
    lab: str, value: Decimal, unit: str, limits: tuple[Decimal, Decimal] | None, patient: str = "p1"
) -> Json:
    """A result under the vocabulary's name of the lab; the range in the same unit where one is given."""
    ends = (
        {}
        if limits is None
        else {
            end: {"value": float(limit), "unit": unit, "code": unit}
            for end, limit in zip(("low", "high"), limits, strict=True)
        }
    )
    return {
        "resourceType": "Observation",
        "id": f"{lab}-1",
        "status": "final",
        "code": {"text": LABS[lab].label},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": "2026-06-29",
        "valueQuantity": {"value": float(value), "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
        **({"referenceRange": [ends]} if ends else {}),
    }


@st.composite
def in_two_units(draw: st.DrawFn) -> tuple[str, str, Decimal, Decimal]:
    """A lab, a unit that is not its own, a value in its own unit, and the same in the other.

    Values have the lab's decimals or a third of a step more: the middle between two steps has no finite decimal in
    most other units, so that there are not two ways to write it.
    """
    lab, unit, factor = draw(st.sampled_from(units()))
    step = Decimal(1).scaleb(-LABS[lab].decimals)
    value = draw(values_of(lab)) + step * draw(st.sampled_from([Decimal(0), Decimal("0.3"), Decimal("-0.3")]))
    assume(value > 0)
    return lab, unit, value, value / factor


@steady(300)
@given(in_two_units(), st.booleans(), st.sampled_from(["1986-01-01", "2016-05-05", None]))
def test_another_unit_never_changes_a_verdict(
    written: tuple[str, str, Decimal, Decimal], with_range: bool, born: str | None
) -> None:
    lab, unit, own, other = written
    factor = own / other
    bands = [(band.range.low, band.range.high) for band in LABS[lab].bands]
    low, high = next(((low, high) for low, high in bands if low is not None and high is not None), (None, None))
    own_range = (low, high) if with_range and low is not None and high is not None else None
    other_range = (own_range[0] / factor, own_range[1] / factor) if own_range else None
    told = [
        standing(hook_request(CALCIFIED, prefetch={"tests": bundle([result])}, birth_date=born))
        for result in (
            observation(lab, own, LABS[lab].unit, own_range),
            observation(lab, other, unit, other_range),
        )
    ]
    assert told[0] == told[1]


@steady(150)
@given(st.data())
def test_the_order_of_resources_and_of_prefetch_keys_never_matters(data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(reports()))
    others = [
        {
            **observation(lab, Decimal(value), LABS[lab].unit, None, PATIENT),
            "id": f"{lab}-{value}",
            "effectiveDateTime": on,
        }
        for lab in ("calcium", "phosphate", "pth", "egfr")
        for value, on in ((9, "2025-01-01"), (70, "2026-06-29"), (8, "2026-06-29"))
    ]
    prefetch = {**case.request["prefetch"], "renal": bundle(others)}
    keys = data.draw(st.permutations(list(prefetch)))
    shuffled = {key: shuffle(prefetch[key], data) for key in keys}
    assert standing({**case.request, "prefetch": shuffled}) == standing({**case.request, "prefetch": prefetch})


def shuffle(resource: Json, data: st.DataObject) -> Json:
    """A Bundle with its entries in another order; anything else as it is."""
    if resource["resourceType"] != "Bundle":
        return resource
    return {**resource, "entry": data.draw(st.permutations(resource["entry"]))}
