"""The figures that come with the program are those of the rules and stories that come with it."""

from datetime import UTC, datetime

import pytest

from cds_service.content.locate import default_patients, default_reading_list
from cds_service.sandbox.figures import counted
from cds_service.sandbox.measurement import FILE, Measurement, as_text, digest_of, read_measurement
from cds_service.sandbox.signing import Signing
from cds_service.synthetic.population import member
from tests.scenarios.asking import CONTENT
from tests.synthetic.mixes import REALISTIC

COUNT_AGAIN = "The shipped figures are not of the shipped rules and stories. Count again: make figures (two minutes)."
FIRST = 40
EVERY = 6
"""Of those who have or are told something."""


@pytest.fixture(scope="module")
def shipped() -> Measurement:
    return read_measurement(default_patients() / FILE)


def test_they_are_of_the_shipped_rules_and_stories(shipped: Measurement) -> None:
    stories = digest_of(default_patients(), default_reading_list())
    assert (shipped.made.content, shipped.made.stories) == (CONTENT.version, stories), COUNT_AGAIN


def test_a_sample_of_their_patients_is_told_the_same_today(shipped: Measurement) -> None:
    made, listed = shipped.made, {one.patient: one for one in shipped.signed}
    as_of = datetime.fromisoformat(made.as_of).replace(hour=12, tzinfo=UTC)
    signing = Signing(CONTENT, as_of)
    numbers = {*range(1, FIRST + 1), *(int(patient.partition("-")[2]) for patient in list(listed)[::EVERY])}
    told = [signing.signed(member(made.seed, number, REALISTIC, as_of)) for number in sorted(numbers)]
    others = [one for one in told if listed.get(one.patient) != (one if one.counts_for_something else None)]
    assert others == [], COUNT_AGAIN


def test_the_figures_are_those_of_the_patients(shipped: Measurement) -> None:
    assert counted(shipped.signed, shipped.made.patients) == shipped.figures


def test_a_measurement_comes_back_from_its_file_as_it_was(shipped: Measurement) -> None:
    assert as_text(shipped) == (default_patients() / FILE).read_bytes()
