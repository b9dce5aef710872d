"""A real browser, pages in it that must not complain, and an installation to look at."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browser.chromium import HOW_TO_GET_ONE, chromium
from tests.browser.installation import Installation, installed
from tests.serving import Server, serving

NewPage = Callable[..., Page]
Open = Callable[..., Page]
READERS = count(1)
"""Who is shown a card for the first time."""
EXPECTED = tuple(
    f"Failed to load resource: the server responded with a status of {status}" for status in (400, 401, 404)
)
"""What the browser itself says of a call that is refused, of a part of a page for which nobody is signed in, and of a
page that is not there."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests of a process."""
    with chromium() as found:
        if found is None:
            pytest.skip(HOW_TO_GET_ONE)
        yield found


@pytest.fixture(scope="session")
def installation(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with a record, made once and only where there is a browser."""
    assert browser.is_connected()
    with installed(tmp_path_factory.mktemp("installation")) as made:
        yield made


@pytest.fixture(scope="session")
def session(browser: Browser, installation: Installation) -> Any:
    """What the browser keeps of somebody who came in by the link that `serve` prints; nobody may sign it out."""
    context = browser.new_context()
    context.new_page().goto(installation.sign_in_link)
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Opens pages in a context of their own; at the end none may have said anything to the console or thrown."""
    complaints: list[str] = []
    contexts = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(EXPECTED):
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


@pytest.fixture(scope="session")
def room(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo as `make serve` starts it, with the draft hooks."""
    assert browser.is_connected()
    with serving(tmp_path_factory.mktemp("room"), {"CALCIFICATION_CDS_DRAFT_HOOKS": "on"}) as running:
        yield running


@pytest.fixture
def chart(new_page: NewPage, room: Server) -> Open:
    """Opens the chart of a patient, for a user whom nobody has shown a card yet."""

    def make(patient: str, **options: Any) -> Page:
        page = new_page(**{"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **options})
        page.set_default_timeout(10_000)
        page.goto(f"{room.url}/sandbox/patients/{patient}")
        page.get_by_label("User").fill(f"Practitioner/{next(READERS)}")
        return page

    return make
