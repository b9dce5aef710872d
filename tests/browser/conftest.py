"""A real browser, and pages in it that must not complain."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browser.chromium import HOW_TO_GET_ONE, chromium

NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests of a process."""
    with chromium() as found:
        if found is None:
            pytest.skip(HOW_TO_GET_ONE)
        yield found


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Opens pages in a context of their own; at the end none may have said anything to the console or thrown."""
    complaints: list[str] = []
    contexts = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    def make(**options: object) -> Page:
        context = browser.new_context(**options)  # type: ignore[arg-type]  # as Browser.new_context takes them
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not complaints, complaints
