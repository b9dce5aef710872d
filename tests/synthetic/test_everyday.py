"""Besides their story patients have a life, and no rule takes it for a reason."""

from dataclasses import replace

import pytest

from cds_service.synthetic.chance import chance
from cds_service.synthetic.everyday import with_everyday
from cds_service.synthetic.story import Story, Told
from cds_service.synthetic.synthesize import synthesize
from tests.scenarios.asking import AS_OF, ask
from tests.synthetic.asking import STORIES, met, of_type, signing

WORLD = STORIES[0].world
KINDS = {"problems": "Condition", "procedures": "Procedure", "drugs": "MedicationStatement"}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_every_named_patient_has_problems_procedures_and_drugs(story: Story) -> None:
    patient = met(story.id).patient
    assert {kind: bool(of_type(patient, type_)) for kind, type_ in KINDS.items()} == dict.fromkeys(KINDS, True)


@pytest.mark.parametrize("sex", ["female", "male"])
@pytest.mark.parametrize("age", [0.1, 1, 5, 9, 16, 33, 49, 64, 90])
def test_what_comes_fits_age_and_sex(age: float, sex: str) -> None:
    commons = {one.term.text: one for kind in KINDS for one in getattr(WORLD.everyday, kind)}
    for number in range(20):
        lived = with_everyday(STORIES[0], age, sex, chance(number))
        assert len(lived.procedures) > len(STORIES[0].procedures)
        assert len(lived.drugs) > len(STORIES[0].drugs)
        for told in (*lived.procedures, *lived.drugs):
            if told.term.text in commons:
                came = age - told.since / 365.25
                common = commons[told.term.text]
                assert common.sex in ("", sex)
                assert common.comes[0] - 0.01 <= came <= min(age, common.comes[1]) + 0.01


def test_nothing_of_it_is_read_as_a_fact_of_the_history() -> None:
    everyday = WORLD.everyday
    heads = [one for one in STORIES if one.id == "tumoral-calcinosis-typical"]
    with_all = replace(
        heads[0],
        problems=tuple(Told(one.term, 30) for one in everyday.problems),
        procedures=tuple(Told(one.term, 30) for one in everyday.procedures),
        drugs=tuple(Told(one.term, 30) for one in everyday.drugs),
        family=(),
    )
    patient = synthesize(with_all, 1, AS_OF)
    assert len(of_type(patient, "Condition")) == len(everyday.problems)
    (report,) = ask(signing(patient)).record.body["reports"]
    assert report["facts"]["history"] == []
