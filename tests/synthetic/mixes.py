"""Small populations of each mix."""

from functools import cache

from cds_service.content.locate import default_patients, default_reading_list
from cds_service.synthetic.population import EvenMix, population
from cds_service.synthetic.reading_list import RealisticMix
from cds_service.synthetic.story import SyntheticPatient
from tests.scenarios.asking import AS_OF
from tests.synthetic.asking import STORIES

REALISTIC = RealisticMix(STORIES, default_patients(), default_reading_list())
EVEN = EvenMix(STORIES)


@cache
def realistic(count: int) -> tuple[SyntheticPatient, ...]:
    """The first patients of a realistic population."""
    return tuple(population(7, count, REALISTIC, AS_OF))


@cache
def even(count: int) -> tuple[SyntheticPatient, ...]:
    """The first patients of an even mix of stories."""
    return tuple(population(7, count, EVEN, AS_OF))
