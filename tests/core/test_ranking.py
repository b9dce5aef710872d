"""The order of a differential, and the broader names in it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.core.conditions import HasFinding
from cds_service.core.differential import rank
from cds_service.core.evaluate import evaluate
from cds_service.core.facts import Facts
from cds_service.core.ranking import Place, behind_narrower, held_behind, kin_of, narrower_names
from cds_service.core.rules import Etiology
from tests.building import engine, facts, item, lesion, no_range, rule
from tests.properties.generated import ENGINE, steady
from tests.properties.generated import facts as generated_facts
from tests.scenarios.asking import ask, hook_request

SEEN = HasFinding(("soft-tissue-calcification",))
NARROWER = narrower_names(ENGINE.rules.etiologies)
LIKELY, POSSIBLE = 0, 1


def named(name: str, parent: str = "") -> Etiology:
    return Etiology(name, name, "", "", parent, ())


FAMILY = {each.id: each for each in (named("worm"), named("guinea", "worm"), named("tape", "worm"), named("other"))}


def ranked(**points: int) -> list[str]:
    """The order of rules with these points, all of one tier."""
    rules = [rule(name, item("x", SEEN, score)) for name, score in points.items()]
    outcomes = evaluate(engine(*rules), facts(lesion("soft-tissue-calcification")), no_range).outcomes
    return [outcome.etiology for outcome in rank(outcomes, FAMILY)]


@pytest.mark.parametrize(
    ("points", "order"),
    [
        ({"worm": 3, "guinea": 2}, ["guinea", "worm"]),
        ({"worm": 2, "guinea": 2}, ["guinea", "worm"]),
        ({"worm": 1, "guinea": 2}, ["guinea", "worm"]),
        ({"worm": 3, "guinea": 2, "tape": 1}, ["guinea", "tape", "worm"]),
        ({"worm": 3, "guinea": 1, "other": 2}, ["other", "guinea", "worm"]),
        ({"worm": 3, "other": 2}, ["worm", "other"]),
    ],
    ids=["more points", "as many", "fewer", "two narrower names", "a third between", "no narrower name is there"],
)
def test_a_broader_name_comes_after_its_narrower_ones_whatever_the_points(
    points: dict[str, int], order: list[str]
) -> None:
    assert ranked(**points) == order


@pytest.mark.parametrize(
    ("etiology", "kin"),
    [
        ("worm", {"worm", "guinea", "tape"}),
        ("guinea", {"guinea", "worm"}),
        ("other", {"other"}),
        ("a name of no list", {"a name of no list"}),
    ],
)
def test_a_broader_and_a_narrower_name_are_kin_and_two_narrower_ones_are_not(etiology: str, kin: set[str]) -> None:
    assert kin_of(etiology, FAMILY) == kin


def test_a_narrower_name_of_a_lower_tier_moves_nothing() -> None:
    places = {"worm": Place(LIKELY, -4, 3), "guinea": Place(POSSIBLE, -9, 3)}
    assert behind_narrower(places, narrower_names(FAMILY)) == places
    assert held_behind("worm", places, narrower_names(FAMILY)) == ""


def test_a_chain_of_names_keeps_its_order() -> None:
    chain = {**FAMILY, "guinea-of-the-foot": named("guinea-of-the-foot", "guinea")}
    same = dict.fromkeys(("worm", "guinea", "guinea-of-the-foot"), Place(LIKELY, -4, 3))
    settled = behind_narrower(same, narrower_names(chain))
    assert sorted(settled, key=settled.__getitem__) == ["guinea-of-the-foot", "guinea", "worm"]


PAIRS = [(parent, child) for parent, children in NARROWER.items() for child in children]


@pytest.mark.parametrize(("parent", "child"), PAIRS)
@steady(100)
@given(known=generated_facts(), data=st.data())
def test_no_shipped_parent_stands_before_a_child_of_its_tier(
    parent: str, child: str, known: Facts, data: st.DataObject
) -> None:
    outcomes = evaluate(ENGINE, known, no_range).outcomes
    tier, scores = data.draw(st.sampled_from(["likely", "possible"])), st.integers(0, 12)
    shown = [
        replace(one, tier=tier, score=data.draw(scores)) if one.etiology in (parent, child) else one for one in outcomes
    ]
    order = [outcome.etiology for outcome in rank(shown, ENGINE.rules.etiologies)]
    assert order.index(child) < order.index(parent)


def test_there_are_parents_on_the_list() -> None:
    assert PAIRS == [("parasitic-infestation", "cysticercosis"), ("parasitic-infestation", "dracunculiasis")]


COIL = "Coiled calcification in the soft tissues of the chest wall."
EXPOSED = ["immigrant from Mali"]
EOSINOPHILIA = ("eosinophils", 2.1, "10*3/uL")


def test_the_card_says_why_the_broader_name_stands_behind_with_more_points() -> None:
    told = ask(hook_request(COIL, [EOSINOPHILIA], EXPOSED))
    assert told.names[:2] == ["dracunculiasis", "parasitic-infestation"]
    first, second = (one["score"]["value"] for one in told.ranked[:2])
    assert second > first
    assert "Stands behind dracunculiasis, whatever the points" in told.card("differential")["detail"]


def test_the_card_has_no_word_of_it_where_the_points_say_the_same() -> None:
    told = ask(hook_request("Long coiled calcification in the subcutis of the calf.", conditions=EXPOSED))
    assert told.names[:2] == ["dracunculiasis", "parasitic-infestation"]
    assert "Stands behind" not in told.card("differential")["detail"]
