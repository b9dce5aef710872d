"""What the service says of the named patients.

Regression, not accuracy: the same people wrote rules and stories.
"""

import base64
import re
from collections import defaultdict

import pytest

from tests.synthetic.asking import STORIES, met, named, of_type, report_of

IDS = [story.id for story in STORIES]


ALARMS = {
    "aggressive-mineralised-mass": {
        "cppd-atypical",
        "metastatic-osteosarcoma-atypical",
        "metastatic-osteosarcoma-typical",
        "pair-sarcoma",
        "parasitic-infestation-atypical",
        "synovial-sarcoma-atypical",
        "synovial-sarcoma-early",
        "synovial-sarcoma-typical",
    },
    "fop-pattern": {
        "myositis-ossificans-progressiva-atypical",
        "myositis-ossificans-progressiva-early",
        "myositis-ossificans-progressiva-typical",
        "pair-fop",
    },
    "new-deposit-with-known-osteosarcoma": {
        "metastatic-osteosarcoma-atypical",
        "metastatic-osteosarcoma-early",
        "metastatic-osteosarcoma-typical",
    },
}
"""Of whom each rule warns. The growing finger mass of crystals and the muscle hydatid are accepted as false alarms."""


def of(*grades: str) -> list[str]:
    return [story.id for story in STORIES if story.grade in grades]


@pytest.mark.parametrize("story", of("typical"))
def test_a_typical_patient_has_its_etiology_first_among_the_likely(story: str) -> None:
    patient = met(story)
    assert patient.told.likely[:1] == [patient.story.etiologies[0]]


@pytest.mark.parametrize("story", of("early", "atypical"))
def test_an_early_or_atypical_patient_has_its_etiology_among_the_first_three(story: str) -> None:
    patient = met(story)
    assert patient.story.etiologies[0] in patient.told.names[:3]


@pytest.mark.parametrize("story", of("silent"))
def test_of_a_silent_patient_nothing_is_said(story: str) -> None:
    assert met(story).told.cards == []


@pytest.mark.parametrize("story", of("undecided"))
def test_of_an_undecided_patient_nothing_is_called_likely(story: str) -> None:
    assert met(story).told.likely == []


@pytest.mark.parametrize("story", IDS)
def test_an_alarm_is_raised_for_whom_it_is_meant_and_for_nobody_else(story: str) -> None:
    raised = {
        each["rule"].partition("@")[0]
        for report in met(story).told.record.body["reports"]
        for each in report["mustNotMiss"]
        if each["speaks"]
    }
    assert raised == {rule for rule, patients in ALARMS.items() if story in patients}


PAIRS = defaultdict(list)
for each in STORIES:
    if each.pair:
        PAIRS[each.pair].append(each.id)


@pytest.mark.parametrize("pair", PAIRS)
def test_one_changed_fact_flips_the_ranking(pair: str) -> None:
    one, other = map(met, PAIRS[pair])
    ours, theirs = one.story.etiologies[0], (*other.story.etiologies, None)[0]
    assert one.told.likely[:1] == [ours]
    assert ours not in other.told.likely
    assert other.told.likely[:1] == ([theirs] if theirs else [])


def test_every_etiology_has_three_stories() -> None:
    grades = defaultdict(set)
    for story in STORIES:
        if story.etiologies and not story.pair:
            grades[story.etiologies[0]].add(story.grade)
    assert {name for name, told in grades.items() if {"typical", "early", "atypical"} <= told} == set(grades)
    assert len(grades) == 18


def test_enough_stories_must_stay_silent() -> None:
    assert len(of("silent")) >= 15


@pytest.mark.parametrize("story", IDS)
def test_what_a_story_tells_stands_in_the_chart(story: str) -> None:
    told, patient = met(story).story, named()[story]
    for kind, entries in (
        ("Condition", told.problems),
        ("Procedure", told.procedures),
        ("MedicationStatement", told.drugs),
        ("MedicationRequest", told.drugs),
    ):
        assert len(of_type(patient, kind)) >= len(entries)
    assert len(of_type(patient, "FamilyMemberHistory")) == len(told.family)
    first = of_type(patient, "Condition")[: len(told.problems)]
    codes = [coding["code"] for each in first for coding in each["code"].get("coding", ())]
    assert codes == [code for problem in told.problems for _, code, _ in problem.term.codings]
    assert len(of_type(patient, "ImagingStudy")) == len(told.older) + 1


@pytest.mark.parametrize("story", IDS)
def test_the_newest_results_are_as_told(story: str) -> None:
    told, patient = met(story).story, named()[story]
    newest = {}
    for each in of_type(patient, "Observation"):
        for coding in each["code"].get("coding", ()):
            known = told.world.labs.by_code.get(coding["code"])
            if known is not None and "valueQuantity" in each:
                newest[known.lab] = each["valueQuantity"]
    for lab, value in told.laboratory.now.items():
        if isinstance(value, str):
            assert value in [each.get("valueString") for each in of_type(patient, "Observation")]
            continue
        conversion = told.world.labs.conversion(lab, newest[lab]["code"])
        assert conversion is not None
        factor = float(conversion[0])
        sent, analytic = newest[lab]["value"] * factor, told.world.physiology.labs[lab].analytic or 0.03
        if "comparator" in newest[lab]:
            assert value > sent * 0.9
        else:
            assert sent == pytest.approx(value, rel=4 * analytic, abs=factor)


@pytest.mark.parametrize("story", IDS)
def test_the_report_is_worded_without_leftovers(story: str) -> None:
    report = report_of(named()[story])
    text = base64.b64decode(report["presentedForm"][0]["data"]).decode()
    assert not set("{}|") & set(text)
    assert report["conclusion"] in text


def test_a_side_does_not_change_within_a_patient() -> None:
    report = report_of(named()["traumatic-heterotopic-ossification-typical"])
    text = base64.b64decode(report["presentedForm"][0]["data"]).decode().lower()
    assert len({"left", "right"} & set(re.findall(r"\w+", text))) == 1
