"""A story and a seed make a patient; the same story, seed and day make the same patient, in every process."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from cds_service.synthetic.blood import Blood
from cds_service.synthetic.body import Body
from cds_service.synthetic.chance import chance
from cds_service.synthetic.chart import charted, height, patient
from cds_service.synthetic.everyday import with_everyday
from cds_service.synthetic.imaging import examinations
from cds_service.synthetic.resources import Json, Sheet
from cds_service.synthetic.story import Story, SyntheticPatient, Truth
from cds_service.synthetic.wording import Wording

NAMED_SEED = 1
"""The seed of the named patients: everybody who installs this version meets the same ones."""


def named_patients(stories: Iterable[Story], as_of: datetime) -> tuple[SyntheticPatient, ...]:
    """Every story once; a patient's id is the story's. `as_of`: the moment of the reports, with its zone."""
    return tuple(synthesize(story, NAMED_SEED, as_of) for story in stories)


def synthesize(story: Story, seed: int | str, as_of: datetime, patient_id: str = "") -> SyntheticPatient:
    """A patient of a story.

    Args:
        story: what is so.
        seed: of everything that the story leaves open.
        as_of: the moment of the report, with its zone.
        patient_id: the story's id unless given.
    """
    name = patient_id or story.id
    truth = Truth(story.etiologies, story.grade, story.pair)
    return SyntheticPatient(
        name, story.id, story.title, story.teaching, tuple(_resources(story, seed, as_of, name)), truth
    )


def _resources(story: Story, seed: int | str, as_of: datetime, name: str) -> Iterator[Json]:
    world = story.world
    person, sampling, words = (chance(seed, story.id, part) for part in ("person", "sampling", "words"))
    hospital = world.hospitals[person.choice(story.hospitals)]
    sheet = Sheet(world, hospital, name, as_of)
    sex = person.choice(story.sexes)
    age = person.uniform(*story.age)
    yield patient(sheet, world.terms, age, sex, person)
    wording = Wording(words, sheet.today, hospital.dates)
    yield from charted(sheet, with_everyday(story, age, sex, chance(seed, story.id, "everyday")), wording)
    told = {lab: value for lab, value in story.laboratory.now.items() if not isinstance(value, str)}
    body = Body(world.physiology, story.laboratory.states, told, age, sex, person)
    growth = world.physiology.growth
    if age < growth.until_age:
        yield height(sheet, growth, body, sampling)
    yield from Blood(sheet, world.physiology, world.labs, body, age, sex, sampling).results(story.laboratory)
    yield from examinations(sheet, story, wording)
