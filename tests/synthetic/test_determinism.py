import hashlib
import os
import subprocess
import sys

import orjson

from cds_service.synthetic.population import population
from cds_service.synthetic.synthesize import synthesize
from tests.scenarios.asking import AS_OF
from tests.synthetic.asking import STORIES
from tests.synthetic.mixes import EVEN, realistic

_IN_A_PROCESS = """
from tests.synthetic.mixes import realistic
from tests.synthetic.test_determinism import digest
print(digest(realistic(40)))
"""


def digest(patients: object) -> str:
    return hashlib.sha256(orjson.dumps(patients)).hexdigest()


def test_another_process_makes_the_same_bytes() -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "12345"}
    done = subprocess.run([sys.executable, "-c", _IN_A_PROCESS], env=environment, capture_output=True, check=True)
    assert done.stdout.decode().strip() == digest(realistic(40))


def test_a_larger_population_begins_with_the_same_patients() -> None:
    assert digest(tuple(population(3, 5, EVEN, AS_OF))) == digest(tuple(population(3, 9, EVEN, AS_OF))[:5])


def test_another_seed_makes_other_patients() -> None:
    assert digest(synthesize(STORIES[0], 1, AS_OF)) != digest(synthesize(STORIES[0], 2, AS_OF))


def test_ids_of_a_population_do_not_tell_what_its_patients_have() -> None:
    told = {word for story in STORIES for word in story.id.split("-") if len(word) > 3}
    assert not any(word in patient.patient_id for patient in population(3, 30, EVEN, AS_OF) for word in told)
