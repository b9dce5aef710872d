"""The calls of `fixtures/calls` get the answers that their names promise."""

import json
from pathlib import Path

import pytest

from tests.scenarios.asking import ask

FOLDER = Path(__file__).parents[2] / "fixtures" / "calls"
FIRST = {
    "same-hips-with-kidney-failure": (["secondary-hyperparathyroidism"], True),
    "same-hips-with-kidney-failure-in-si-units": (["secondary-hyperparathyroidism"], True),
    "same-hips-with-high-phosphate-and-healthy-kidneys": (["tumoral-calcinosis"], True),
    "same-hips-with-too-much-vitamin-d": (["hypervitaminosis-d"], True),
    "same-hips-without-labs": (["tumoral-calcinosis"], False),
    "vascular-calcification-only": ([], False),
}


def test_every_call_is_tested() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(FIRST)


@pytest.mark.parametrize("name", FIRST)
def test_a_call_gets_the_answer_that_its_name_promises(name: str) -> None:
    told = ask(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))
    first, likely = FIRST[name]
    assert told.names[:1] == first
    assert told.likely == (first if likely else [])
