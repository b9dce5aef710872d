"""Every page, in both themes and on a phone: who sees badly, prints, or runs no scripts is not left out."""

from collections.abc import Mapping
from typing import Any

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.browser.conftest import NewPage
from tests.browser.installation import Installation
from tests.browser.pages import NEEDS_TOKEN, NO_PAGES, PAGES, PARTS, Listed

AXE = Axe()
IN_ANY_THEME = {"resultTypes": ["violations"]}
OF_THE_THEME = {**IN_ANY_THEME, "runOnly": ["color-contrast"]}
"""The one rule of axe whose outcome the theme can change."""
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
TOO_WIDE = "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
CUT_OFF = """() => [...document.querySelectorAll("main *")].filter((one) => {
    const look = getComputedStyle(one);
    const shown = one.checkVisibility() && one.getClientRects().length && !["SVG", "svg"].includes(one.tagName);
    const hides = [look.overflowX, look.overflowY].some((way) => way !== "visible");
    const aside = look.clipPath !== "none";
    return shown && hides && !aside && !one.closest("svg")
      && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1);
  }).map((one) => `${one.tagName}.${one.className}: ${one.scrollWidth} > ${one.clientWidth}`)"""
"""What holds more than it shows, where nobody can scroll."""
BEYOND_THE_PAPER = """() => [...document.querySelectorAll("main *")].filter((one) => one.checkVisibility()
    && getComputedStyle(one).clipPath === "none" && !one.closest("svg")
    && one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map((one) => `${one.tagName}.${one.className} ${one.textContent.slice(0, 40)}`)"""

every_page = pytest.mark.parametrize("listed", PAGES, ids=[one.name for one in PAGES])


def opened(page: Page, listed: Listed, installation: Installation) -> Page:
    """The page in the browser, after its scripts have run."""
    answer = page.goto(installation.url + listed.address.format_map(installation.names))
    assert answer is not None
    assert (answer.status, answer.header_value("content-security-policy")) == (listed.status, POLICY)
    return page


def of(listed: Listed, session: Any, **more: Any) -> Mapping[str, Any]:
    """How a context of the browser is made for a page."""
    return {**more, **({"storage_state": session} if listed.signed_in else {})}


@every_page
def test_a_page_is_accessible_light_and_dark_and_fits_a_phone(
    listed: Listed, new_page: NewPage, installation: Installation, session: Any
) -> None:
    page = opened(new_page(**of(listed, session, viewport=DESK, color_scheme="light")), listed, installation)
    found = {"light": AXE.run(page, options=IN_ANY_THEME)}
    page.emulate_media(color_scheme="dark")
    found["dark"] = AXE.run(page, options=OF_THE_THEME)
    assert {theme: one.generate_report() for theme, one in found.items() if one.violations_count} == {}
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # two whole numbers by name
    assert page.evaluate(TOO_WIDE) <= 0


@every_page
def test_a_page_is_read_without_scripts(
    listed: Listed, new_page: NewPage, installation: Installation, session: Any
) -> None:
    page = opened(new_page(**of(listed, session, java_script_enabled=False)), listed, installation)
    assert page.locator("h1").count() == 1
    assert listed.shows in page.locator("main").inner_text()


@every_page
def test_a_page_prints_whole_and_without_what_only_a_screen_needs(
    listed: Listed, new_page: NewPage, installation: Installation, session: Any
) -> None:
    paper = {"width": 718, "height": 1000}
    page = opened(new_page(**of(listed, session, viewport=paper)), listed, installation)
    page.emulate_media(media="print")
    shown = page.locator("nav, form, button, input, select, .skip, .tag").filter(visible=True)
    assert shown.evaluate_all("all => all.map((one) => one.outerHTML.slice(0, 90))") == []
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate(BEYOND_THE_PAPER) == []


@pytest.fixture
def app(settings: Settings) -> Flask:
    """The application of a demo installation, for its routes."""
    return create_app(settings)


def test_every_route_is_listed_as_a_page_or_as_none(app: Flask) -> None:
    routes = {rule.rule for rule in app.url_map.iter_rules() if rule.methods and "GET" in rule.methods}
    pages = {listed.route for listed in PAGES if listed.route}
    assert routes == pages | PARTS.keys() | NO_PAGES.keys() | NEEDS_TOKEN.keys()


@pytest.mark.parametrize("address", NO_PAGES.values())
def test_what_is_listed_as_no_page_is_none(address: str, installation: Installation) -> None:
    browser = installation.server.signed_in()
    answer = browser.get(
        installation.url + address.format_map(installation.names), headers={"Accept": "text/html"}, timeout=30
    )
    assert answer.status_code == 200
    assert not answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("address", NEEDS_TOKEN.values())
def test_what_needs_a_token_is_not_opened_by_signing_in(address: str, installation: Installation) -> None:
    assert installation.server.signed_in().get(installation.url + address, timeout=30).status_code == 401


@pytest.mark.parametrize("address", PARTS.values())
def test_what_is_listed_as_a_part_of_a_page_is_no_whole_one(address: str, installation: Installation) -> None:
    part = installation.server.signed_in().get(installation.url + address.format_map(installation.names), timeout=30)
    assert part.ok
    assert "<html" not in part.text
    assert requests.get(part.url, timeout=30).status_code == 401
