"""The tour in the documentation shows every page in both themes, in pictures that load quickly."""

from itertools import product
from pathlib import Path

import pytest

from tests.browser.pages import PAGES
from tests.browser.screenshots import FOLDER, LARGEST, THEMES, picture

TOUR = Path(__file__).parents[2] / "deploy" / "pages.md"


PICTURES = [picture(listed.name, theme) for listed, theme in product(PAGES, THEMES)]


@pytest.mark.parametrize("name", PICTURES)
def test_a_page_has_its_pictures_in_the_tour(name: str) -> None:
    assert f"(screenshots/{name})" in TOUR.read_text(encoding="utf-8")
    taken = (FOLDER / name).read_bytes()
    assert taken.startswith(b"\xff\xd8\xff")
    assert len(taken) < LARGEST


def test_no_picture_is_left_of_a_page_that_is_gone() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(PICTURES)
