"""The steps of the tour's first stop that no address leads to: what a reader does in the room, as pictures show it."""

from collections.abc import Callable
from itertools import count
from typing import NamedTuple

from playwright.sync_api import Page, expect

PATIENT = "/sandbox/patients/tumoral-calcinosis-typical"
_READERS = count(1)
"""The same reader is not shown a card twice."""


class Step(NamedTuple):
    """A step from the patient's page.

    Attributes:
        name: names its pictures.
        to: does it, and gives the page that it leads to.
    """

    name: str
    to: Callable[[Page], Page]


def _at_the_top(page: Page, place: str) -> Page:
    page.locator(place).first.evaluate("element => window.scrollBy(0, element.getBoundingClientRect().top - 16)")
    return page


def _card(page: Page) -> Page:
    page.get_by_label("User").fill(f"Practitioner/reader-{next(_READERS)}")
    page.get_by_role("button", name="Sign the report").click()
    expect(page.locator(".hook-card").first).to_be_visible()
    return _at_the_top(page, ".answer")


def _what_if(page: Page) -> Page:
    page.get_by_role("spinbutton", name="eGFR").fill("8")
    expect(page.locator("#words")).to_contain_text("Secondary")
    return _at_the_top(page, "#what-if-section")


def _reasons(page: Page) -> Page:
    with page.context.expect_page() as opened:
        _card(page).get_by_role("link", name="Why this card").first.click()
    opened.value.wait_for_load_state()
    return opened.value


STEPS = (Step("tour-card", _card), Step("tour-what-if", _what_if), Step("tour-reasons", _reasons))
