"""The ways that people take: to a reason, without a mouse, without scripts, in and out."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage
from tests.browser.installation import COMMENT, REASON, Installation

CLICKS_TO_A_REASON = 3
FOCUS = "one => { const look = getComputedStyle(one); return [look.outlineStyle, parseFloat(look.outlineWidth)]; }"


@pytest.fixture
def page(new_page: NewPage, session: Any) -> Page:
    """The browser of somebody who is signed in."""
    return new_page(storage_state=session)


class Counting:
    """Clicks, and counts them."""

    def __init__(self) -> None:
        self.clicks = 0

    def on(self, target: Locator) -> None:
        """Click once, and wait for the page that it leads to."""
        self.clicks += 1
        target.click()


def number_of(page: Page, said: str) -> Locator:
    """The number of a tile of the console."""
    return page.locator("dl.tiles > div").filter(has_text=said).locator("a.count").first


def test_the_reason_of_an_override_is_three_clicks_from_the_console(page: Page, installation: Installation) -> None:
    page.goto(f"{installation.url}/audit")
    click = Counting()
    click.on(number_of(page, "Overridden"))
    click.on(page.get_by_role("row").filter(has_text=COMMENT).get_by_role("link", name="overridden"))
    feedback = page.get_by_role("region", name="Feedback")
    expect(feedback).to_be_in_viewport()
    expect(feedback).to_contain_text(REASON)
    expect(feedback).to_contain_text(COMMENT)
    assert click.clicks <= CLICKS_TO_A_REASON


@pytest.mark.parametrize(
    "path", ["/audit", "/audit/answers", "/audit/quality", "/audit/rules/secondary-hyperparathyroidism"]
)
def test_every_number_of_the_console_leads_to_as_many_calls(path: str, page: Page, installation: Installation) -> None:
    page.goto(f"{installation.url}{path}")
    numbers = page.locator("a.count").evaluate_all("all => all.map((one) => [one.href, one.textContent])")
    assert len(numbers) > 2
    for address, number in dict(map(tuple, numbers)).items():
        behind = page.request.get(address).text()
        assert re.findall(r'data-total="(\d+)"', behind) == [number.replace(",", "")], address


def test_a_filter_takes_effect_at_once_and_stands_in_the_address(page: Page, installation: Installation) -> None:
    page.goto(f"{installation.url}/audit/calls")
    page.evaluate("window.still = 'the same document'")
    page.get_by_label("Outcome").select_option("refused")
    page.wait_for_url("**outcome=refused**")
    expect(page.get_by_role("list", name="Filters")).to_contain_text("outcome: refused")
    assert page.evaluate("window.still") == "the same document"
    page.go_back()
    expect(page.get_by_role("list", name="Filters")).to_have_count(0)


def test_without_scripts_the_search_form_finds(new_page: NewPage, session: Any, installation: Installation) -> None:
    page = new_page(storage_state=session, java_script_enabled=False)
    page.goto(f"{installation.url}/audit/calls")
    page.get_by_label("Answer").select_option("overridden")
    page.get_by_label("Client").select_option("loopback")
    page.get_by_role("button", name="Show").click()
    assert parse_qs(urlsplit(page.url).query)["answer"] == ["overridden"]
    expect(page.get_by_role("row").filter(has_text=COMMENT)).to_have_count(1)


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the focus is there; at every stop it must be visible."""
    for _ in range(150):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if not focused.count():
            continue  # between the last stop of a page and its first the focus is on the browser itself
        style, width = focused.evaluate(FOCUS)
        assert style != "none", focused.evaluate("one => one.outerHTML.slice(0, 120)")
        assert width >= 1
        if target.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError("Tab does not lead there.")


def test_with_the_keyboard_alone_one_comes_from_the_sign_in_to_a_call(
    new_page: NewPage, installation: Installation
) -> None:
    page = new_page()
    page.goto(f"{installation.url}/audit/calls")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to content")
    expect(page.locator(":focus")).to_be_in_viewport()
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("textbox", name="Token"))
    page.keyboard.type(installation.token)
    page.keyboard.press("Enter")
    page.wait_for_url("**/audit/calls")
    tab_to(page, page.locator("th.moment a").first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/calls/*-*")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_skip_link_passes_over_the_head(page: Page, installation: Installation) -> None:
    page.goto(f"{installation.url}/audit")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(":focus").evaluate("one => Boolean(one.closest('main'))")


def test_who_signs_out_comes_in_again_and_back_to_the_page(new_page: NewPage, installation: Installation) -> None:
    page = new_page()
    page.goto(installation.sign_in_link)
    assert "token" not in page.url
    page.goto(f"{installation.url}/audit/answers")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")
    page.goto(f"{installation.url}/audit/answers?place=any")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.get_by_role("textbox", name="Token").fill(installation.token)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/audit/answers?place=any")


def test_the_session_of_somebody_who_signed_out_is_over_in_its_other_windows(
    new_page: NewPage, installation: Installation
) -> None:
    page = new_page()
    page.goto(installation.sign_in_link)
    page.goto(f"{installation.url}/audit/calls")
    other = page.context.new_page()
    other.goto(f"{installation.url}/audit")
    other.get_by_role("button", name="Sign out").click()
    page.get_by_label("Outcome").select_option("silent")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example/", "/%2Fevil.example"]
)
def test_a_sign_in_leads_to_pages_of_this_service_only(
    elsewhere: str, new_page: NewPage, installation: Installation
) -> None:
    page = new_page()
    page.goto(f"{installation.url}/sign-in?next={elsewhere}")
    page.get_by_role("textbox", name="Token").fill(installation.token)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert page.url.startswith(f"{installation.url}/")
