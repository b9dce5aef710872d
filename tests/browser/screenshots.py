"""Pictures of every page for the documentation: `python -m tests.browser.screenshots [FOLDER]`.

Each page of `tests/browser/pages.py`, and after them each step of `tests/browser/steps.py`, is taken in both themes,
1280 pixels wide and cut at 1000, from the installation that the browser tests look at, so that nobody's data is on
them. They go to `deploy/screenshots` unless another folder is named, as NAME-light.jpg and NAME-dark.jpg of fewer than
150,000 bytes; `deploy/pages.md` shows the pages, README.md the steps.
"""

import sys
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page

from tests.browser.chromium import HOW_TO_GET_ONE, chromium
from tests.browser.installation import Installation, installed
from tests.browser.pages import PAGES
from tests.browser.steps import PATIENT, STEPS

FOLDER = Path(__file__).parents[2] / "deploy" / "screenshots"
THEMES = ("light", "dark")
WIDTH, HIGHEST, LARGEST = 1280, 1000, 150_000
_QUALITIES = range(80, 20, -10)


def picture(name: str, theme: str) -> str:
    """The file name of a page's picture."""
    return f"{name}-{theme}.jpg"


def take(browser: Browser, installation: Installation, folder: Path) -> None:
    """Take every page and every step in both themes."""
    folder.mkdir(parents=True, exist_ok=True)
    entered = browser.new_context()
    entered.new_page().goto(installation.sign_in_link)
    kept = entered.storage_state()
    pages = ((one.name, one.address, one.signed_in, _stay) for one in PAGES)
    steps = ((one.name, PATIENT, True, one.to) for one in STEPS)
    # Steps leave calls behind, and before the pages these would stand on them.
    for (name, address, signed_in, to), theme in product((*pages, *steps), THEMES):
        options = {"storage_state": kept} if signed_in else {}
        size = {"width": WIDTH, "height": HIGHEST}
        context = browser.new_context(viewport=size, color_scheme=theme, **options)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(installation.url + address.format_map(installation.names))
        (folder / picture(name, theme)).write_bytes(_taken(to(page)))
        context.close()


def _stay(page: Page) -> Page:
    return page


def _taken(page: Page) -> bytes:
    height = min(HIGHEST, page.evaluate("document.body.scrollHeight + 20"))
    page.set_viewport_size({"width": WIDTH, "height": height})
    taken = (page.screenshot(type="jpeg", quality=quality) for quality in _QUALITIES)
    return next(one for one in taken if len(one) < LARGEST)


def main(folder: Path) -> int:
    """Make an installation, and take its pages."""
    with chromium() as browser, TemporaryDirectory() as place:
        if browser is None:
            print(HOW_TO_GET_ONE, file=sys.stderr)
            return 1
        with installed(Path(place)) as installation:
            take(browser, installation, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
