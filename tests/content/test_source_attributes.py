"""The source attributes: complaints about the file, and proof that what is said of a person's data is so."""

import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.content.load import load_content
from cds_service.content.locate import default_content
from cds_service.core.facts import Facts, Patient
from cds_service.errors import ContentError
from tests.properties.generated import facts, steady
from tests.properties.test_facts import judged
from tests.scenarios.asking import CONTENT, Told, ask, hook_request

RULES, CARDS = default_content()
FOUND = CONTENT.source_attributes
ACTIVE = [rule for rule in FOUND.rules.values() if rule.status == "active"]
TEXT = "Large lobulated calcified masses about both hips with fluid-calcium levels, and rice grain calcifications."
USES = [attribute.id for attribute in FOUND.overall if attribute.used is not None]
OMB = "http://hl7.org/fhir/us/core/StructureDefinition"


def _rewritten(tmp_path: Path, before: str, after: str) -> Path:
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    file = rules / "source-attributes.yaml"
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8")
    return rules


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("  - id: developer\n", "  - id: author\n", "attributes.1.id: 'developer' was expected"),
        ("  - id: language\n", "  - id: race\n", "'language' was expected"),
        ("facts: [sex]", "facts: [gender]", "does not match"),
        ("history:rural-or-farm", "history:city", "names 'history:city', which no rule can ask"),
        ("    title: Use of language\n", "", "'title' is a required property"),
        ("    facts: [sex]\n", "", "'facts' is a required property"),
    ],
)
def test_a_file_that_does_not_answer_all_thirteen_is_refused(
    before: str, after: str, complaint: str, tmp_path: Path
) -> None:
    with pytest.raises(ContentError, match=re.escape(complaint)):
        load_content(_rewritten(tmp_path, before, after), CARDS)


def test_a_missing_file_is_a_complaint(tmp_path: Path) -> None:
    shutil.copytree(RULES, tmp_path / "rules")
    (tmp_path / "rules" / "source-attributes.yaml").unlink()
    with pytest.raises(ContentError, match=r"source-attributes\.yaml:1: \(file\): cannot be read"):
        load_content(tmp_path / "rules", CARDS)


def test_every_rule_answers_all_thirteen_and_says_where_nothing_is_used() -> None:
    assert FOUND.rules.keys() == CONTENT.in_words.keys()
    for rule in FOUND.rules.values():
        assert [attribute.number for attribute in rule.attributes] == list(range(1, 14))
        assert all(attribute.value for attribute in rule.attributes)
        assert all((attribute.value == "Not used") is (attribute.used is False) for attribute in rule.attributes)


@pytest.mark.parametrize("place", range(13))
def test_what_is_said_of_all_rules_is_the_sum_of_what_is_said_of_each(place: int) -> None:
    overall = FOUND.overall[place]
    using = [rule for rule in ACTIVE if rule.attributes[place].used]
    assert bool(overall.used) is bool(using)
    if using:
        assert overall.value == f"Used by {len(using)} of {len(ACTIVE)} rules"


@pytest.mark.parametrize(
    ("rule", "attribute", "used"),
    [
        ("cppd", "date-of-birth", True),
        ("lipoma", "date-of-birth", False),
        ("lipoma", "sex", False),
        ("secondary-hyperparathyroidism", "sex", True),
        ("severe-hypercalcaemia", "sex", True),
        ("cysticercosis", "social-determinants", True),
        ("cysticercosis", "race", False),
        ("neurogenic-heterotopic-ossification", "health-status", True),
    ],
)
def test_a_rule_uses(rule: str, attribute: str, used: bool) -> None:
    answer = next(one for one in FOUND.rules[rule].attributes if one.id == attribute)
    assert answer.used is used


def test_what_comes_close_to_an_attribute_is_told_beside_not_used() -> None:
    race = next(one for one in FOUND.rules["cysticercosis"].attributes if one.id == "race")
    assert "comes close to it: from, or has lived in, a region" in race.details[0]
    assert race.note
    assert not next(one for one in FOUND.rules["lipoma"].attributes if one.id == "race").note


def _told(patient: dict[str, Any], labs: list[tuple[str, float, str]]) -> Told:
    resource = {"resourceType": "Patient", "id": "p1", "birthDate": "1976-05-01", "gender": "female", **patient}
    return ask(hook_request(TEXT, labs=labs, prefetch={"patient": resource}))


def _advice(told: Told) -> tuple[Any, ...]:
    return told.record.body["reports"], [(card["summary"], card["detail"]) for card in told.cards]


LABS = [("creatinine", 1.2, "mg/dL"), ("phosphate", 7.4, "mg/dL")]
NOT_USED: dict[str, dict[str, Any]] = {
    "race": {"extension": [{"url": f"{OMB}/us-core-race", "extension": [{"url": "text", "valueString": "Black"}]}]},
    "ethnicity": {
        "extension": [{"url": f"{OMB}/us-core-ethnicity", "extension": [{"url": "text", "valueString": "Latino"}]}]
    },
    "language": {"communication": [{"language": {"text": "Spanish"}, "preferred": True}]},
    "sexual-orientation": {
        "extension": [{"url": f"{OMB}/us-core-sexual-orientation", "valueCodeableConcept": {"text": "bisexual"}}]
    },
    "gender-identity": {
        "extension": [{"url": f"{OMB}/us-core-genderIdentity", "valueCodeableConcept": {"text": "male"}}]
    },
}


def test_these_are_the_uses_that_no_rule_has() -> None:
    assert {one.id for one in FOUND.overall if one.used is False} == NOT_USED.keys()


@pytest.mark.parametrize("attribute", NOT_USED)
def test_what_is_not_used_changes_no_advice(attribute: str) -> None:
    assert _told({}, LABS).cards
    assert _advice(_told(NOT_USED[attribute], LABS)) == _advice(_told({}, LABS))


@pytest.mark.parametrize("changed", [{"gender": "male"}, {"birthDate": "1936-05-01"}], ids=["sex", "date of birth"])
def test_what_is_used_can_change_advice(changed: dict[str, str]) -> None:
    """A creatinine of 1.2 mg/dL is an eGFR below 60 in a woman of 50 and above it in a man; at 90 it is below 45."""
    outcomes = [told.record.body["reports"][0]["outcomes"] for told in (_told({}, LABS), _told(changed, LABS))]
    moved = {
        was["rule"].partition("@")[0]
        for was, now in zip(*(sorted(each, key=lambda one: one["rule"]) for each in outcomes), strict=True)
        if was != now
    }
    assert moved
    using = {rule.id for rule in ACTIVE if rule.attributes[9 if "gender" in changed else 10].used}
    assert moved <= using


@steady(150)
@given(facts(), st.sampled_from(["male", "female", None]), st.one_of(st.none(), st.decimals(0, 100, places=1)))
def test_a_rule_that_uses_neither_age_nor_sex_judges_everybody_alike(known: Facts, sex: str | None, age: Any) -> None:
    alike = {rule.id for rule in FOUND.rules.values() if not rule.attributes[9].used and not rule.attributes[10].used}
    assert alike
    other = replace(known, patient=Patient(age, sex))
    for was, now in zip(judged(known).outcomes, judged(other).outcomes, strict=True):
        if was.rule.id in alike:
            assert (was.tier, was.score, was.low, was.high) == (now.tier, now.score, now.low, now.high)
