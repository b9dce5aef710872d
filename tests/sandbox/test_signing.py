"""A synthetic patient's report, signed for the figures: asked as an EHR asks, on the whole path of the hook."""

from dataclasses import replace

import pytest

from cds_service.sandbox.signing import Signed, Signing
from tests.scenarios.asking import AS_OF, CONTENT
from tests.synthetic.asking import met, named

SIGNING = Signing(CONTENT, AS_OF)


def signed(patient: str, *there: str) -> Signed:
    """A named patient, of whom `there` is true in place of what the story tells."""
    one = named()[patient]
    truth = replace(one.truth, etiologies=there) if there else one.truth
    return SIGNING.signed(replace(one, truth=truth))


@pytest.mark.parametrize("patient", ["tumoral-calcinosis-typical", "cysticercosis-early", "silent-normal-film"])
def test_it_says_what_the_hook_says(patient: str) -> None:
    told, one = met(patient).told, signed(patient)
    assert list(one.ranked) == [(line["etiology"], line["tier"]) for line in told.ranked]
    assert one.speaks == bool(told.cards)


def test_what_is_there_is_right_and_the_rest_is_not() -> None:
    one = signed("tumoral-calcinosis-typical")
    assert (one.likely, one.right, one.wrong) == (("tumoral-calcinosis",), ("tumoral-calcinosis",), ())
    other = signed("tumoral-calcinosis-typical", "lipoma")
    assert (other.right, other.wrong) == ((), ("tumoral-calcinosis",))


def test_a_broader_name_of_what_is_there_is_right() -> None:
    assert "cysticercosis" in signed("cysticercosis-typical", "parasitic-infestation").right


def test_a_must_not_miss_rule_that_speaks_is_kept() -> None:
    one, told = signed("synovial-sarcoma-typical"), met("synovial-sarcoma-typical").told
    spoken = [alarm["rule"] for alarm in told.record.body["reports"][0]["mustNotMiss"] if alarm["speaks"]]
    assert spoken
    assert list(one.alarms) == [rule.partition("@")[0] for rule in spoken]


def test_one_that_is_held_back_is_not() -> None:
    (held,) = met("tumoral-calcinosis-typical").told.record.body["reports"][0]["mustNotMiss"]
    assert not held["speaks"]
    assert signed("tumoral-calcinosis-typical").alarms == ()


def test_who_has_nothing_and_is_told_nothing_does_not_count() -> None:
    assert not signed("silent-normal-film").counts_for_something
    assert signed("silent-normal-film", "lipoma").counts_for_something
