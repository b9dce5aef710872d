"""Pictures of every page for the documentation: `python -m tests.browser.screenshots [FOLDER]`.

Each page of `tests/browser/pages.py` is taken in both themes, 1280 pixels wide and cut at 1000, from the installation
that the browser tests look at, so that nobody's data is on them. They go to `deploy/screenshots` unless another folder
is named, as NAME-light.jpg and NAME-dark.jpg of fewer than 150,000 bytes; `deploy/pages.md` shows them.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from tests.browser.chromium import HOW_TO_GET_ONE, chromium
from tests.browser.installation import Installation, installed
from tests.browser.pages import PAGES

FOLDER = Path(__file__).parents[2] / "deploy" / "screenshots"
THEMES = ("light", "dark")
WIDTH, HIGHEST, LARGEST = 1280, 1000, 150_000
_QUALITIES = range(80, 20, -10)


def picture(name: str, theme: str) -> str:
    """The file name of a page's picture."""
    return f"{name}-{theme}.jpg"


def take(browser: Browser, installation: Installation, folder: Path) -> None:
    """Take every page in both themes."""
    folder.mkdir(parents=True, exist_ok=True)
    entered = browser.new_context()
    entered.new_page().goto(installation.sign_in_link)
    kept = entered.storage_state()
    size = {"width": WIDTH, "height": HIGHEST}
    for theme in THEMES:
        for listed in PAGES:
            options = {"storage_state": kept} if listed.signed_in else {}
            context = browser.new_context(viewport=size, color_scheme=theme, **options)  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(installation.url + listed.address.format_map(installation.names))
            height = min(HIGHEST, page.evaluate("document.body.scrollHeight + 20"))
            page.set_viewport_size({"width": WIDTH, "height": height})
            taken = (page.screenshot(type="jpeg", quality=quality) for quality in _QUALITIES)
            (folder / picture(listed.name, theme)).write_bytes(next(one for one in taken if len(one) < LARGEST))
            context.close()


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
