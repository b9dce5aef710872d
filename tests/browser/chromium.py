"""Finds a Chromium to test with: the system's, else the one that Playwright downloaded."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Error, sync_playwright

HOW_TO_GET_ONE = "no Chromium here: run `apt-get install chromium` or `.venv/bin/playwright install chromium`"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A page under test talks to its own server only, whatever the browser would like to fetch for itself.
_ARGUMENTS = [
    "--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip


def system_chromium() -> str | None:
    """The path of the system's Chromium; CHROMIUM names another."""
    found = (shutil.which(name) for name in _NAMES)
    return os.environ.get("CHROMIUM") or next((path for path in found if path), None)


@contextmanager
def chromium() -> Iterator[Browser | None]:
    """A browser, closed at the end; None where there is none."""
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=system_chromium(), args=_ARGUMENTS)
        except Error as error:
            if "Executable doesn't exist" not in error.message:
                raise
            yield None
            return
        yield browser
        browser.close()
