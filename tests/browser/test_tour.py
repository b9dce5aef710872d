"""The documentation shows every page and every step of the tour in both themes, in pictures that load quickly."""

from itertools import product
from pathlib import Path

import pytest

from tests.browser.pages import PAGES
from tests.browser.screenshots import FOLDER, LARGEST, THEMES, picture
from tests.browser.steps import STEPS

ROOT = Path(__file__).parents[2]
PAGES_MD, README = ROOT / "deploy" / "pages.md", ROOT / "README.md"
OF_PAGES = [picture(listed.name, theme) for listed, theme in product(PAGES, THEMES)]
OF_STEPS = [picture(step.name, theme) for step, theme in product(STEPS, THEMES)]


@pytest.mark.parametrize("name", OF_PAGES)
def test_a_page_has_its_pictures_in_the_list_of_pages(name: str) -> None:
    assert f"(screenshots/{name})" in PAGES_MD.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", OF_STEPS)
def test_a_step_of_the_tour_has_its_pictures_in_the_readme(name: str) -> None:
    assert f'"deploy/screenshots/{name}"' in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*OF_PAGES, *OF_STEPS])
def test_a_picture_loads_quickly(name: str) -> None:
    taken = (FOLDER / name).read_bytes()
    assert taken.startswith(b"\xff\xd8\xff")
    assert len(taken) < LARGEST


def test_no_picture_is_left_of_a_page_that_is_gone() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted([*OF_PAGES, *OF_STEPS])
