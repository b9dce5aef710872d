"""What lesions at different sites make together, and what stays with the lesion it was said of."""

import pytest

from cds_service.core.findings import read_report
from tests.scenarios.asking import CONTENT

TRIAD, TWO_PARTS = "joints-ligaments-and-discs", "joints-and-ligaments-or-discs"
SHOULDER = "Large calcified periarticular masses about the right shoulder."
DISCS, LIGAMENTS = "Calcification of the intervertebral discs.", "Calcified ligaments of the pelvis."


@pytest.mark.parametrize(
    ("text", "made"),
    [
        (f"{SHOULDER} {DISCS} {LIGAMENTS}", {TRIAD, TWO_PARTS}),
        (f"{SHOULDER} {DISCS}", {TWO_PARTS}),
        (f"{SHOULDER} {LIGAMENTS}", {TWO_PARTS}),
        (f"{DISCS} {LIGAMENTS}", set()),
        (f"{SHOULDER} No calcification of the intervertebral discs.", set()),
        (f"{SHOULDER} Possible calcification of the intervertebral discs.", set()),
        (f"Periarticular osteopenia of the hands. {DISCS}", set()),
        (SHOULDER, set()),
    ],
)
def test_parts_of_a_pattern_are_put_together_over_sites(text: str, made: set[str]) -> None:
    assert {TRIAD, TWO_PARTS} & read_report(text, CONTENT.reader).findings.keys() == made


def test_what_is_said_of_one_site_is_not_said_of_another() -> None:
    lesions = {
        lesion.region: lesion.findings.keys() for lesion in read_report(f"{SHOULDER} {DISCS}", CONTENT.reader).lesions
    }
    assert "disc-calcification" in lesions["spine"] - lesions["shoulder"]
    assert "periarticular" in lesions["shoulder"] - lesions["spine"]


def test_the_words_of_every_part_are_kept() -> None:
    stated = read_report(f"{SHOULDER} {DISCS} {LIGAMENTS}", CONTENT.reader).findings[TRIAD]
    assert [span.quote for span in stated.spans] == [SHOULDER, LIGAMENTS, DISCS]
